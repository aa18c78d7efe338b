#!/usr/bin/env bash
# What a workspace needs is collected, bundled and verified; then it is built from the bundle alone, where the loopback is
# the only network and nobody serves anything.
source "$TEST_SRCDIR/_main/e2e/nested.sh"

site=$TEST_TMPDIR/site work=$TEST_TMPDIR/workspace collected=$TEST_TMPDIR/collected bundle=$TEST_TMPDIR/bundle
log=$TEST_TMPDIR/log
for folder in "$site" "$work" "$collected" "$bundle" "$TEST_TMPDIR"/{again,delta,jail,git,git.aside,scratch}; do
  [ ! -e "$folder" ] || chmod -R u+w "$folder"
  rm -rf "$folder"
done
mkdir -p "$site" "$work"
lazytools=$TEST_SRCDIR/_main/tools/cli/lazytools
# What `lazytools` is started by: nothing, or what takes the rights of root away.
plain=()

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
  (cd "$work" && env -u TEST_TMPDIR -u RUNFILES_DIR -u TEST_SRCDIR "${plain[@]}" "$lazytools" airgap "$@")
}

collect() {
  airgap collect //:everything //git --platform //:linux --bazel "$checkout/bazelw" --bazel-flag=--config=connected \
    -o "$collected" >"$log" 2>&1 || { cat "$log" && fail "collect"; }
}

# prove ARGS… : builds //:everything where nothing can be reached, from an output root that is new.
prove() {
  airgap prove //:everything --platform //:linux --bazel "$checkout/bazelw" --scratch "$TEST_TMPDIR/scratch" \
    --report "$TEST_TMPDIR/report.json" "$@"
}

# without_git : the repository that git fetches, without the one that it is fetched from.
without_git() {
  mv "$TEST_TMPDIR/git" "$TEST_TMPDIR/git.aside"
  prove //git
  local status=$?
  mv "$TEST_TMPDIR/git.aside" "$TEST_TMPDIR/git"
  return "$status"
}

echo "Collected: what is with a checksum, and what is not"
collect
expect_text "$log" "1 fetched by git" "Taken along as Bazel made them" "@@_main"
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
chains = {one["name"]: one["chain"] for one in report["repositories"] if one["name"].startswith(("@@", "module ext"))}
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
prove --keep "$TEST_TMPDIR/jail" >"$log" 2>&1 || { cat "$log" && fail "the build in the jail"; }
expect_text "$log" "Proved: //:everything built with Bazel" ": 0 packets, 0 connections opened"
expect_text "$TEST_TMPDIR/report.json" '"outcome": "proved"' '"packets": 0,' '"opened": 0,' '"lookups": {}'
built=$(find -L "$TEST_TMPDIR/jail" -path '*/bin/everything.txt' 2>/dev/null | head -n 1)
printf '%s\n' patched word first second listed newer-tool | diff - "$built" || fail "something else was built"

echo "The same as a plain user, who may not write to the bundle, and the bundle stays as it is"
[ "$(id -u)" != 0 ] || plain=(unshare --user --map-user=65534 --map-group=65534)
airgap install "$bundle" --repository-cache "$TEST_TMPDIR/made" --bazel "$checkout/bazelw" >"$log"
expect_text "$work/airgap.bazelrc" "--repository_cache=$TEST_TMPDIR/made"
prove --bazel-flag=--disk_cache= >"$log" 2>&1 || { cat "$log" && fail "the build as a plain user"; }
expect_text "$log" ": 0 packets, 0 connections opened"
plain=()
chmod -R u+w "$bundle"
airgap verify "$bundle"
[ -z "$(ls "$TEST_TMPDIR/scratch")" ] || fail "prove has left $(ls "$TEST_TMPDIR/scratch")"

echo "Without one file the build fails, and it is said which, where it came from, and what needs it"
digest=$(sha256sum "$site/files/first.tar" | cut -d ' ' -f 1)
entry=repository_cache/content_addressable/sha256/$digest/file
mv "$bundle/$entry" "$TEST_TMPDIR/aside"
expect_failure "$log" "download is disabled" "first wants $url/gone/first.tar or $url/files/first.tar:" \
  "$entry is missing from the bundle" "(LT714)" -- prove
expect_failure "$log" "$entry: is missing" "it came from $url/files/first.tar" "first needs it" "(LT710)" -- airgap verify "$bundle"
mv "$TEST_TMPDIR/aside" "$bundle/$entry"
for file in MODULE.bazel source.json; do
  entry=$(cd "$bundle" && echo registries/*-two-*/modules/word/1.0/"$file")
  mv "$bundle/$entry" "$TEST_TMPDIR/aside"
  expect_failure "$log" "word@1.0 wants $url/two/modules/word/1.0/$file:" "$entry is missing from the bundle" "(LT714)" -- prove
  mv "$TEST_TMPDIR/aside" "$bundle/$entry"
done
airgap verify "$bundle"

echo "What git has fetched is in the bundle; a build that tries more than it needs, and one that is broken"
without_git >"$log" 2>&1 || { cat "$log" && fail "the repository that git fetches is not taken from the bundle"; }
expect_text "$log" "Proved: " ": 0 packets, 0 connections opened"
cat >>"$work/BUILD.bazel" <<'BUILD'
genrule(name = "asks", outs = ["asked"], cmd = "getent hosts h.example >$@ || true")
genrule(name = "tries", outs = ["tried"], cmd = "(: >/dev/tcp/10.1.2.3/443) 2>$@ || true")
genrule(name = "broken", outs = ["nothing"], cmd = "exit 3")
BUILD
expect_failure "$log" "it was built, and tried to reach something all the same:" \
  "the host h.example was looked up by \`getent hosts h.example\` for an action" \
  "the address 10.1.2.3:443 (tcp) was tried once" "(LT714)" -- prove //:asks //:tries --bazel-flag=--disk_cache=
expect_failure "$log" "wants nothing from elsewhere: 0 packets, 0 connections opened" "Executing genrule //:broken" \
  "(LT715)" -- prove //:broken

airgap install --undo
[ ! -e "$work/airgap.bazelrc" ] || fail "the fragment is still there"
[ ! -e "$TEST_TMPDIR/made" ] || fail "the repository cache is still there"
