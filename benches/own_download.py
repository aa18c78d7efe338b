#!/usr/bin/env python3
"""The same job twice: by the tool's own download into an empty cache, and on the folder that a recipe lays out.

The jobs are in e2e/proofs/own_download. Each is an action that Bazel runs in its sandbox: the first one with the
network, the second one without. They run in turn, and the median of each is compared. Prints a Markdown table; with
--update it takes the place of the one in docs/times.md.

It needs what Bazel needs, and Linux: its load and its processors stand above the table. The registries' addresses are
taken from the environment (npm_config_registry, PIP_INDEX_URL, GOPROXY, MVNW_REPOURL, the configuration in CARGO_HOME),
as ./bazelw sets them.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
WORKSPACE = HERE.parent / "e2e" / "proofs"
TABLE = HERE.parent / "docs" / "times.md"
MARKS = ("<!-- From here: written by benches/own_download.py. -->\n", "<!-- To here. -->\n")
PACKAGE = "//own_download:"
OWN, LAID_OUT = "own_", "laid_out_"
# What tells a tool where its registry is and whom to trust; nothing of it is written anywhere.
HANDED_ON = (
    "npm_config_registry PIP_INDEX_URL GOPROXY MVNW_REPOURL CARGO_HOME http_proxy https_proxy no_proxy "
    "SSL_CERT_FILE NODE_EXTRA_CA_CERTS PIP_CERT REQUESTS_CA_BUNDLE CARGO_HTTP_CAINFO"
).split()


def bazel(options, *arguments):
    command = [options.bazel, *arguments]
    done = subprocess.run(command, cwd=WORKSPACE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}\n{done.stderr[-6000:]}\nfailed: the message above says why")
    return done.stdout


def build(options, profile, turn, *arguments):
    """Builds, one action after the other, and gives their seconds as (mnemonic, target, seconds)."""
    flags = [f"--action_env={name}" for name in HANDED_ON]
    # Another value is another action, which no cache knows; and none of them is put into one.
    flags += [f"--action_env=OWN_DOWNLOAD_TURN={turn}", "--noremote_upload_local_results", "--jobs=1"]
    flags += [f"--profile={profile}", "--experimental_profile_include_target_label"]
    bazel(options, "build", *flags, *arguments)
    found = []
    for event in json.loads(profile.read_text())["traceEvents"]:
        if event.get("cat") == "action processing":
            about = event["args"]
            found.append((about.get("mnemonic", ""), about.get("target", ""), event["dur"] / 1e6))
    return found


def outputs(options, label):
    """What Bazel has put where for a label."""
    found = bazel(options, "cquery", label, "--output=files").splitlines()
    root = pathlib.Path(bazel(options, "info", "execution_root").strip())
    return [root / line for line in found]


def remove(path):
    """Takes away what nobody may write to."""
    for folder, _, _ in os.walk(path):
        os.chmod(folder, 0o755)
    shutil.rmtree(path, ignore_errors=True)


def load():
    return os.getloadavg()[0]


def machine():
    model = platform.machine()
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} processors ({model}), {gigabytes:.0f} GB of memory, Linux {platform.release()}"


def lay_out(options, rows, profile):
    """The seconds that it takes to make each recipe's folders, by recipe."""
    caches = [cache for row in rows.values() for cache in row["caches"]]
    labels = {cache: cache if cache.startswith("/") else f"@lazy_tools//:{cache}" for cache in caches}
    build(options, profile, "folders", *labels.values())
    for folder in outputs(options, " + ".join(labels.values())):
        remove(folder)
    # A populate's action knows the turn, so another one makes it anew.
    found = build(options, profile, f"folders.{os.getpid()}", "--noremote_accept_cached", *labels.values())
    took = {label.rpartition(":")[2]: seconds for mnemonic, label, seconds in found if mnemonic.startswith("LazyTools")}
    missing = [cache for cache in labels if cache.rpartition(":")[2] not in took]
    if missing:
        sys.exit(f"{', '.join(missing)}: Bazel did not make them: {found}")
    return {recipe: sum(took[cache.rpartition(":")[2]] for cache in row["caches"]) for recipe, row in rows.items()}


