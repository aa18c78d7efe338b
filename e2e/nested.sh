# Sourced by the tests that start a Bazel of their own, on a consumer module or on this workspace.
# shellcheck shell=bash
set -euo pipefail

# A consumer's local_path_override has to point at a whole module, so these tests work on the checkout itself, which
# the links of the runfiles lead to.
checkout=$(dirname "$(readlink -f "$TEST_SRCDIR/_main/MODULE.bazel")")
export checkout

# Output bases are kept between runs, as a user's are: only what a test says must be fresh is fresh.
HOME=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
export HOME
nested_root=${XDG_CACHE_HOME:-$HOME/.cache}/rules_lazytools/e2e
mkdir -p "$nested_root"

nested_startup=("--output_user_root=$nested_root" "--max_idle_secs=60")
# `ignore`: no bazel-* links in the checkout. `opt`: as this workspace is built, so that the disk cache has the crates.
nested_flags=("--compilation_mode=opt" "--experimental_convenience_symlinks=ignore" "--color=no" "--curses=no" "--noshow_progress")

# A sandbox has a /tmp of its own, so a consumer elsewhere would not see a checkout that is below /tmp.
case $checkout in
  /tmp/*) nested_flags+=("--noincompatible_sandbox_hermetic_tmp") ;;
esac

# nested DIR COMMAND ARGS… : Bazel in DIR.
nested() {
  local dir=$1 command=$2
  shift 2
  (cd "$dir" && env -u TEST_TMPDIR -u RUNFILES_DIR -u TEST_SRCDIR \
    "$checkout/bazelw" "${nested_startup[@]}" "$command" "${nested_flags[@]}" "$@")
}

# ends_nested DIR: ends the server, so that it does not keep memory from the tests that follow.
end_nested() {
  (cd "$1" && "$checkout/bazelw" "${nested_startup[@]}" shutdown) >/dev/null 2>&1 || true
}

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}

# expect_text FILE TEXT…: FILE holds each TEXT.
expect_text() {
  local file=$1 text
  shift
  for text in "$@"; do
    grep -qF -- "$text" "$file" || {
      cat "$file" >&2
      fail "the text above lacks: $text"
    }
  done
}

# expect_failure LOG TEXT… -- COMMAND…: COMMAND fails, and what it prints holds each TEXT.
expect_failure() {
  local log=$1 texts=()
  shift
  while [ "$1" != -- ]; do
    texts+=("$1")
    shift
  done
  shift
  if "$@" >"$log" 2>&1; then
    cat "$log" >&2
    fail "this was to fail: $*"
  fi
  expect_text "$log" "${texts[@]}"
}
