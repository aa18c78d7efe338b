#!/usr/bin/env bash
# golden_tree.sh LAZYTOOLS EXPECTED ARGUMENT… [--update]: what lazytools prints, against a file of the workspace.
set -euo pipefail
lazytools=../$1 expected=$2
shift 2
if [ "${!#}" = --update ]; then
  set -- "${@:1:$#-1}"
  "$lazytools" "$@" >"$BUILD_WORKSPACE_DIRECTORY/$expected.new"
  mv "$BUILD_WORKSPACE_DIRECTORY/$expected.new" "$BUILD_WORKSPACE_DIRECTORY/$expected"
  echo "wrote $expected"
  exit
fi
"$lazytools" "$@" >"${TEST_TMPDIR:?}/shown.txt"
diff -u "$expected" "$TEST_TMPDIR/shown.txt" || {
  echo "$expected is not what the recipe says: if the recipe is right, bazel run ${TEST_TARGET:-this test} -- --update" >&2
  exit 1
}
