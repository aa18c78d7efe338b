# Sourced by the tests of `lazytools airgap`, after nested.sh.
# shellcheck shell=bash disable=SC2034,SC2154 # its names are shared with the tests
lazytools=$TEST_SRCDIR/_main/tools/cli/lazytools
log=$TEST_TMPDIR/log

# fresh FOLDER… : removes what an earlier run has left, also what is read-only.
fresh() {
  local folder
  for folder in "$@"; do
    [ ! -e "$folder" ] || chmod -R u+w "$folder"
    rm -rf "$folder"
  done
}

# airgap DIR COMMAND ARGS… : lazytools in DIR, with the environment that a user has.
airgap() {
  local dir=$1
  shift
  (cd "$dir" && env -u TEST_TMPDIR -u RUNFILES_DIR -u TEST_SRCDIR "$lazytools" airgap "$@")
}

# jailed DIR STARTUP… -- ARGS… : bazel build in DIR where nothing can be reached, from an output root that is new, and without
# anything that says where a registry is. What it sent is in $TEST_TMPDIR/counts.
jailed() {
  local dir=$1 root=$TEST_TMPDIR/jail
  local -a startup=() user=() known=("HOME=$HOME" "PATH=/usr/local/bin:/usr/bin:/bin") name
  shift
  while [ "$1" != -- ]; do
    startup+=("$1")
    shift
  done
  shift
  fresh "$root"
  [ "$(id -u)" = 0 ] || user=(--map-root-user)
  for name in USE_BAZEL_VERSION RULES_LAZYTOOLS_DEBIAN XDG_CACHE_HOME; do
    [ -z "${!name:-}" ] || known+=("$name=${!name}")
  done
  # No server: it would be reached over the loopback, and count.
  (cd "$dir" && env -i "${known[@]}" unshare --net "${user[@]}" python3 "$checkout/e2e/airgap/jail.py" "$TEST_TMPDIR/counts" \
    "$checkout/bazelw" --batch "--output_user_root=$root" "${startup[@]}" build --symlink_prefix=/ "$@")
}

# expect_nothing_sent: by the jailed build before.
expect_nothing_sent() {
  [ "$(cat "$TEST_TMPDIR/counts")" = "0 packets, 0 opened" ] || fail "the build sent $(cat "$TEST_TMPDIR/counts")"
}
