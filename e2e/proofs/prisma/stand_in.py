#!/usr/bin/env python3
"""Writes schema-engine.gz: in place of Prisma's schema engine a program that says what it is."""

import gzip
import pathlib

PROGRAM = b"#!/bin/sh\necho a stand-in of schema-engine\n"

with pathlib.Path(__file__).with_name("schema-engine.gz").open("wb") as file:
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
        packed.write(PROGRAM)
