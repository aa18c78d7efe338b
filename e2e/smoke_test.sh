#!/usr/bin/env bash
# The consumer module builds and tests as its user would do it, and its pins are current.
source "$TEST_SRCDIR/_main/e2e/nested.sh"
smoke=$checkout/e2e/smoke

nested "$smoke" test //...
nested "$smoke" run //tools:update_pins -- --check

echo "A tool_binary runs where the user stands, with the user's arguments"
version=$(nested "$smoke" run //:esbuild -- --version)
[ "$version" = 0.28.2 ] || fail "bazel run //:esbuild -- --version printed: $version"

echo "lazytools airgap runs from any module, with paths from where the user stands"
here=$(realpath --relative-to="$smoke" "$TEST_TMPDIR")
nested "$smoke" run @rules_lazytools//tools:airgap -- collect //:banner -o "$here/collected" >"$TEST_TMPDIR/log"
expect_text "$TEST_TMPDIR/log" "with a checksum"
expect_text "$TEST_TMPDIR/collected/collection.json" 'lazy_tools.esbuild'
nested "$smoke" run @rules_lazytools//tools:airgap -- bundle --no-bazel "$here/collected" -o "$here/bundle"
taken=$(find "$TEST_TMPDIR/bundle/tools" -name lazytools)
"$taken" airgap verify "$TEST_TMPDIR/bundle" || fail "the lazytools that was taken along does not verify the bundle"
nested "$smoke" run @rules_lazytools//tools:airgap -- install "$TEST_TMPDIR/bundle" --check >"$TEST_TMPDIR/log"
expect_text "$TEST_TMPDIR/log" "$smoke/airgap.bazelrc would be:"

echo "What is declared and not pinned fails only when it is asked for, with the command to run"
expect_failure "$TEST_TMPDIR/log" "not_pinned" "bazel run" "update_pins" -- nested "$smoke" build //:not_pinned

end_nested "$smoke"
