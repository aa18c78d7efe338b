#!/usr/bin/env bash
# What no repository cache can hold: downloads without a checksum, by rules and by extensions, and what git fetches. All of it
# is collected, bundled, and built from where the loopback is the only network.
source "$TEST_SRCDIR/_main/e2e/nested.sh"
source "$TEST_SRCDIR/_main/e2e/airgap/git_repositories.sh"

site=$TEST_TMPDIR/site work=$TEST_TMPDIR/workspace repositories=$TEST_TMPDIR/repositories log=$TEST_TMPDIR/log
for folder in "$site" "$work" "$repositories"{,.away} "$TEST_TMPDIR"/{collected,mirrored,bundle,again,mirrors,jail}; do
  [ ! -e "$folder" ] || chmod -R u+w "$folder"
  rm -rf "$folder"
done
mkdir -p "$site" "$work"
lazytools=$TEST_SRCDIR/_main/tools/cli/lazytools

git_repositories "$repositories"
GIT_ROOT=$repositories GIT_COMMIT=$(git -C "$repositories/inner" rev-parse HEAD) GIT_REMOTE=$repositories/inner \
  python3 "$checkout/e2e/airgap/upstream.py" "$site" "$work" "$checkout/e2e/airgap/exceptions.py" &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for _ in $(seq 100); do [ -e "$site/port" ] || sleep 0.1; done
url=http://127.0.0.1:$(cat "$site/port")
cp "$checkout/.bazelversion" "$work/" 2>/dev/null || true

# airgap COMMAND ARGS… : in the workspace, with the Bazel of these tests.
airgap() {
  (cd "$work" && env -u TEST_TMPDIR -u RUNFILES_DIR -u TEST_SRCDIR "$lazytools" airgap "$@")
}

# collect FOLDER FLAGS…
collect() {
  airgap collect //:served --platform //:linux --bazel "$checkout/bazelw" --bazel-flag=--config=connected \
    --rewrite "https://downloads.invalid/=$url/mirror/" --rewrite "https://downloads.invalid:8443/=$url/mirror/" \
    -o "$@" >"$log" 2>&1 || { cat "$log" && fail "collect $*"; }
}

# proved ARGS… : `prove` with these, and what is built is in $TEST_TMPDIR/jail.
proved() {
  [ ! -e "$TEST_TMPDIR/jail" ] || chmod -R u+w "$TEST_TMPDIR/jail"
  rm -rf "$TEST_TMPDIR/jail"
  airgap prove "$@" --platform //:linux --bazel "$checkout/bazelw" --scratch "$TEST_TMPDIR/scratch" \
    --keep "$TEST_TMPDIR/jail" --report "$TEST_TMPDIR/report.json"
}

# jailed COMMAND… : where nothing can be reached, with an output root that is new. `build` at its end is Bazel's; what is
# before it is started in there, too.
jailed() {
  [ ! -e "$TEST_TMPDIR/jail" ] || chmod -R u+w "$TEST_TMPDIR/jail"
  rm -rf "$TEST_TMPDIR/jail"
  local -a user=()
  [ "$(id -u)" = 0 ] || user=(--map-root-user)
  (cd "$work" && env -u TEST_TMPDIR -u RUNFILES_DIR -u TEST_SRCDIR unshare --net "${user[@]}" python3 \
    "$checkout/e2e/airgap/jail.py" "$TEST_TMPDIR/counts" "$@")
}
build=("$checkout/bazelw" --batch "--output_user_root=$TEST_TMPDIR/jail" build --symlink_prefix=/ --platforms=//:linux)

# expect_built NAME LINE… : the build in the jail made it of these lines.
expect_built() {
  local built
  built=$(find -L "$TEST_TMPDIR/jail" -path "*/bin/$1" 2>/dev/null | head -n 1)
  shift
  printf '%s\n' "$@" | diff - "$built" || fail "something else was built"
}
exceptions=(plain plain first "module by git" "data by git" "inner by git" "inner by git" plain)

echo "Collected: nothing is left but what is of the machine"
collect "$TEST_TMPDIR/collected"
sed -n '/^Bazel /,$p' "$log"
if grep -e "^Not in a bundle" "$log" | grep -v "of the machine"; then fail "something cannot be taken along"; fi
expect_text "$log" "the program git for module extension by_git"
collect "$TEST_TMPDIR/mirrored" --git mirror --no-vendor --replay

echo "Bundled, each time the same"
airgap bundle "$TEST_TMPDIR/collected" -o "$TEST_TMPDIR/bundle" >"$log"
airgap bundle "$TEST_TMPDIR/collected" -o "$TEST_TMPDIR/again" >"$log"
diff -r "$TEST_TMPDIR/bundle" "$TEST_TMPDIR/again" || fail "two bundles differ"
airgap bundle "$TEST_TMPDIR/mirrored" -o "$TEST_TMPDIR/mirrors" >"$log"
airgap verify "$TEST_TMPDIR/bundle"
airgap verify "$TEST_TMPDIR/mirrors"
[ ! -e "$TEST_TMPDIR/mirrors/vendor" ] || fail "a repository was taken along with --no-vendor"
expect_text "$TEST_TMPDIR/bundle/vendor/VENDOR.bazel" 'pin("@@'
if find "$TEST_TMPDIR"/{bundle,mirrors} -name .git | grep .; then fail "git's own folders are in a bundle"; fi

kill "$server" && wait "$server" 2>/dev/null || true
mv "$repositories" "$repositories.away"

echo "Built from what was taken along as it is, and from a mirror: nothing is sent"
airgap install "$TEST_TMPDIR/bundle" --bazel "$checkout/bazelw" >"$log"
chmod -R a-w "$TEST_TMPDIR/bundle"
proved //:exceptions >"$log" 2>&1 || { cat "$log" && fail "the build in the jail"; }
expect_text "$TEST_TMPDIR/report.json" '"outcome": "proved"' '"packets": 0,' '"opened": 0,' '"lookups": {}'
expect_built exceptions.txt "${exceptions[@]}"

echo "A download of an extension without a checksum is served, and only so"
expect_failure "$log" "download is disabled" "without a checksum" "(LT714)" -- proved //:served
proved --serve //:served >"$log" 2>&1 || { cat "$log" && fail "the build beside the server"; }
expect_built served.txt "${exceptions[@]}" replayed
expect_text "$TEST_TMPDIR/report.json" '"outcome": "proved"' '"lookups": {}'

echo "Built by git mirrors and the server alone"
chmod -R u+w "$TEST_TMPDIR/bundle"
airgap install "$TEST_TMPDIR/mirrors" --bazel "$checkout/bazelw" >"$log"
expect_text "$work/airgap.gitconfig" "insteadOf = \"file://$repositories/data\""
jailed "$lazytools" airgap serve "$TEST_TMPDIR/mirrors" -- "${build[@]}" --config=airgap-serve //:served >"$log" 2>&1 ||
  { cat "$log" && fail "the build by mirrors"; }
expect_built served.txt "${exceptions[@]}" replayed
if grep "which is not in the bundle" "$log"; then fail "something was asked for that the bundle does not have"; fi

airgap install --undo
if ls "$work"/airgap* 2>/dev/null; then fail "something of the installation is still there"; fi
