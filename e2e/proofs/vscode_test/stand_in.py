"""Makes the archive that stands in for Visual Studio Code: a program that says what it is. `python3 stand_in.py` beside it."""

import gzip
import io
import tarfile

PROGRAM = """#!/bin/sh
for argument in "$@"; do
  case $argument in --extensionTestsPath=*) echo "stand-in for Visual Studio Code runs ${argument##*/}" ;; esac
done
"""

tar = io.BytesIO()
with tarfile.open(fileobj=tar, mode="w", format=tarfile.USTAR_FORMAT) as archive:
    member = tarfile.TarInfo("VSCode-linux-x64/code")
    member.mode = 0o755
    member.size = len(PROGRAM)
    archive.addfile(member, io.BytesIO(PROGRAM.encode()))
with open("vscode.tar.gz", "wb") as file:
    with gzip.GzipFile("", "wb", 9, file, 0) as packed:
        packed.write(tar.getvalue())
