#!/usr/bin/env bash
# A Go program with modules of others and a pinned toolchain is built and tested out of a bundle, where nothing can be
# reached. The bundle for the platform that builds holds nothing of the others'.
source "$TEST_SRCDIR/_main/e2e/nested.sh"
source "$TEST_SRCDIR/_main/e2e/airgap/common.sh"

work=$TEST_TMPDIR/workspace collected=$TEST_TMPDIR/collected bundle=$TEST_TMPDIR/bundle
fresh "$work" "$collected" "$bundle"
mkdir "$work"
# Without Bazel's links, if someone has built there.
(cd "$checkout/e2e/airgap_go" && find . -path './bazel-*' -prune -o -type f -exec cp --parents {} "$work" \;)
sed -i "s#path = \"../..\"#path = \"$checkout\"#" "$work/MODULE.bazel"
echo "try-import %workspace%/airgap.bazelrc" >"$work/.bazelrc"
flags=()
for flag in "${nested_flags[@]}"; do flags+=("--bazel-flag=$flag"); done

echo "Collected for the machine that builds"
airgap "$work" collect //:all --platform //:here --bazel "$checkout/bazelw" "${flags[@]}" -o "$collected" >"$log" 2>&1 ||
  { cat "$log" && fail "collect"; }
sed -n '/^Bazel /,$p' "$log"
airgap "$work" bundle "$collected" -o "$bundle" >"$log"
airgap "$work" verify "$bundle"

echo "The bundle for this platform holds nothing of the others, and all that this one needs"
python3 - "$work/lazy_tools.lock.json" "$bundle/manifest.json" <<'END'
import base64, json, platform, sys

lock, manifest = (json.load(open(path)) for path in sys.argv[1:])
here = "linux_" + {"arm64": "aarch64"}.get(platform.machine(), platform.machine())


def artifacts(place):
    return {base64.b64decode(one["integrity"][7:]).hex(): one["size"] for one in place.get("artifacts", {}).values()}


needed, others = {}, {}
for tool in lock["tools"].values():
    needed |= artifacts(tool.get("any", {}))
    for name, place in tool.get("host", {}).items():
        (needed if name == here else others).update(artifacts(place))
held = {path.split("/")[3] for path in manifest["files"] if path.startswith("repository_cache/")}
assert set(needed) <= held, sorted(set(needed) - held)
assert not set(others) & held, sorted(set(others) & held)
assert len(others) == 3 and len(needed) > 10, (len(others), len(needed))
mega = lambda sizes: "%.1f MB" % (sum(sizes.values()) / 1e6)
print("of %s for four platforms the bundle holds the %s for %s" % (mega(needed | others), mega(needed), here))
END

echo "Installed, and proved: built and tested, and nothing was sent"
airgap "$work" install "$bundle" --bazel "$checkout/bazelw" >"$log"
airgap "$work" prove //:all --bazel "$checkout/bazelw" "${flags[@]}" --platform //:here --scratch "$TEST_TMPDIR/jail" >"$log" 2>&1 ||
  { cat "$log" && fail "the build in the jail"; }
expect_text "$log" "0 packets, 0 connections opened"
airgap "$work" install --undo
