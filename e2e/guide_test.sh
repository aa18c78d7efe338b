#!/usr/bin/env bash
# docs/write-a-recipe.md, word for word: its files and commands, in an empty folder outside of this repository, from
# nothing to a green build.
source "$TEST_SRCDIR/_main/e2e/nested.sh"

work=$TEST_TMPDIR/guide
rm -rf "$work"
bash "$checkout/e2e/guide_blocks.sh" "$checkout/docs/write-a-recipe.md" "$work"
for file in MODULE.bazel BUILD.bazel tools/BUILD.bazel sass.toml page.scss; do
  [ -s "$work/$file" ] || fail "the guide has no block for $file"
done
[ "$(find "$work/.steps" -name '*.sh' | wc -l)" -ge 4 ] || fail "the guide has fewer commands than it needs"
[ ! -e "$work/lazy_tools.lock.json" ] || fail "the guide brings a lock"

# The one thing that a reader has from elsewhere: a registry that knows rules_lazytools.
cat >>"$work/MODULE.bazel" <<END
local_path_override(module_name = "rules_lazytools", path = "$checkout")
END
cp "$checkout/e2e/smoke/.bazelrc" "$work/.bazelrc"

# The guide says bazel and bazel-bin; nested makes no links in the folder.
bazel() {
  nested "$work" "$@"
}
cd "$work"
for step in .steps/*.sh; do
  echo "== $(cat "$step")"
  sed -i "s|bazel-bin/|$(nested "$work" info bazel-bin 2>/dev/null)/|" "$step"
  # shellcheck disable=SC1090 # taken from the guide
  (source "$step") >.steps/out 2>.steps/err || {
    cat .steps/out .steps/err >&2
    fail "the guide's command fails: $(cat "$step")"
  }
  expected=${step%.sh}.expected
  [ -e "$expected" ] || continue
  while IFS= read -r line; do
    [ -z "$line" ] || grep -qxF -- "$line" .steps/out || {
      cat .steps/out >&2
      fail "the text above lacks a line that the guide shows: $line"
    }
  done <"$expected"
done

echo "== a comment leaves the pin as it is; an edit of the recipe makes it stale, and the test says so"
echo "# A comment." >>sass.toml
nested "$work" test //tools:update_pins_test
printf '\n[environment.set]\nSASS_PATH = "{root}"\n\n' >>sass.toml
expect_failure "$TEST_TMPDIR/log" "sass: recipe sass has changed" "bazel run //tools:update_pins" "(LT309)" \
  -- nested "$work" test --test_output=all //tools:update_pins_test
nested "$work" run //tools:update_pins
nested "$work" test //tools:update_pins_test

echo "== a version that follows package-lock.json, and what is said when the two part"
printf '[version_from]\nnpm = "sass-embedded"\n' >>sass.toml
sed -i 's|version = "1.105.0",|version_from = "//:package-lock.json",|' MODULE.bazel
package_lock() {
  printf '{"lockfileVersion": 3, "packages": {"node_modules/sass-embedded": {"version": "%s"}}}' "$1" >package-lock.json
}
package_lock 1.105.0
nested "$work" run //tools:update_pins
nested "$work" test //tools:update_pins_test
package_lock 1.104.0
expect_failure "$TEST_TMPDIR/log" "//:package-lock.json has version 1.104.0, and the lock has 1.105.0" \
  "bazel run //tools:update_pins" -- nested "$work" test --test_output=all //tools:update_pins_test
nested "$work" build //:page

echo "== a range, and the newest release in it"
sed -i 's|version_from = "//:package-lock.json",|version_range = ">=1.100, <1.105",|' MODULE.bazel
sed -i 's|^npm = "sass-embedded"$|npm = "sass-embedded-linux-x64"|' sass.toml
nested "$work" run //tools:update_pins
grep -q '"version": "1.104.' lazy_tools.lock.json || fail "the range gave another version"
nested "$work" build //:page
nested "$work" test //tools:update_pins_test

echo "== a mistake in the recipe is explained, with its line"
line=$(($(grep -n '^strip_prefix' sass.toml | cut -d: -f1)))
sed -i 's/^strip_prefix/strip_prefx/' sass.toml
expect_failure "$TEST_TMPDIR/log" "sass.toml:$line: " "did you mean \"strip_prefix\"?" "(LT202)" \
  -- nested "$work" run @rules_lazytools//tools/cli:lazytools -- recipe check "$work/sass.toml"

end_nested "$work"
