#!/usr/bin/env bash
# Of a lazy tool for six platforms a bundle for some holds just these, and builds for these where nothing can be reached.
source "$TEST_SRCDIR/_main/e2e/nested.sh"
source "$TEST_SRCDIR/_main/e2e/airgap/common.sh"

work=$TEST_TMPDIR/workspace collected=$TEST_TMPDIR/collected bundle=$TEST_TMPDIR/bundle
fresh "$work" "$collected" "$bundle"
mkdir -p "$work/examples/six_platforms"

# A tool of this project with its pins, in a workspace of its own.
cp "$checkout/examples/six_platforms/pylock.toml" "$work/examples/six_platforms/"
echo 'exports_files(["pylock.toml"])' >"$work/examples/six_platforms/BUILD.bazel"
python3 - "$checkout/lazy_tools.lock.json" "$work" <<'END'
import json, pathlib, sys

lock, work = json.load(open(sys.argv[1])), pathlib.Path(sys.argv[2])
tool = lock["tools"]["ninja_wheels"]
lock["tools"] = {"ninja_wheels": tool}
(work / "lazy_tools.lock.json").write_text(json.dumps(lock, indent=2) + "\n")
# The digest of each platform's wheel, in hexadecimal.
import base64

wheels = {
    platform: [base64.b64decode(one["integrity"].split("-", 1)[1]).hex() for one in part["artifacts"].values()]
    for platform, part in tool["target"].items()
}
lines = ["%s %s" % (platform, digest) for platform, digests in wheels.items() for digest in digests]
(work.parent / "wheels").write_text("\n".join(sorted(lines)) + "\n")
END
others=
if [ -e /usr/share/rules_lazytools/bazelrc ] || [ -n "${RULES_LAZYTOOLS_DEBIAN:-}" ]; then
  others='bazel_dep(name = "aspect_rules_js", version = "0.1")'
fi
cat >"$work/MODULE.bazel" <<END
module(name = "platforms_in_a_gap")
bazel_dep(name = "rules_lazytools", version = "0.1.0")
local_path_override(module_name = "rules_lazytools", path = "$checkout")
$others
lazy_tools = use_extension("@rules_lazytools//extensions:lazy_tools.bzl", "lazy_tools")
lazy_tools.lock(file = "//:lazy_tools.lock.json")
lazy_tools.tool(
    name = "ninja_wheels",
    files = {"//examples/six_platforms:pylock.toml": "python_lock"},
    params = {"platform_packages_for": "target", "python": "3.12"},
    platforms = [
        "linux_aarch64",
        "linux_x86_64",
        "macos_aarch64",
        "macos_x86_64",
        "windows_aarch64",
        "windows_x86_64",
    ],
    recipe = "wheelhouse",
)
use_repo(lazy_tools, "lazy_tools")
END
cat >"$work/BUILD.bazel" <<'END'
genrule(
    name = "wheels",
    srcs = ["@lazy_tools//:ninja_wheels"],
    outs = ["wheels.txt"],
    cmd = "ls $(location @lazy_tools//:ninja_wheels)/wheels > $@",
)
END
printf 'try-import %%workspace%%/airgap.bazelrc\n' >"$work/.bazelrc"
cp "$checkout/.bazelversion" "$work/" 2>/dev/null || true

# collect_for PLATFORM… : collects and bundles //:wheels for these, and holds the wheels in the bundle against the pins.
collect_for() {
  local platform flags=()
  for platform in "$@"; do
    flags+=("--platform=@rules_lazytools//platforms:${platform}_platform")
  done
  airgap "$work" collect //:wheels "${flags[@]}" --bazel "$checkout/bazelw" --bazel-flag=--compilation_mode=opt \
    -o "$collected" >"$log" 2>&1 || { cat "$log" && fail "collect"; }
  airgap "$work" bundle "$collected" -o "$bundle" >"$log"
  for platform in "$@"; do
    sed -n "s/^$platform //p" "$TEST_TMPDIR/wheels"
  done | sort -u >"$TEST_TMPDIR/expected"
  cut -d ' ' -f 2 "$TEST_TMPDIR/wheels" | sort -u | while read -r digest; do
    [ ! -e "$bundle/repository_cache/content_addressable/sha256/$digest/file" ] || echo "$digest"
  done | diff "$TEST_TMPDIR/expected" - || fail "< expected, > in the bundle for $*"
  echo "$*: $(wc -l <"$TEST_TMPDIR/expected") of $(cut -d ' ' -f 2 "$TEST_TMPDIR/wheels" | sort -u | wc -l) wheels"
}

echo "A bundle for one platform holds nothing of the other five"
collect_for linux_x86_64
echo "For two it holds two, and builds for both in the jail"
collect_for linux_x86_64 macos_aarch64
airgap "$work" install "$bundle" --cargo-home "$TEST_TMPDIR/cargo_home" --bazel "$checkout/bazelw" >"$log"
for platform in linux_x86_64:manylinux macos_aarch64:macosx; do
  jailed "$work" -- --compilation_mode=opt "--platforms=@rules_lazytools//platforms:${platform%:*}_platform" //:wheels \
    >"$log" 2>&1 || { cat "$log" && fail "the build for ${platform%:*} in the jail"; }
  expect_nothing_sent
  grep -q "${platform#*:}" "$(find -L "$TEST_TMPDIR/jail" -path '*/bin/wheels.txt' | head -n 1)" || fail "another wheel"
done
echo "For a third it fails, and names what it lacks"
expect_failure "$log" "windows_aarch64" -- \
  jailed "$work" -- --compilation_mode=opt --platforms=@rules_lazytools//platforms:windows_aarch64_platform //:wheels
airgap "$work" install --undo
fresh "$TEST_TMPDIR/jail"
