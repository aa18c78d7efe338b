#!/bin/bash
# The shell programs are clean for shellcheck.
set -euo pipefail
# shellcheck source=tools/debian/tests/check.sh
. "$(dirname "$0")/check.sh"
if ! command -v shellcheck >/dev/null; then
  echo "skipped: shellcheck is not installed"
  exit 0
fi
cd "$(dirname "$bazelw")"
find -L bazelw tools/debian -name '*.sh' -o -name bazelw | sort | xargs shellcheck -x
