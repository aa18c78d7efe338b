#!/usr/bin/env python3
"""Writes prebuilt.tar.gz: in place of a release's prebuilt addon a text that says what it is."""

import gzip
import io
import pathlib
import tarfile

ADDON = b"a stand-in of an addon\n"

with pathlib.Path(__file__).with_name("prebuilt.tar.gz").open("wb") as file:
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            member = tarfile.TarInfo("build/Release/native_addon.node")
            member.size = len(ADDON)
            archive.addfile(member, io.BytesIO(ADDON))
