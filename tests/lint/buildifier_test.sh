#!/usr/bin/env bash
# Every Starlark file is formatted and free of warnings.
set -euo pipefail
find -L . -name '*.bzl' -o -name BUILD.bazel -o -name MODULE.bazel | grep -v '/bazel-' | sort >"$TEST_TMPDIR/files"
[ -s "$TEST_TMPDIR/files" ] || { echo "no Starlark files in the runfiles" >&2; exit 1; }
xargs tests/lint/buildifier -mode=check -lint=warn -warnings=-module-docstring <"$TEST_TMPDIR/files" || {
  echo "Mend it with: bazel run //tests/lint:buildifier -- -lint=fix -r \"\$PWD\"" >&2
  exit 1
}
