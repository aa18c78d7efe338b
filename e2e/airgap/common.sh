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

# jailed DIR STARTUP… -- ARGS… : `prove` in DIR, with an environment that does not say where any registry is. Bazel's output root
# is $TEST_TMPDIR/jail, what was sent is in $TEST_TMPDIR/report.json.
jailed() {
  local dir=$1 root=$TEST_TMPDIR/jail bazel=$TEST_TMPDIR/jailed_bazel argument name
  local -a startup=() known=("HOME=$HOME" "PATH=/usr/local/bin:/usr/bin:/bin") arguments=()
  shift
  while [ "$1" != -- ]; do
    startup+=("$1")
    shift
  done
  shift
  fresh "$root"
  printf '#!/usr/bin/env bash\nexec %q %s "$@"\n' "$checkout/bazelw" "${startup[*]@Q}" >"$bazel"
  chmod +x "$bazel"
  for argument; do
    case $argument in
      -*) arguments+=("--bazel-flag=$argument") ;;
      *) arguments+=("$argument") ;;
    esac
  done
  for name in USE_BAZEL_VERSION RULES_LAZYTOOLS_DEBIAN XDG_CACHE_HOME; do
    [ -z "${!name:-}" ] || known+=("$name=${!name}")
  done
  (cd "$dir" && env -i "${known[@]}" "$lazytools" airgap prove "${arguments[@]}" --bazel "$bazel" \
    --scratch "$TEST_TMPDIR/scratch" --keep "$root" --report "$TEST_TMPDIR/report.json")
}

# expect_nothing_sent: by the jailed build before.
expect_nothing_sent() {
  expect_text "$TEST_TMPDIR/report.json" '"outcome": "proved"' '"packets": 0,' '"opened": 0,' '"lookups": {}'
}
