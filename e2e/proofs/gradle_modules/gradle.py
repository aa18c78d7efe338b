"""Starts Gradle, then says what it has copied: gradle.py GRADLE ARG…"""

import os
import subprocess
import sys

gradle, *args = sys.argv[1:]
# Where unpack.py has it look for itself.
os.symlink(gradle, "gradle-home")
java = ["java", "--add-opens=java.base/java.lang=ALL-UNNAMED", "-cp", "gradle-home/lib/gradle-launcher-4.4.1.jar"]
options = ["--no-daemon", "--init-script=repository.gradle"]
subprocess.run([*java, "org.gradle.launcher.GradleMain", *options, *args, "libraries"], check=True, stdout=sys.stderr)
print("\n".join(sorted(os.listdir("lib"))))
