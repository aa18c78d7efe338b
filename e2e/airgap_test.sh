#!/usr/bin/env bash
# What a workspace needs is collected, bundled and verified; then it is built from the bundle alone, where the loopback is
# the only network and nobody serves anything.
source "$TEST_SRCDIR/_main/e2e/nested.sh"

site=$TEST_TMPDIR/site work=$TEST_TMPDIR/workspace collected=$TEST_TMPDIR/collected bundle=$TEST_TMPDIR/bundle
log=$TEST_TMPDIR/log
for folder in "$site" "$work" "$collected" "$bundle" "$TEST_TMPDIR"/{again,delta,jail,git}; do
  [ ! -e "$folder" ] || chmod -R u+w "$folder"
  rm -rf "$folder"
done
mkdir -p "$site" "$work"
lazytools=$TEST_SRCDIR/_main/tools/cli/lazytools

git init -q "$TEST_TMPDIR/git"
echo "by git" >"$TEST_TMPDIR/git/git.txt"
echo "exports_files(['git.txt'])" >"$TEST_TMPDIR/git/BUILD.bazel"
git -C "$TEST_TMPDIR/git" add .
git -C "$TEST_TMPDIR/git" -c user.name=x -c user.email=x@x.invalid commit -q -m x
GIT_COMMIT=$(git -C "$TEST_TMPDIR/git" rev-parse HEAD) GIT_REMOTE=$TEST_TMPDIR/git \
  python3 "$checkout/e2e/airgap/upstream.py" "$site" "$work" &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for _ in $(seq 100); do [ -e "$site/port" ] || sleep 0.1; done
url=http://127.0.0.1:$(cat "$site/port")
cp "$checkout/.bazelversion" "$work/" 2>/dev/null || true

# airgap COMMAND ARGS… : in the workspace, with the Bazel of these tests.
airgap() {
  (cd "$work" && env -u TEST_TMPDIR -u RUNFILES_DIR -u TEST_SRCDIR "$lazytools" airgap "$@")
}

collect() {
  airgap collect //:everything //git --platform //:linux --bazel "$checkout/bazelw" --bazel-flag=--config=connected \
    -o "$collected" >"$log" 2>&1 || { cat "$log" && fail "collect"; }
}

