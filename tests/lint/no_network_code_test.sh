#!/usr/bin/env bash
# What runs inside an action, or as update_pins_test, links no HTTP and no TLS: cargo's graph of it holds no such crate. That
# the programs themselves hold no trace of one is tools/action/tests/no_client.rs and tools/check/tests/no_client.rs.
set -euo pipefail
crates='ureq|reqwest|hyper|http|rustls|native-tls|openssl|ring|aws-lc-rs|curl|quinn|h2'

# Which crate depends on which, as Cargo.lock has them. `tr` and awk do for this simple format.
awk '
  /^name = /    { gsub(/"/, "", $3); name = $3 }
  /^dependencies = \[/ { inside = 1; next }
  /^\]/         { inside = 0 }
  inside        { gsub(/[",]/, ""); print name, $1 }
' Cargo.lock >"$TEST_TMPDIR/edges"

# no_network CRATE OTHER: the graph of CRATE holds no crate for a network, and it does hold OTHER.
no_network() {
  local crate=$1 expected=$2
  printf '%s\n' "$crate" >"$TEST_TMPDIR/reached"
  while :; do
    awk 'NR == FNR { seen[$1]; next } ($1 in seen) { print $2 } ' "$TEST_TMPDIR/reached" "$TEST_TMPDIR/edges" |
      sort -u - "$TEST_TMPDIR/reached" >"$TEST_TMPDIR/more"
    cmp -s "$TEST_TMPDIR/more" "$TEST_TMPDIR/reached" && break
    mv "$TEST_TMPDIR/more" "$TEST_TMPDIR/reached"
  done
  grep -qx "$expected" "$TEST_TMPDIR/reached" || { echo "the graph of $crate was not read" >&2; exit 1; }
  if grep -xE "$crates" "$TEST_TMPDIR/reached"; then
    echo "$crate depends on the crates above" >&2
    exit 1
  fi
}

no_network lazytools-action lazytools_layout
no_network lazytools-check lazytools_requests

# That the same look finds them where they are.
grep -q '^lazytools_fetch ureq$' "$TEST_TMPDIR/edges" || { echo "the check looks at nothing" >&2; exit 1; }
