"""`cs fetch` of a library that has a dependency; the jars' paths are printed as the cache has them."""

import glob
import os
import subprocess
import sys

jars, cache = sys.argv[1:]
class_path = ":".join(sorted(glob.glob(jars + "/**/*.jar", recursive=True)))
command = ["java", "-cp", class_path, "coursier.cli.Coursier", "fetch", "org.slf4j:slf4j-simple:1.7.36"]
found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
for jar in sorted(found.splitlines()):
    print(os.path.relpath(jar, cache))