# jailed BUNDLE_IS_READ_ONLY : builds //:everything where nothing can be reached, from an output root that is new.
jailed() {
  [ ! -e "$TEST_TMPDIR/jail" ] || chmod -R u+w "$TEST_TMPDIR/jail"
  rm -rf "$TEST_TMPDIR/jail"
  local -a user=()
  [ "$(id -u)" = 0 ] || user=(--map-root-user)
  # No server: it would be reached over the loopback, and count.
  (cd "$work" && env -u TEST_TMPDIR -u RUNFILES_DIR -u TEST_SRCDIR unshare --net "${user[@]}" python3 \
    "$checkout/e2e/airgap/jail.py" "$TEST_TMPDIR/counts" "$checkout/bazelw" --batch \
    "--output_user_root=$TEST_TMPDIR/jail" build --symlink_prefix=/ --platforms=//:linux //:everything)
}

echo "Collected: what is with a checksum, and what is not"
collect
expect_text "$log" "fetched by git" "@@_main" "fetch --depth=1"
sed -n '/^Bazel /,$p' "$log"

echo "Bundled: for one platform, and each time the same"
airgap bundle "$collected" -o "$bundle" >"$log"
airgap bundle "$collected" -o "$TEST_TMPDIR/again" >"$log"
diff -r "$bundle" "$TEST_TMPDIR/again" || fail "two bundles differ"
expect_text "$bundle/manifest.json" "$url/files/linux-tool" "$url/one/modules/greet/1.0/patches/fix.patch" \
  "$url/one/modules/greet/1.0/overlay/BUILD.bazel" "$url/two/modules/word/1.0/source.json" "$url/files/names"
if grep -q macos-tool "$bundle/manifest.json"; then fail "the bundle for Linux holds the tool for macOS"; fi
airgap verify "$bundle"

echo "Reported: what it is, and which targets lead to each repository"
airgap report "$bundle" --json >"$log"
expect_text "$log" '_repo_rules' 'first//:first.txt"' 'listed//:text.txt"' 'module extension names in @@//:names.bzl' '"//:everything"'
python3 - "$log" <<'EOF' || fail "the chains of targets"
import json, sys

report = json.load(open(sys.argv[1]))
chains = {one["name"]: one["chain"] for one in report["repositories"] if one["name"] != "module resolution"}
assert len(chains) > 5, chains
for name, chain in chains.items():
    assert chain and chain[0] in ("//:everything", "//git:git"), (name, chain)
EOF
airgap report "$bundle" --html "$TEST_TMPDIR/report.html" >"$log" 2>&1
expect_text "$TEST_TMPDIR/report.html" "Content-Security-Policy" "$url/files/linux-tool"

echo "One pin changes, and only that is written"
old=$(sha256sum <"$site/files/linux-tool" | cut -d ' ' -f 1)
echo newer-tool >"$site/files/linux-tool"
new=$(sha256sum <"$site/files/linux-tool" | cut -d ' ' -f 1)
sed -i "s/$old/$new/" "$work/MODULE.bazel"
collect
airgap bundle "$collected" -o "$TEST_TMPDIR/delta" --since "$bundle/manifest.json" >"$log"
find "$TEST_TMPDIR/delta" -type f ! -name 'id-*' -printf '%P\n' | sort |
  diff <(printf '%s\n' manifest.json "repository_cache/content_addressable/sha256/$new/file") - || fail "more was written"
expect_failure "$log" "it holds only a difference" "(LT706)" -- airgap install "$TEST_TMPDIR/delta" --bazel "$checkout/bazelw"
cp -r "$TEST_TMPDIR/delta/." "$bundle/"
airgap verify "$bundle"

echo "Installed: a registry in a bazelrc file would be asked first"
cp "$work/.bazelrc" "$TEST_TMPDIR/bazelrc"
echo "common --registry=$url/one" >>"$work/.bazelrc"
expect_failure "$log" "$work/.bazelrc:" "(LT711)" -- airgap install "$bundle" --bazel "$checkout/bazelw"
[ ! -e "$work/airgap.bazelrc" ] || fail "something was installed"
cp "$TEST_TMPDIR/bazelrc" "$work/.bazelrc"
airgap install "$bundle" --relative --bazel "$checkout/bazelw" >"$log"
expect_text "$work/airgap.bazelrc" "--repository_cache=../bundle/repository_cache"

echo "Built in the jail, from a bundle that cannot be written to"
kill "$server" && wait "$server" 2>/dev/null || true
find "$bundle" -exec touch -h -d 2001-01-01 {} +
chmod -R a-w "$bundle"
jailed >"$log" 2>&1 || { cat "$log" && fail "the build in the jail"; }
chmod -R u+w "$bundle"
[ "$(cat "$TEST_TMPDIR/counts")" = "0 packets, 0 opened" ] || fail "the build sent $(cat "$TEST_TMPDIR/counts")"
built=$(find -L "$TEST_TMPDIR/jail" -path '*/bin/everything.txt' 2>/dev/null | head -n 1)
printf '%s\n' patched word first second listed newer-tool | diff - "$built" || fail "something else was built"

echo "Without one file the build fails, and verify says which, where it came from, and what needs it"
digest=$(sha256sum "$site/files/first.tar" | cut -d ' ' -f 1)
entry=repository_cache/content_addressable/sha256/$digest/file
mv "$bundle/$entry" "$TEST_TMPDIR/aside"
expect_failure "$log" "download is disabled" -- jailed
expect_failure "$log" "$entry: is missing" "it came from $url/files/first.tar" "first needs it" "(LT710)" -- airgap verify "$bundle"
mv "$TEST_TMPDIR/aside" "$bundle/$entry"
airgap verify "$bundle"

airgap install --undo
[ ! -e "$work/airgap.bazelrc" ] || fail "the fragment is still there"
