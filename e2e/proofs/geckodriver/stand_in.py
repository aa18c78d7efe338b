#!/usr/bin/env python3
"""Writes geckodriver.tar.gz: in place of geckodriver a program that says what it is."""

import gzip
import io
import pathlib
import tarfile

PROGRAM = b'#!/bin/sh\necho "a stand-in of geckodriver: $*"\n'

with pathlib.Path(__file__).with_name("geckodriver.tar.gz").open("wb") as file:
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            member = tarfile.TarInfo("geckodriver")
            member.mode = 0o755
            member.size = len(PROGRAM)
            archive.addfile(member, io.BytesIO(PROGRAM))
