#!/usr/bin/env bash
# What runs inside an action links no HTTP and no TLS: cargo's graph of it holds no such crate. That the program itself
# holds no trace of one is tools/action/tests/no_client.rs.
set -euo pipefail
crates='ureq|reqwest|hyper|http|rustls|native-tls|openssl|ring|aws-lc-rs|curl|quinn|h2'

# The crates that lazytools-action depends on, as Cargo.lock has them. `tr` and awk do for this simple format.
awk '
  /^name = /    { gsub(/"/, "", $3); name = $3 }
  /^dependencies = \[/ { inside = 1; next }
  /^\]/         { inside = 0 }
  inside        { gsub(/[",]/, ""); print name, $1 }
' Cargo.lock >"$TEST_TMPDIR/edges"
printf 'lazytools-action\n' >"$TEST_TMPDIR/reached"
while :; do
  awk 'NR == FNR { seen[$1]; next } ($1 in seen) { print $2 } ' "$TEST_TMPDIR/reached" "$TEST_TMPDIR/edges" |
    sort -u - "$TEST_TMPDIR/reached" >"$TEST_TMPDIR/more"
  cmp -s "$TEST_TMPDIR/more" "$TEST_TMPDIR/reached" && break
  mv "$TEST_TMPDIR/more" "$TEST_TMPDIR/reached"
done
grep -qx lazytools_layout "$TEST_TMPDIR/reached" || { echo "the graph was not read" >&2; exit 1; }
if grep -xE "$crates" "$TEST_TMPDIR/reached"; then
  echo "lazytools-action depends on the crates above" >&2
  exit 1
fi
# That the same look finds them where they are.
grep -q '^lazytools_fetch ureq$' "$TEST_TMPDIR/edges" || { echo "the check looks at nothing" >&2; exit 1; }
