#!/usr/bin/env bash
# What users get wrong in a lock, and what they are told. Archives, servers and recipes are in the crates' own tests.
source "$TEST_SRCDIR/_main/e2e/nested.sh"

work=$TEST_TMPDIR/bad_input
rm -rf "$work" && mkdir -p "$work"
cp -rL "$checkout/e2e/bad_input/." "$work"
sed -i "s|path = \"../..\"|path = \"$checkout\"|" "$work/MODULE.bazel"
good=$checkout/e2e/bad_input/lazy_tools.lock.json
lock=$work/lazy_tools.lock.json
integrity=$(grep -o '"integrity": "[^"]*"' "$good" | head -n 1)

ask() {
  nested "$work" build @lazy_tools//:esbuild
}

# refuses WHAT TEXT… : the lock as it is now is refused, with each TEXT.
refuses() {
  echo "$1"
  shift
  expect_failure "$TEST_TMPDIR/log" "$@" -- ask
}

echo "The lock as it should be"
cp "$good" "$lock" && ask

printf '{"lockVersion": 1, "tools": {' >"$lock"
refuses "Not JSON" "lazy_tools.lock.json is not JSON" "(LT102)"

sed 's/"lockVersion": 1/"lockVersion": 2/' "$good" >"$lock"
refuses "A newer version" "lockVersion 2" "reads lockVersion 1" "(LT103)"

{ echo "<<<<<<< HEAD" && cat "$good" && printf '=======\n>>>>>>> branch\n'; } >"$lock"
refuses "Conflict markers" "conflict markers" "git checkout" "update_pins" "(LT101)"

grep -v '"integrity"' "$good" >"$lock"
refuses "No integrity" "integrity" "(LT104)"

sed "s|$integrity|\"integrity\": \"sha256-nonsense\"|" "$good" >"$lock"
refuses "A malformed integrity" "sha256-nonsense" "(LT104)"

sed "s|$integrity|\"integrity\": \"md5-1B2M2Y8AsgTpgAmY7PhCfg==\"|" "$good" >"$lock"
refuses "A weak integrity" "only sha256, sha384 and sha512" "(LT104)"

sed "s|$integrity|\"integrity\": \"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"|" "$good" >"$lock"
refuses "An artifact that does not match" "Checksum was" "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

sed 's/"version": "0.28.2"/"version": "0.28.1"/' "$good" >"$lock"
refuses "A stale pin" "tool esbuild" "is stale" "0.28.1" "bazel run //tools:update_pins" "(LT602)"

rm "$lock"
refuses "No lock" "esbuild" "bazel run //tools:update_pins" "(LT601)"

cp "$good" "$lock"
echo "A platform that is not pinned"
expect_failure "$TEST_TMPDIR/log" "esbuild" "linux_x86_64" "(LT603)" \
  -- nested "$work" build --platforms=@rules_lazytools//platforms:macos_aarch64_platform @lazy_tools//:esbuild

echo "A file of the workspace instead of a download, as it was pinned and changed since"
nested "$work" build @lazy_tools//:notes
echo "And a line more." >>"$work/notes/notes.txt"
expect_failure "$TEST_TMPDIR/log" "tool notes" "artifact any/text is the file //notes:notes.txt of the workspace" \
  "it has changed since it was pinned" "bazel run //tools:update_pins" "(LT402)" -- nested "$work" build @lazy_tools//:notes
expect_failure "$TEST_TMPDIR/log" "notes: its file //notes:notes.txt has changed" "(LT309)" \
  -- nested "$work" run //tools:update_pins -- --check
nested "$work" run //tools:update_pins
cmp -s "$lock" "$good" && fail "update_pins did not pin the changed file"
nested "$work" build @lazy_tools//:notes
cp "$checkout/e2e/bad_input/notes/notes.txt" "$work/notes/notes.txt"
cp "$good" "$lock"

echo "An artifact that the recipe does not have"
sed -i 's|"//notes:notes.txt": "text"|"//notes:notes.txt": "txet"|' "$work/MODULE.bazel"
expect_failure "$TEST_TMPDIR/log" "recipe notes has no artifact \"txet\": did you mean \"text\"?" "(LT345)" \
  -- nested "$work" run //tools:update_pins
sed -i 's|"//notes:notes.txt": "txet"|"//notes:notes.txt": "text"|' "$work/MODULE.bazel"

echo "A spoilt lock fails nobody who does not need it, and update_pins mends it"
printf '{"lockVersion": 1, "tools": {' >"$lock"
nested "$work" build //:lock_files
expect_failure "$TEST_TMPDIR/log" "is not JSON" -- nested "$work" run //tools:update_pins
rm "$lock"
nested "$work" run //tools:update_pins
cmp "$lock" "$good" || fail "update_pins wrote another lock than the one in the repository"

echo "A recipe with a mistake is explained, with its line, and the lock stays"
sed -i 's/^purl = /pulr = /' "$work/esbuild.toml"
expect_failure "$TEST_TMPDIR/log" "esbuild.toml" "pulr" "purl" "(LT2" \
  -- nested "$work" run //tools:update_pins -- --refresh
cmp "$lock" "$good" || fail "a failed run changed the lock"

end_nested "$work"
