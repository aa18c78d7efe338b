"""Packs a script as the archive of a plugin, in the form that releases have: the same bytes each time."""

import pathlib
import zipfile

with zipfile.ZipFile(pathlib.Path(__file__).parent / "plugin.zip", "w") as archive:
    member = zipfile.ZipInfo("packer-plugin-greeting_v1.0.0_x5.0_linux_amd64")
    member.external_attr = 0o755 << 16
    archive.writestr(member, "#!/bin/sh\necho hello tool cache\n")
