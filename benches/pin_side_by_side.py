#!/usr/bin/env python3
"""Pins 200 artifacts from a server on the loopback that takes 20 ms for each answer: one by one, and side by side.

    benches/pin_side_by_side.py LAZYTOOLS [ROUNDS]

LAZYTOOLS is the program. Prints the median of each and their ratio. Two busy cores, a debug build: 4.48 s one by one,
0.24 s side by side, 1/19.
"""

import http.server
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ARTIFACTS = 200
LATENCY = 0.020
RECIPE = """
schema = 1
name = "thing"
description = "A stand-in."
needs_version = true

[[artifacts]]
id = "thing"
url = "https://files.example.org/{version}"
format = "file"
digest = { from = "download" }

[[layout]]
step = "place"
artifact = "thing"
to = "thing"
"""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Without it the kernel waits for more to send together with the head.
    disable_nagle_algorithm = True

    def do_GET(self):
        time.sleep(LATENCY)
        body = f"the file {self.path}".encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 256


def pin(program, port, side_by_side):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "thing.toml").write_text(RECIPE)
        tools = {
            f"tool{number}": {
                "recipePath": "thing.toml",
                "request": {"recipe": "//:thing.toml", "version": str(number), "platforms": []},
            }
            for number in range(ARTIFACTS)
        }
        requests = {"requestsVersion": 1, "hub": "lazy_tools", "lock": "lock.json", "tools": tools}
        (folder / "requests.json").write_text(json.dumps(requests))
        command = [program, "pin", "--requests", folder / "requests.json", "--workspace", folder]
        command += ["--rewrite", f"https://files.example.org=http://127.0.0.1:{port}"]
        command += ["--side-by-side", str(side_by_side)] if side_by_side else []
        environment = {**os.environ, "LAZYTOOLS_STORE": str(folder / "store"), "no_proxy": "*"}
        before = time.perf_counter()
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = time.perf_counter()
        assert len(json.loads((folder / "lock.json").read_text())["tools"]) == ARTIFACTS
        return after - before


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    times = {1: [], 0: []}
    for _ in range(rounds):
        for side_by_side, found in times.items():
            found.append(pin(program, port, side_by_side))
    one, many = (statistics.median(found) for found in times.values())
    print(f"{ARTIFACTS} artifacts of {LATENCY * 1000:.0f} ms: {one:.2f} s one by one, {many:.2f} s side by side: 1/{one / many:.1f}")


if __name__ == "__main__":
    main()
