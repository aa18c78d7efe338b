#!/usr/bin/env bash
# A tool_binary works from a test's runfiles, wherever it is started.
set -euo pipefail

launcher=$PWD/$1
cd "$TEST_TMPDIR"
said=$("$launcher" test)
[ "$said" = "hello from a test" ] || {
  echo "the launcher said: $said" >&2
  exit 1
}