def measure(options, rows, scratch):
    profile = scratch / "profile.json"
    folders = lay_out(options, rows, profile) if options.folders else {}
    times = {("folder", recipe): seconds for recipe, seconds in folders.items()}
    loads = []
    for turn in range(options.runs + 1):
        for recipe in rows:
            pair = {side: PACKAGE + side + recipe for side in (OWN, LAID_OUT)}
            found = build(options, profile, f"{os.getpid()}.{turn}", *pair.values())
            for side, target in pair.items():
                took = [seconds for mnemonic, label, seconds in found if (mnemonic, label) == ("LazyToolsRun", target)]
                if len(took) != 1:
                    sys.exit(f"{target}: {len(took)} actions in Bazel's profile, and not one: {found}")
                print(f"{turn} {target} {took[0]:.2f} s, load {load():.1f}", file=sys.stderr, flush=True)
                # The first turn also makes the folders, and warms up.
                if turn > 0:
                    times.setdefault((side, recipe), []).append(took[0])
                    loads.append(load())
    return times, loads


def table(options, rows, times, loads):
    yield f"{options.runs} runs of each, in turn, on {datetime.date.today()}: {machine()}, "
    yield f"load {min(loads):.0f} to {max(loads):.0f}.\n\n"
    yield "| recipe | job | its own download, and run | on the laid-out folder | times as fast |"
    yield " the folder, once |\n" if options.folders else "\n"
    yield "| --- " * (6 if options.folders else 5) + "|\n"
    for recipe, row in sorted(rows.items()):
        own, ours = (statistics.median(times[kind, recipe]) for kind in (OWN, LAID_OUT))
        yield f"| `{recipe}` | {row['job']} | {own:.2f} s | {ours:.2f} s | {own / ours:.1f} |"
        yield f" {times['folder', recipe]:.2f} s |\n" if options.folders else "\n"


def update(text):
    before, _, rest = TABLE.read_text().partition(MARKS[0])
    _, mark, after = rest.partition(MARKS[1])
    if not mark:
        sys.exit(f"{TABLE} has not both marks:\n{''.join(MARKS)}")
    TABLE.write_text(before + MARKS[0] + text + MARKS[1] + after)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipes", nargs="*", help="the recipes to measure; default: all that have a job")
    parser.add_argument("--runs", type=int, default=5, help="runs of each that count; one more warms up (default 5)")
    parser.add_argument("--bazel", default=str(HERE.parent / "bazelw"), help="the Bazel to run (default: ./bazelw)")
    parser.add_argument("--folders", action="store_true", help="also: how long each folder takes to lay out, once")
    parser.add_argument("--update", action="store_true", help="write the table into docs/times.md")
    options = parser.parse_args()
    if options.runs < 1:
        parser.error("--runs is 1 or more")

    # The tool's home is a new one, where cargo's configuration is not.
    os.environ.setdefault("CARGO_HOME", str(pathlib.Path.home() / ".cargo"))
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        build(options, scratch / "profile.json", "jobs", PACKAGE + "jobs")
        [jobs] = outputs(options, PACKAGE + "jobs")
        rows = json.loads(jobs.read_text())
        unknown = sorted(set(options.recipes) - set(rows))
        if unknown:
            sys.exit(f"no job for {', '.join(unknown)}: there are {', '.join(sorted(rows))}")
        rows = {recipe: row for recipe, row in rows.items() if not options.recipes or recipe in options.recipes}
        times, loads = measure(options, rows, scratch)
        text = "".join(table(options, rows, times, loads))
        print(text, end="")
        if options.update:
            update(text)


if __name__ == "__main__":
    main()
