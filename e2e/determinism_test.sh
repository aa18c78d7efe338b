#!/usr/bin/env bash
# The same folders and the same output of a tool, byte for byte, in two output bases that share nothing of them, on machines
# that differ in locale, time zone and umask.
source "$TEST_SRCDIR/_main/e2e/nested.sh"
smoke=$checkout/e2e/smoke
action=$TEST_SRCDIR/_main/tools/action/lazytools-action

for base in one two; do
  case $base in
    one) export LC_ALL=POSIX TZ=Pacific/Kiritimati && umask 077 ;;
    two) export LC_ALL=C.UTF-8 TZ=America/St_Johns && umask 002 ;;
  esac
  nested_startup=("--output_user_root=$nested_root/determinism_$base" "--max_idle_secs=60")
  # No cache answers for the folders and the tool's output; the helper may come from one.
  nested "$smoke" build '--modify_execution_info=LazyTools.*=+no-cache' @lazy_tools//:bun @lazy_tools//:esbuild //:banner
  (
    cd "$(nested "$smoke" info bazel-bin 2>/dev/null)"
    sha256sum banner.js
    cd external
    for folder in *lazy_tools.bun/bun *lazy_tools.esbuild/esbuild; do
      printf '%s %s\n' "$folder" "$("$action" digest "$folder")"
    done
  ) >"$TEST_TMPDIR/$base"
  [ "$(wc -l <"$TEST_TMPDIR/$base")" = 3 ] || fail "two folders and a file expected: $(cat "$TEST_TMPDIR/$base")"
  end_nested "$smoke"
done
diff "$TEST_TMPDIR/one" "$TEST_TMPDIR/two" || fail "two builds are not the same"
