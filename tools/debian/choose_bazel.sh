# shellcheck shell=bash
# Finds the Bazel that the machine already has.

oldest_bazel=7

# bazel_version PROGRAM: "7.7.1" from `bazel 7.7.1` (Debian and Homebrew add words after it).
bazel_version() {
  "$1" --version 2>/dev/null | sed -nE 's/^bazel ([0-9]+(\.[0-9]+)*).*/\1/p' | head -n 1
}

# is_new_enough VERSION
is_new_enough() {
  [ "${1%%.*}" -ge "$oldest_bazel" ] 2>/dev/null
}

# choose_bazel: prints the program to run; fails when the machine has none that will do.
# $BAZEL is the user's word, so a $BAZEL that will not do ends everything.
choose_bazel() {
  local name program version
  if [ -n "${BAZEL:-}" ]; then
    program=$(command -v "$BAZEL") ||
      die "\$BAZEL is $BAZEL, which is no program here. Correct it, or unset BAZEL to let bazelw choose."
    version=$(bazel_version "$program")
    is_new_enough "$version" ||
      die "\$BAZEL is $program, version ${version:-unknown}; Bazel $oldest_bazel or newer is needed." \
        "Point BAZEL at a newer one, or unset it to let bazelw choose."
    printf '%s\n' "$program"
    return
  fi
  for name in bazel bazelisk; do
    program=$(command -v "$name") || continue
    version=$(bazel_version "$program")
    if is_new_enough "$version"; then
      printf '%s\n' "$program"
      return
    fi
    say "passing over $program: it is version ${version:-unknown}, and Bazel $oldest_bazel or newer is needed."
  done
  return 1
}
