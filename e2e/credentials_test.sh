#!/usr/bin/env bash
# A private registry that wants a token: update_pins and Bazel's own fetches take it from the same places, send it to that
# registry alone, and write it nowhere.
source "$TEST_SRCDIR/_main/e2e/nested.sh"

work=$TEST_TMPDIR/credentials
upstream=$TEST_TMPDIR/upstream
rm -rf "$work" "$upstream" && mkdir -p "$work/tools" "$upstream/package"
secret=hush-4f1c

# Another text each time, so that Bazel has to fetch it.
printf 'a private file of %s\n' "$$ $RANDOM $(date +%s%N)" >"$upstream/package/file.txt"
tar -czf "$upstream/thing.tgz" -C "$upstream" package
python3 "$checkout/e2e/private_registry.py" "$upstream/thing.tgz" "$upstream" &
server=$!
trap 'kill "$server"' EXIT
for _ in $(seq 100); do [ -e "$upstream/port" ] || sleep 0.1; done
port=$(cat "$upstream/port")

cat >"$work/MODULE.bazel" <<END
module(name = "credentials")
bazel_dep(name = "rules_lazytools", version = "0.1.0")
local_path_override(module_name = "rules_lazytools", path = "$checkout")
lazy_tools = use_extension("@rules_lazytools//extensions:lazy_tools.bzl", "lazy_tools")
lazy_tools.lock(file = "//:lazy_tools.lock.json")
# Where scopes without a registry of their own live; nothing is there.
lazy_tools.registry(type = "npm", url = "http://127.0.0.1:9/")
lazy_tools.tool(name = "thing", platforms = ["linux_aarch64", "linux_x86_64"], recipe = "//:thing.toml", version = "1.0.0")
use_repo(lazy_tools, "lazy_tools")
END
cat >"$work/thing.toml" <<'END'
schema = 1
name = "thing"
description = "A private package."
needs_version = true

[[artifacts]]
id = "thing"
purl = "pkg:npm/%40acme/thing@{version}"
format = "tar.gz"

[[layout]]
step = "extract"
artifact = "thing"
strip = 1
END
touch "$work/BUILD.bazel"
cp "$checkout/e2e/bad_input/tools/BUILD.bazel" "$work/tools/BUILD.bazel"
cp "$checkout/.bazelversion" "$work/" 2>/dev/null || true

# asked LINE… : since the last time the registry was asked for this, with the token each time.
asked() {
  local line
  for line in "$@"; do
    grep -qxF "$line Bearer $secret" "$upstream/log" || { cat "$upstream/log" >&2 && fail "it was not asked: $line"; }
  done
  : >"$upstream/log"
}

# written_nowhere : the token is in no log, lock or file that Bazel or update_pins wrote.
written_nowhere() {
  local base
  base=$(nested "$work" info output_base 2>/dev/null)
  if grep -rIlF "$secret" "$work/lazy_tools.lock.json" "$TEST_TMPDIR/log" "$TEST_TMPDIR/store" \
    "$base/external" "$base/command.log" "$base/java.log" 2>/dev/null; then
    fail "the token is in the files above"
  fi
}

tarball=/private/@acme/thing/-/thing-1.0.0.tgz
export LAZYTOOLS_STORE=$TEST_TMPDIR/store NETRC=/dev/null

echo "Without the token both fail, and say so"
echo "@acme:registry=http://127.0.0.1:$port/private/" >"$work/.npmrc"
expect_failure "$TEST_TMPDIR/log" "401" "(LT302)" -- nested "$work" run //tools:update_pins

echo "By .npmrc and a variable"
# shellcheck disable=SC2016
echo "//127.0.0.1:$port/private/:_authToken=\${ACME_TOKEN}" >>"$work/.npmrc"
export ACME_TOKEN=$secret
: >"$upstream/log"
nested "$work" run //tools:update_pins >"$TEST_TMPDIR/log" 2>&1 || { cat "$TEST_TMPDIR/log" && fail "update_pins"; }
asked "GET /private/@acme%2Fthing/1.0.0" "HEAD $tarball"
nested "$work" build --repository_cache= @lazy_tools//:thing >"$TEST_TMPDIR/log" 2>&1 || { cat "$TEST_TMPDIR/log" && fail "build"; }
asked "GET $tarball"
written_nowhere
grep -q '"purl": "pkg:npm/%40acme/thing@1.0.0"' "$work/lazy_tools.lock.json" || fail "the lock has no purl"
if grep -q 127.0.0.1 "$work/lazy_tools.lock.json"; then fail "the lock names a host"; fi

echo "By one line in .bazelrc"
unset ACME_TOKEN
cat >"$work/tools/helper" <<END
#!/bin/sh
cat >/dev/null
echo '{"headers": {"Authorization": ["Bearer $secret"]}}'
END
chmod +x "$work/tools/helper"
sed -i /authToken/d "$work/.npmrc"
echo "common --credential_helper=127.0.0.1=%workspace%/tools/helper" >"$work/.bazelrc"
nested "$work" run //tools:update_pins -- --refresh >"$TEST_TMPDIR/log" 2>&1 || { cat "$TEST_TMPDIR/log" && fail "update_pins"; }
asked "GET /private/@acme%2Fthing/1.0.0"
nested "$work" fetch --force --repository_cache= @lazy_tools//:thing >"$TEST_TMPDIR/log" 2>&1 || { cat "$TEST_TMPDIR/log" && fail "fetch"; }
asked "GET $tarball"
written_nowhere

end_nested "$work"
