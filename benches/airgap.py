#!/usr/bin/env python3
"""`lazytools airgap bundle` against `cp -r` of the same files: 10,000 of 10 KB and one of 2 GB.

The two run in turn, each into a new folder, with what is read out of memory (as root) or in it (--warm), and each with the
`sync` of what it wrote. Prints both medians, their ratio, and the most memory that lazytools took. With --packed also the
time for a .tar.zst, which `tar | zstd -3` stands against.

    benches/airgap.py target/release/lazytools [--scratch DIR] [--runs N]

It takes 7 GB in the scratch folder, which goes with the run.
"""

import argparse
import hashlib
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

SMALL, SMALL_BYTES, LARGE_BYTES = 10_000, 10_000, 2_000_000_000


def collection(folder, small, large):
    """Writes a collection as `collect` does it."""
    source = random.Random(1)
    items = []

    def add(number, chunks, size):
        digest, part = hashlib.sha256(), folder / "part"
        with open(part, "wb") as file:
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
        entry = folder / "repository_cache/content_addressable/sha256" / digest.hexdigest()
        entry.mkdir(parents=True)
        part.rename(entry / "file")
        marker = hashlib.sha256(f"id {number}".encode()).hexdigest()
        (entry / f"id-{marker}").touch()
        items.append(
            {"class": "checksummed", "digest": f"sha256:{digest.hexdigest()}", "size": size, "ids": [marker],
             "urls": [f"https://example.com/archives/{number}/release.tar.gz"],
             "neededBy": [f"@@module++extension+repository_{number}"], "platforms": ["//platforms:linux"]}
        )

    for number in range(small):
        add(number, [source.randbytes(SMALL_BYTES)], SMALL_BYTES)
    size = 1_000_000
    add("large", (source.randbytes(size) for _ in range(large // size)), large // size * size)
    text = {"collectionVersion": 1, "bazel": "8.4.2", "targets": ["//..."], "platforms": ["//platforms:linux"],
            "registries": [], "items": items, "trees": []}
    (folder / "collection.json").write_text(json.dumps(text))


def forget():
    subprocess.run(["sync"], check=True)
    pathlib.Path("/proc/sys/vm/drop_caches").write_text("3")


def timed(command, folder):
    """Seconds with and without writing all to the disk, of them in the program and in the kernel; the most memory in MB."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    done = time.monotonic()
    if status != 0:
        sys.exit(f"{command[0]} failed")
    subprocess.run(["sync", "-f", folder], check=True)
    whole = time.monotonic() - start
    return whole, done - start, usage.ru_utime, usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lazytools", type=pathlib.Path)
    parser.add_argument("--scratch", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--small", type=int, default=SMALL)
    parser.add_argument("--large", type=int, default=LARGE_BYTES)
    parser.add_argument("--warm", action="store_true", help="leave what is read in memory")
    parser.add_argument("--packed", action="store_true", help="also write .tar.zst files")
    options = parser.parse_args()
    lazytools = str(options.lazytools.resolve())
    if options.scratch:
        pathlib.Path(options.scratch).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.scratch) as scratch:
        scratch = pathlib.Path(scratch)
        collected = scratch / "collected"
        collected.mkdir()
        collection(collected, options.small, options.large)
        out = scratch / "out"
        flags = ["--no-lazytools", "--no-bazel"]
        contenders = {
            "cp -r": ["cp", "-r", str(collected / "repository_cache"), str(out)],
            "bundle": [lazytools, "airgap", "bundle", str(collected), "-o", str(out), *flags],
        }
        if options.packed:
            tar = f"tar -C {collected} -cf - repository_cache | zstd -q -3 -T1 -o {out}"
            contenders["tar | zstd"] = ["sh", "-c", tar]
            packed = str(out) + ".tar.zst"
            contenders["bundle .tar.zst"] = [lazytools, "airgap", "bundle", str(collected), "-o", packed, *flags]
        found = {name: [] for name in contenders}
        for _ in range(options.runs):
            for name, command in contenders.items():
                if not options.warm:
                    forget()
                found[name].append(timed(command, scratch))
                for path in (out, pathlib.Path(str(out) + ".tar.zst")):
                    if path.is_dir():
                        shutil.rmtree(path)
                    elif path.exists():
                        path.unlink()
                subprocess.run(["sync"], check=True)
        for name, runs in found.items():
            whole, alone, user, kernel, memory = (list(column) for column in zip(*runs))
            print(
                f"{name}: {statistics.median(whole):.2f} s with sync ({min(whole):.2f} to {max(whole):.2f}), "
                f"{statistics.median(alone):.2f} s without, {statistics.median(user):.2f} s of its own and "
                f"{statistics.median(kernel):.2f} s of the kernel's, {max(memory):.0f} MB"
            )
        pairs = [("bundle", "cp -r")] + ([("bundle .tar.zst", "tar | zstd")] if options.packed else [])
        for one, other in pairs:
            ratio = [statistics.median([run[at] for run in found[one]]) / statistics.median([run[at] for run in found[other]]) for at in (0, 1)]
            print(f"{one} takes {ratio[0]:.2f} times as long as {other} with sync, {ratio[1]:.2f} times without")


if __name__ == "__main__":
    main()
