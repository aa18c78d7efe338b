# shellcheck shell=bash disable=SC2034 # sourced by the tests beside it
debian=$(cd "$(dirname "$0")/.." && pwd)
bazelw=$(cd "$debian/../.." && pwd)/bazelw
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# equal WHAT ACTUAL EXPECTED
equal() {
  [ "$2" = "$3" ] && return
  printf 'FAILED: %s\n  is:     %s\n  not:    %s\n' "$1" "$2" "$3" >&2
  exit 1
}

# holds WHAT ACTUAL PART
holds() {
  case "$2" in *"$3"*) return ;; esac
  printf 'FAILED: %s\n  is:     %s\n  lacks:  %s\n' "$1" "$2" "$3" >&2
  exit 1
}
