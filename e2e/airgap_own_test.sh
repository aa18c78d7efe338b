#!/usr/bin/env bash
# This project itself, all of it, is built from its bundle where nothing can be reached: crates by crate_universe, and the
# artifacts of lazy tools from all kinds of registries, of which nobody says where they are.
#
# What the tests before this one have compiled is in the disk cache, if Bazel has one, as ./bazelw's has: it is on this
# machine and needs no network.
source "$TEST_SRCDIR/_main/e2e/nested.sh"
source "$TEST_SRCDIR/_main/e2e/airgap/common.sh"

# Kept from run to run, as an operator keeps it: 500 MB that are not downloaded again.
collected=$nested_root/airgap_own
bundle=$TEST_TMPDIR/bundle fragment=$TEST_TMPDIR/airgap.bazelrc home=$TEST_TMPDIR/cargo_home
fresh "$bundle" "$fragment" "$home" "$home.repositories"

echo "Collected and bundled: nothing that is not in the bundle but what the machine has"
SECONDS=0
airgap "$checkout" collect //... --bazel "$checkout/bazelw" -o "$collected" >"$log" 2>&1 || { cat "$log" && fail "collect"; }
echo "$SECONDS s"
sed -n '/^Bazel /,/^$/p' "$log"
missing=$(grep '^Not in a bundle' "$log" | grep -v '^Not in a bundle, of the machine:' || true)
[ -z "$missing" ] || { sed -n '/^Bazel /,$p' "$log" && fail "something is not in the bundle"; }
expect_text "$collected/collection.json" '"covered": "cargoRegistry"'
airgap "$checkout" bundle "$collected" --hard-links -o "$bundle" >"$log"
head -n 1 "$log"
airgap "$checkout" install "$bundle" --output "$fragment" --cargo-home "$home" --repository-cache "$home.repositories" \
  --bazel "$checkout/bazelw" >"$log"

echo "Built in the jail"
SECONDS=0
jailed "$checkout" "--bazelrc=$fragment" -- //... >"$log" 2>&1 || { cat "$log" && fail "the build in the jail"; }
echo "$SECONDS s"
grep -E '^INFO: [0-9]+ processes' "$log"
expect_nothing_sent

echo "Without one artifact it fails, and verify says which"
entry=$(python3 - "$bundle/manifest.json" <<'END'
import json, sys

files = json.load(open(sys.argv[1]))["files"]
wanted = [path for path, entry in files.items() if any("ninja_wheels.target.linux" in one for one in entry.get("neededBy", []))]
print(sorted(wanted)[0])
END
)
mv "$bundle/$entry" "$TEST_TMPDIR/aside"
expect_failure "$log" "ninja_wheels" -- jailed "$checkout" "--bazelrc=$fragment" -- --nobuild //examples/six_platforms:wheels
expect_failure "$log" "$entry: is missing" "ninja_wheels.target.linux" "(LT710)" -- airgap "$checkout" verify "$bundle"
fresh "$TEST_TMPDIR/jail" "$bundle"
