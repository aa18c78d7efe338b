#!/usr/bin/env bash
# `lazytools-action assemble` against what people use, on the same archives, side by side:
#
#     benches/assemble.sh [PATH/OF/lazytools-action]
#
# BENCH_DIR   where to work (default: a new folder in /dev/shm, else in TMPDIR; it is removed at the end). A memory file
#             system measures the programs; on ext4, files that were deleted a moment ago make creating new ones slow
#             for a minute, for whoever comes next.
# BENCH_RUNS  runs of each command (default 11).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
runs=${BENCH_RUNS:-11}
missing=()
for tool in python3 zip unzip tar gzip zstd xz cp; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
[[ -x /usr/bin/time ]] || missing+=("time (as /usr/bin/time)")
if ((${#missing[@]})); then
  printf 'benches/assemble.sh: missing: %s\non Debian: apt-get install python3 zip unzip zstd xz-utils time\n' \
    "${missing[*]}" >&2
  exit 2
fi
helper=${1:-}
if [[ -z $helper ]]; then
  (cd "$here/.." && cargo build --release --package lazytools-action) >&2
  helper=${CARGO_TARGET_DIR:-$here/../target}/release/lazytools-action
fi
helper=$(realpath "$helper")
if [[ -n ${BENCH_DIR:-} ]]; then
  mkdir -p "$BENCH_DIR"
else
  base=${TMPDIR:-/tmp}
  [[ ! -w /dev/shm ]] || base=/dev/shm
  BENCH_DIR=$(mktemp -d "$base/assemble.XXXXXX")
  trap 'rm -rf "$BENCH_DIR"' EXIT
fi
cd "$BENCH_DIR"

if [[ ! -e inputs.done ]]; then
  echo "making the inputs in $BENCH_DIR" >&2
  rm -rf tree small large
  python3 "$here/assemble_inputs.py" files
  (cd tree && find . -print | LC_ALL=C sort | zip -q -X -9 "../tree.zip" -@)
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf tree.tar -C tree .
  gzip -kn tree.tar
  zstd -qk -9 tree.tar
  xz -k -3 tree.tar
  python3 "$here/assemble_inputs.py" plans
  touch inputs.done
fi

run_of() { printf '%s assemble @%s.args --out ours --manifest ours.json' "$helper" "$1"; }

peak() { # in kB
  rm -rf ours ours.json
  # shellcheck disable=SC2046
  /usr/bin/time -f %M -o peak $(run_of "$1") >&2
  cat peak
}

row() { # input, other's name, other's command, goal
  python3 "$here/side_by_side.py" "$1" "$2" "$4" "$(peak "$1")" "$runs" "$(run_of "$1")" "mkdir theirs && $3"
}

echo "medians of $runs runs on $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg), $(stat -f -c %T .)"
echo
echo "| input | assemble | other | times as fast | goal | processor time, ours / theirs | peak memory |"
echo "| --- | --- | --- | --- | --- | --- | --- |"
row zip unzip 'unzip -q tree.zip -d theirs' 1.8
row tar.gz 'tar + gzip' 'tar -xzf tree.tar.gz -C theirs' 1.3
row tar.zst 'tar + zstd' 'tar --zstd -xf tree.tar.zst -C theirs' 1.0
row tar.xz 'tar + xz' 'tar -xJf tree.tar.xz -C theirs' 1.0
row tar 'tar' 'tar -xf tree.tar -C theirs' -
row small 'cp -r' 'cp -r small theirs/' 1.0
row large 'cp' 'cp large theirs/' 1.0
