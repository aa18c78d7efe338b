"""Makes the archives that stand in for toolsets: programs that say what they are. `python3 stand_in.py` beside them."""

import gzip
import io
import tarfile

SHELL = '#!/bin/sh\necho "stand-in for %s: $*"\n'
ARCHIVES = {
    "7zip.tar.gz": {"7zip/bin/7za": SHELL % "7-Zip"},
    "appimage.tar.gz": {
        "appimage/desktop-file-validate": SHELL % "desktop-file-validate",
        "appimage/lib/x64/lib": "stand-in\n",
        "appimage/mksquashfs": SHELL % "mksquashfs",
        "appimage/runtimes/runtime-x64": "stand-in\n",
    },
    "icons.tar.gz": {"icons/icon-tool.js": "require('fs').writeFileSync('icons.log', process.argv[3]);\n"},
}

for name, members in ARCHIVES.items():
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, text in members.items():
            member = tarfile.TarInfo(path)
            member.mode = 0o755 if text.startswith("#!") else 0o644
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    with open(name, "wb") as file:
        with gzip.GzipFile("", "wb", 9, file, 0) as packed:
            packed.write(tar.getvalue())
