#!/usr/bin/env bash
# Starlark and Rust know the same platforms, in the same order.
set -euo pipefail

# names FILE BEGINNING: the quoted names, one a line, between a line that begins so and the closing bracket.
names() {
  sed -n "/^$2/,/^]/s/^ *\"\(.*\)\",\$/\1/p" "$1"
}

starlark=$(names "$1" 'PLATFORM_NAMES = \[')
rust=$(names "$2" 'pub const NAMES:')
[ -n "$starlark" ] || { echo "$1 lists no platforms" >&2; exit 1; }
diff <(printf '%s\n' "$starlark") <(printf '%s\n' "$rust") || {
  echo "the lists of platforms in $1 and $2 differ: make them the same" >&2
  exit 1
}
