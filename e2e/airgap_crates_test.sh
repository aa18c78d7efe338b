#!/usr/bin/env bash
# A workspace whose crates come by crate_universe, which runs cargo, is built from its bundle where nothing can be reached: with
# a CARGO_HOME that is empty but for links into a bundle that cannot be written to.
source "$TEST_SRCDIR/_main/e2e/nested.sh"
source "$TEST_SRCDIR/_main/e2e/airgap/common.sh"

work=$TEST_TMPDIR/workspace collected=$TEST_TMPDIR/collected bundle=$TEST_TMPDIR/bundle home=$TEST_TMPDIR/cargo_home
fresh "$work" "$collected" "$bundle" "$home" "$TEST_TMPDIR/again"
mkdir -p "$work/src"

# Debian's Bazel overrides these modules, and wants them to be there.
others=
if [ -e /usr/share/rules_lazytools/bazelrc ] || [ -n "${RULES_LAZYTOOLS_DEBIAN:-}" ]; then
  others='bazel_dep(name = "rules_shell", version = "0.3.0")
bazel_dep(name = "aspect_rules_js", version = "0.1")'
fi
cat >"$work/MODULE.bazel" <<END
module(name = "crates_in_a_gap")
bazel_dep(name = "rules_rust", version = "0.61.0")
$others
rust = use_extension("@rules_rust//rust:extensions.bzl", "rust")
rust.toolchain(edition = "2021", versions = ["1.85.0"])
use_repo(rust, "rust_toolchains")
register_toolchains("@rust_toolchains//:all")
crate = use_extension("@rules_rust//crate_universe:extension.bzl", "crate")
crate.from_cargo(
    name = "crates",
    cargo_lockfile = "//:Cargo.lock",
    manifests = ["//:Cargo.toml"],
    supported_platform_triples = ["aarch64-unknown-linux-gnu", "x86_64-unknown-linux-gnu"],
)
use_repo(crate, "crates")
END
cat >"$work/BUILD.bazel" <<'END'
load("@rules_rust//rust:defs.bzl", "rust_binary")

rust_binary(
    name = "program",
    srcs = ["src/main.rs"],
    deps = ["@crates//:hex", "@crates//:itoa"],
)

genrule(
    name = "said",
    outs = ["said.txt"],
    cmd = "$(execpath :program) > $@",
    tools = [":program"],
)
END
# Cargo asks for crates of all platforms, also for those that Bazel never downloads.
cat >"$work/Cargo.toml" <<'END'
[package]
name = "program"
version = "0.1.0"
edition = "2021"

[dependencies]
hex = "0.4"
itoa = "1"

[target.'cfg(windows)'.dependencies]
cfg-if = "1"
END
# The digests are those of this project's own lock.
{
  printf 'version = 3\n\n[[package]]\nname = "program"\nversion = "0.1.0"\ndependencies = [\n "cfg-if",\n "hex",\n "itoa",\n]\n'
  for crate in cfg-if hex itoa; do
    printf '\n[[package]]\n'
    grep -x -A3 "name = \"$crate\"" "$checkout/Cargo.lock"
  done
} >"$work/Cargo.lock"
cat >"$work/src/main.rs" <<'END'
fn main() {
    println!("{} {}", hex::encode("gap"), itoa::Buffer::new().format(7));
}
END
printf 'try-import %%workspace%%/airgap.bazelrc\n' >"$work/.bazelrc"
cp "$checkout/.bazelversion" "$work/" 2>/dev/null || true

echo "Collected: what cargo fetched is covered"
airgap "$work" collect //:said --bazel "$checkout/bazelw" -o "$collected" >"$log" 2>&1 || { cat "$log" && fail "collect"; }
expect_text "$collected/collection.json" '"covered": "cargoRegistry"'
if grep -q "Not in a bundle, executes" "$log"; then cat "$log" && fail "something is not covered"; fi
airgap "$work" bundle "$collected" -o "$bundle" >"$log"
airgap "$work" bundle "$collected" -o "$TEST_TMPDIR/again" >"$log"
diff -r "$bundle" "$TEST_TMPDIR/again" || fail "two bundles differ"

echo "Each crate once: what Bazel downloads is in its cache, and what cargo alone wants in cargo's"
grep -o '[a-z-]*-[0-9.]*crate$' "$bundle/cargo/crates.sha256" | sed 's/-[0-9.]*crate$//' | sort |
  diff <(printf '%s\n' hex itoa) - || fail "< expected, > in Bazel's cache"
find "$bundle/cargo" -name '*.crate' -printf '%f\n' | sed 's/-[0-9.]*crate$//' |
  diff <(echo cfg-if) - || fail "< expected, > in cargo's cache"
if grep -rqi token "$bundle/cargo/config.toml"; then fail "cargo's settings hold a token"; fi

echo "Built in the jail, from a bundle that cannot be written to"
airgap "$work" install "$bundle" --cargo-home "$home" --bazel "$checkout/bazelw" >"$log"
expect_text "$work/airgap.bazelrc" "--repo_env=CARGO_HOME=$home"
chmod -R a-w "$bundle"
jailed "$work" -- //:said >"$log" 2>&1 || { cat "$log" && fail "the build in the jail"; }
chmod -R u+w "$bundle"
expect_nothing_sent
said=$(find -L "$TEST_TMPDIR/jail" -path '*/bin/said.txt' 2>/dev/null | head -n 1)
[ "$(cat "$said")" = "676170 7" ] || fail "something else was built"
airgap "$work" verify "$bundle"

echo "Without the crate that cargo alone wants it fails, and verify names it"
crate=$(find "$bundle/cargo" -name 'cfg-if-*.crate')
mv "$crate" "$TEST_TMPDIR/aside"
expect_failure "$log" "cfg-if" -- jailed "$work" -- //:said
expect_failure "$log" "${crate#"$bundle/"}: is missing" "(LT710)" -- airgap "$work" verify "$bundle"
mv "$TEST_TMPDIR/aside" "$crate"

airgap "$work" install --undo
[ ! -e "$home" ] || fail "the CARGO_HOME is still there"
fresh "$TEST_TMPDIR/jail"
