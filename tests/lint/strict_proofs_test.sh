#!/usr/bin/env bash
# Where a recipe is proved by a real tool, each run of a tool in that package counts what the tool tries to reach
# (`strict = True`): a proof is not to rest on an exit code.
set -euo pipefail

# loose FILE...: the calls without it in packages that prove a recipe by a real tool, and such packages without a call.
# Read as buildifier formats: a call ends in a parenthesis as far in as it began.
loose() {
  awk '
    function finish() { if (proves && !runs) print file ": no tool_run, tool_test or populate" }
    function report(what) { if (proves) print what; else held = held what "\n" }
    FNR == 1 { finish(); file = FILENAME; proves = runs = inside = 0; held = "" }
    /^    grade = "(real|stand-in)",$/ { proves = 1; printf "%s", held; held = "" }
    match($0, /^ *(tool_run|tool_test|populate)\($/) {
      inside = 1; runs++; strict = 0; line = FNR
      indent = $0; sub(/[^ ].*/, "", indent)
      next
    }
    inside && $0 == indent "    strict = True," { strict = 1 }
    inside && ($0 == indent ")" || $0 == indent "),") {
      if (!strict) report(file ":" line ": add strict = True")
      inside = 0
    }
    # A call that is not read would be missing without anyone noticing.
    !inside && /(tool_run|tool_test|populate)\(/ && !/^ *#/ { report(file ":" FNR ": write this call over several lines") }
    END { finish() }
  ' "$@"
}

# The look finds what it looks for.
cat >"$TEST_TMPDIR/BUILD.bazel" <<'END'
tool_run(
    name = "counted",
    strict = True,
)

[
    tool_run(
        name = name,
        args = ["strict = True"],
    )
    for name in ["a"]
]

tool_run(name = "short")

proof(
    name = "proof",
    grade = "stand-in",
)
END
sed 's/stand-in/golden/' "$TEST_TMPDIR/BUILD.bazel" >"$TEST_TMPDIR/golden.bazel"
printf 'proof(\n    grade = "real",\n)\n' >"$TEST_TMPDIR/bare.bazel"
found=$(cd "$TEST_TMPDIR" && loose BUILD.bazel golden.bazel bare.bazel)
expected='BUILD.bazel:7: add strict = True
BUILD.bazel:14: write this call over several lines
bare.bazel: no tool_run, tool_test or populate'
[ "$found" = "$expected" ] || { printf 'the look itself is wrong:\n%s\n' "$found" >&2; exit 1; }

found=$(loose e2e/proofs/*/BUILD.bazel examples/*/BUILD.bazel)
[ -z "$found" ] || {
  printf '%s\nA proof of grade real or stand-in counts what its tools try to reach: docs/running.md\n' "$found" >&2
  exit 1
}
