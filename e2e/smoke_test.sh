#!/usr/bin/env bash
# The consumer module builds and tests as its user would do it, and its pins are current.
source "$TEST_SRCDIR/_main/e2e/nested.sh"
smoke=$checkout/e2e/smoke

nested "$smoke" test //...
nested "$smoke" run //tools:update_pins -- --check

echo "A tool_binary runs where the user stands, with the user's arguments"
version=$(nested "$smoke" run //:esbuild -- --version)
[ "$version" = 0.28.2 ] || fail "bazel run //:esbuild -- --version printed: $version"

echo "What is declared and not pinned fails only when it is asked for, with the command to run"
expect_failure "$TEST_TMPDIR/log" "not_pinned" "bazel run" "update_pins" -- nested "$smoke" build //:not_pinned

end_nested "$smoke"
