#!/usr/bin/env python3
"""Runs two commands in turn, again and again, and prints a row of the table of benches/assemble.sh.

In turn, because another job on the machine then slows both down; the median of each is compared.
"""

import os
import shlex
import shutil
import statistics
import subprocess
import sys
import time


def run(command, folders):
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    before = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{shlex.join(command)} failed")
    return time.perf_counter() - before, usage.ru_utime + usage.ru_stime


def main():
    name, other, goal, peak, runs, ours, theirs = sys.argv[1:]
    commands = {"ours": shlex.split(ours), "theirs": ["sh", "-c", theirs]}
    times = {who: [] for who in commands}
    for turn in range(int(runs) + 1):
        for who, command in commands.items():
            result = run(command, ["ours", "theirs"])
            if turn > 0:  # the first one only warms up
                times[who].append(result)
    wall, spent = ({who: statistics.median(result[at] for result in times[who]) for who in times} for at in (0, 1))
    print(
        f"| {name} | {wall['ours'] * 1000:.0f} ms | {other} {wall['theirs'] * 1000:.0f} ms "
        f"| {wall['theirs'] / wall['ours']:.2f} | {goal} "
        f"| {spent['ours'] * 1000:.0f} / {spent['theirs'] * 1000:.0f} ms | {int(peak) / 1024:.1f} MiB |",
        flush=True,
    )


main()
