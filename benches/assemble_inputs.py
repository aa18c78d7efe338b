#!/usr/bin/env python3
"""Makes the inputs of benches/assemble.sh, always the same bytes, and a plan with its arguments for each of them."""

import base64
import hashlib
import json
import os
import random
import sys

# What a tool's archive looks like: many sources of a few kB, some of 100 kB and more, in a few hundred folders.
FOLDERS, FILES_A_FOLDER = 200, 20
SMALL_FILES = 10_000
LARGE_BYTES = 400_000_000


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def sources(folder):
    """Text that compresses about as well as program text does."""
    rng = random.Random(1)
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    words = ["".join(rng.choices(letters, range(26, 0, -1), k=rng.randint(2, 9))) for _ in range(4000)]
    words = [word + rng.choice(["", " ", " ", "\n", "(", ");\n", " = ", ", "]) for word in words]
    weights = [1 / (rank + 20) for rank in range(len(words))]
    for number in range(FOLDERS):
        path = f"{folder}/pkg{number:03}/lib"
        os.makedirs(path)
        for file in range(FILES_A_FOLDER):
            size = int(200 * 10 ** (rng.random() * 3))
            text = "".join(rng.choices(words, weights, k=size // 5 + 1)).encode()
            write(f"{path}/file{file:02}.js", text[:size])


def small(folder):
    rng = random.Random(2)
    for number in range(SMALL_FILES):
        path = f"{folder}/d{number % 100:03}"
        os.makedirs(path, exist_ok=True)
        write(f"{path}/f{number:05}", rng.randbytes(rng.randint(100, 4000)))


def large(path):
    with open(path, "wb") as file:
        for number in range(LARGE_BYTES // 4_000_000):
            file.write(random.Random(number).randbytes(4_000_000))


def plan(name, artifacts):
    """A plan, and the response file with its arguments. Each artifact: id, file, the step's name, the step's keys."""
    known, steps, lines = {}, [], ["--plan", f"{name}.plan"]
    for ident, path, step, keys in artifacts:
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
        known[ident] = {"integrity": "sha256-" + base64.b64encode(digest).decode(), "size": os.path.getsize(path)}
        steps.append({step: {"artifact": ident, **keys}})
        lines += ["--artifact", f"any/{ident}={path}"]
    part = {"role": "any", "artifacts": known, "layout": steps}
    write(f"{name}.plan", json.dumps({"planVersion": 1, "tool": "bench", "parts": [part]}).encode())
    write(f"{name}.args", "".join(line + "\n" for line in lines).encode())


def plans():
    for suffix in ["zip", "tar", "tar.gz", "tar.zst", "tar.xz"]:
        plan(suffix, [("a", f"tree.{suffix}", "extract", {"format": suffix})])
    files = sorted(os.path.join(folder, file) for folder, _, files in os.walk("small") for file in files)
    plan("small", [(f"f{at}", path, "place", {"to": path}) for at, path in enumerate(files)])
    plan("large", [("a", "large", "place", {"to": "large"})])


if __name__ == "__main__":
    if sys.argv[1] == "files":
        sources("tree")
        small("small")
        large("large")
    else:
        plans()
