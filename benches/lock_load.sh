#!/usr/bin/env bash
# How much a large lock adds to a cold analysis: a lock of 10 tools against one of 1,000, both for 6 platforms.
#   lock_load.sh [ROUNDS] [BAZEL]
# Each round starts a new server on an empty output base and analyses one tool's part, the two locks in turn. Prints the
# medians and their difference, in wall-clock time and in the server's own processor time, which says more on a machine
# that is busy with other things.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
rounds=${1:-5}
bazel=${2:-$here/../bazelw}
scratch=$(mktemp -d "${TMPDIR:-/tmp}/lock_load.XXXXXX")
trap 'stop_all; chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT

in_workspace() {
  local tools=$1
  shift
  (cd "$scratch/$tools" && "$bazel" "--output_base=$scratch/output-$tools" "$@")
}

stop_all() {
  local tools
  for tools in 10 1000; do
    in_workspace "$tools" shutdown >/dev/null 2>&1 || true
  done
}

# measure TOOLS: one cold analysis; prints its wall-clock and processor time in milliseconds.
measure() {
  local tools=$1 base=$scratch/output-$1 start end ticks
  in_workspace "$tools" shutdown >/dev/null 2>&1 || true
  [ ! -e "$base" ] || { chmod -R u+w "$base" && rm -rf "$base"; }
  start=$(date +%s%N)
  in_workspace "$tools" build --nobuild //:one >"$scratch/log" 2>&1 || {
    cat "$scratch/log" >&2
    exit 1
  }
  end=$(date +%s%N)
  # utime and stime, counted after the command's name, which may hold spaces.
  ticks=$(sed 's/.*) //' "/proc/$(cat "$base/server/server.pid.txt")/stat" | awk '{ print $12 + $13 }')
  echo "$(((end - start) / 1000000)) $((ticks * 1000 / $(getconf CLK_TCK)))"
}

# median COLUMN FILE
median() {
  cut -d ' ' -f "$1" "$2" | sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'
}

for tools in 10 1000; do
  "$here/generate_lock.sh" "$scratch/$tools" "$tools" "$(dirname "$here")"
  # The first run fills the caches that both keep.
  measure "$tools" >/dev/null
done
for _ in $(seq "$rounds"); do
  for tools in 10 1000; do
    measure "$tools" >>"$scratch/times-$tools"
  done
done

for column in 1 2; do
  [ "$column" = 1 ] && what="wall clock" || what="processor time of the server"
  small=$(median "$column" "$scratch/times-10")
  large=$(median "$column" "$scratch/times-1000")
  echo "$what, medians of $rounds: 10 tools $small ms, 1000 tools $large ms, difference $((large - small)) ms"
done
