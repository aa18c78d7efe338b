# shellcheck shell=bash
# How bazelw talks: to stderr, so that stdout stays Bazel's own.

say() {
  printf 'bazelw: %s\n' "$*" >&2
}

die() {
  say "$@"
  exit 1
}

# step SECONDS TEXT: a progress line, with about how long it takes on two cores.
step() {
  local seconds=$1
  shift
  printf 'bazelw: [%4ds] %s (about %s s)\n' "$SECONDS" "$*" "$seconds" >&2
}
