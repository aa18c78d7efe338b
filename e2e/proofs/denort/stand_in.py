#!/usr/bin/env python3
"""Writes denort.zip: in place of deno's runtime a program for x86_64 Linux that says what it is.

deno compile reads its runtime as an ELF file, so this is one: a header, one segment, two system calls.
"""

import pathlib
import struct
import zipfile

BASE = 0x400000
MESSAGE = b"a stand-in of denort\n"


def elf():
    header, segment = 64, 56
    start = BASE + header + segment
    code = b"".join([
        b"\xb8\x01\x00\x00\x00",  # mov eax, 1: write
        b"\xbf\x01\x00\x00\x00",  # mov edi, 1: stdout
        b"\x48\xbe" + struct.pack("<Q", start + 38),  # mov rsi, message
        b"\xba" + struct.pack("<I", len(MESSAGE)),  # mov edx, length
        b"\x0f\x05",
        b"\xb8\x3c\x00\x00\x00",  # mov eax, 60: exit
        b"\x31\xff",  # xor edi, edi
        b"\x0f\x05",
        b"\x90\x90",
    ])
    assert len(code) == 38
    size = header + segment + len(code) + len(MESSAGE)
    ident = b"\x7fELF\x02\x01\x01" + bytes(9)
    return b"".join([
        ident,
        struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, start, header, 0, 0, header, segment, 1, 0, 0, 0),
        struct.pack("<IIQQQQQQ", 1, 5, 0, BASE, BASE, size, size, 0x1000),
        code,
        MESSAGE,
    ])


with zipfile.ZipFile(pathlib.Path(__file__).with_name("denort.zip"), "w") as archive:
    member = zipfile.ZipInfo("denort")
    member.create_system = 3
    member.external_attr = 0o755 << 16
    archive.writestr(member, elf())
