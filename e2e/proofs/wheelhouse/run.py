"""pip, itself a wheel of the folder, installs from it; then what it installed is imported."""

import glob
import subprocess
import sys

[pip] = glob.glob(sys.argv[1] + "/pip-*.whl")


def install(*args):
    quiet = ["--quiet", "--root-user-action=ignore"]
    subprocess.run([sys.executable, pip + "/pip", "install", *quiet, *args], check=True)


install("--target=site", "markdown-it-py")
sys.path.insert(0, "site")
import markdown_it  # noqa: E402

print(markdown_it.MarkdownIt().render("*hello*").strip())

# pip takes the same wheel for a platform as pinning took, which need not be this machine's.
install(
    "--target=other",
    "--only-binary=:all:",
    "--implementation=cp",
    "--python-version=3.14",
    "--platform=manylinux_2_28_x86_64",
    "--platform=manylinux_2_17_x86_64",
    "markupsafe",
)
[native] = glob.glob("other/markupsafe/_speedups.*.so")
print(native)
