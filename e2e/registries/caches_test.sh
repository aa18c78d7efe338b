#!/usr/bin/env bash
# What came from each registry is what was asked for.
set -euo pipefail
fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}
[ "$(<esbuild.version)" = 0.28.2 ] || fail "npm: $(<esbuild.version)"
[ "$(<ninja.version)" = 1.11.1.git.kitware.jobserver-1 ] || fail "PyPI: $(<ninja.version)"
[ "$(<protoc.version)" = "libprotoc 25.5" ] || fail "Maven: $(<protoc.version)"
grep -q '^name = "itoa"$' "../$ITOA/itoa/Cargo.toml" || fail "crates: no itoa"
grep -q '"package":"49f1f14873335454500d59611f1cf4a4b0f786f9ac11f4312a78e4cf2566695b"' "../$ITOA/itoa/.cargo-checksum.json" ||
  fail "crates: $(<"../$ITOA/itoa/.cargo-checksum.json")"
[ "$(<"../$GO_TOML/github.com/!burnt!sushi/toml/@v/v1.4.0.mod")" = "module github.com/BurntSushi/toml

go 1.18" ] || fail "Go: another go.mod"
[ "$(head -c 7 "../$HELLO"/archives/hello_2.10-3_*.deb)" = '!<arch>' ] || fail "Debian: no package"
