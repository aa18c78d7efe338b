"""Writes the components of a toolchain whose programs say who they are and what they were asked for.

The archives have the form of Rust's own, and the same bytes each time. `python3 make_stand_ins.py` in this folder.
"""

import io
import lzma
import tarfile

VERSION = "1.95.0"
TRIPLE = "x86_64-unknown-linux-gnu"


def program(name):
    return f'#!/bin/sh\necho "{name} {VERSION}, a stand-in, asked for: $*"\n'


def component(name, folder, files):
    top = f"{name}-{VERSION}-{TRIPLE}"
    about = {"components": f"{folder}\n", "rust-installer-version": "3\n", "version": f"{VERSION} (stand-in)\n"}
    listed = "".join(f"file:{path}\n" for path in files)
    members = {f"{top}/{path}": (text, 0o644) for path, text in about.items()}
    members[f"{top}/{folder}/manifest.in"] = (listed, 0o644)
    members |= {f"{top}/{folder}/{path}": content for path, content in files.items()}
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, (text, mode) in sorted(members.items()):
            info = tarfile.TarInfo(path)
            info.size, info.mode = len(text), mode
            archive.addfile(info, io.BytesIO(text.encode()))
    with open(f"{top}.tar.xz", "wb") as file:
        file.write(lzma.compress(data.getvalue()))


licence = ("What every component has.\n", 0o644)
rustc = {"bin/rustc": (program("rustc"), 0o755), "lib/librustc_driver.so": ("A library.\n", 0o644)}
component("rustc", "rustc", rustc | {"share/doc/LICENSE": licence})
component("cargo", "cargo", {"bin/cargo": (program("cargo"), 0o755), "share/doc/LICENSE": licence})
component("rust-std", f"rust-std-{TRIPLE}", {f"lib/rustlib/{TRIPLE}/lib/libstd.rlib": ("A library.\n", 0o644)})
