#!/usr/bin/env bash
# Every error code in the sources has a page, and every page a code in the sources.
set -euo pipefail
grep -RhoE '\(LT[1-9][0-9]{2}\)' --include='*.rs' --include='*.bzl' --include='*.sh' --include=bazelw \
  bazelw extensions rules tools | tr -d '()' | sort -u >"$TEST_TMPDIR/used"
find -L docs/errors -name 'LT*.md' -printf '%f\n' | sed 's/\.md$//' | sort -u >"$TEST_TMPDIR/pages"
[ -s "$TEST_TMPDIR/used" ] || { echo "no codes found in the sources" >&2; exit 1; }
diff "$TEST_TMPDIR/used" "$TEST_TMPDIR/pages" || {
  echo "< a code without a page in docs/errors, > a page whose code no source uses" >&2
  exit 1
}
for page in $(cat "$TEST_TMPDIR/pages"); do
  head -n 1 "docs/errors/$page.md" | grep -q "^# $page: " || { echo "docs/errors/$page.md has no heading" >&2; exit 1; }
done
