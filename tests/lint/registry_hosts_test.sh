#!/usr/bin/env bash
# No file names the host of a package registry: artifacts that live in one are named by package URL.
set -euo pipefail
dot='[.]'
hosts="registry${dot}npmjs|registry${dot}yarnpkg|pypi${dot}org|python""hosted|(index${dot}|static${dot}|//)crates${dot}io"
hosts="$hosts|proxy${dot}golang|sum${dot}golang|repo1?${dot}maven${dot}|deb${dot}debian"
if grep -RInE "$hosts" --exclude-dir='bazel-*' . ; then
  echo "the lines above name the host of a package registry" >&2
  exit 1
fi
