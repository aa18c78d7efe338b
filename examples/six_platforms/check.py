"""Looks whether each platform's folder holds ninja for that platform: by the wheel's name, and by the program in it."""

import pathlib
import struct
import sys
import zipfile

WHEELS = {
    "linux_aarch64": "ninja-1.13.0-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
    "linux_x86_64": "ninja-1.13.0-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    "macos_aarch64": "ninja-1.13.0-py3-none-macosx_10_9_universal2.whl",
    "macos_x86_64": "ninja-1.13.0-py3-none-macosx_10_9_universal2.whl",
    "windows_aarch64": "ninja-1.13.0-py3-none-win_arm64.whl",
    "windows_x86_64": "ninja-1.13.0-py3-none-win_amd64.whl",
}
MACHINES = {"aarch64": (183, 0xAA64), "x86_64": (62, 0x8664)}


def is_for(platform, program):
    """Whether a program's first bytes say that it is for a platform."""
    system, cpu = platform.split("_", 1)
    elf, pe = MACHINES[cpu]
    if system == "linux":
        return program[:4] == b"\x7fELF" and struct.unpack_from("<H", program, 18) == (elf,)
    if system == "macos":
        return program[:4] == b"\xca\xfe\xba\xbe"  # a universal program, for both processors
    header = struct.unpack_from("<I", program, 0x3C)[0]
    return program[:2] == b"MZ" and struct.unpack_from("<H", program, header + 4) == (pe,)


folders = {pathlib.Path(path).name: pathlib.Path(path) for path in sys.argv[1:]}
assert sorted(folders) == sorted(WHEELS), sorted(folders)
for platform, folder in folders.items():
    files = [str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()]
    assert files == ["wheels/" + WHEELS[platform]], f"{platform}: {files}"
    with zipfile.ZipFile(folder / files[0]) as wheel:
        [name] = [name for name in wheel.namelist() if name.split("/")[-1] in ("ninja", "ninja.exe")]
        assert is_for(platform, wheel.read(name)), f"{platform}: {name} is for another platform"
