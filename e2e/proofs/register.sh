#!/usr/bin/env bash
# Makes each package here known: to this module (the includes at the end of MODULE.bazel), and to the module around it as
# files and not as packages (packages.bazelrc). Run it after adding a proof. `register.sh --check` says whether that was
# forgotten.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

sed '/^include(/d' MODULE.bazel >"$scratch/MODULE.bazel"
printf '# Written by register.sh.\n' >"$scratch/packages.bazelrc"
for build in BUILD.bazel */BUILD.bazel; do
  # What Bazel links to.
  [ ! -L "${build%%/*}" ] || continue
  package=$(dirname "e2e/proofs/$build")
  printf 'common --deleted_packages=%s\n' "${package%/.}" >>"$scratch/packages.bazelrc"
done
for file in */tools.MODULE.bazel; do
  printf 'include("//%s")\n' "${file/\//:}" >>"$scratch/MODULE.bazel"
done

for file in MODULE.bazel packages.bazelrc; do
  if [ "${1:-}" = --check ]; then
    diff -u "$file" "$scratch/$file" || {
      echo "e2e/proofs/$file is not current: run e2e/proofs/register.sh" >&2
      exit 1
    }
  elif ! cmp -s "$scratch/$file" "$file"; then
    cp "$scratch/$file" "$file"
  fi
done
