#!/bin/bash
# Which Bazel bazelw runs, with pretended ones.
set -euo pipefail
# shellcheck source=tools/debian/tests/check.sh
. "$(dirname "$0")/check.sh"
# shellcheck source=tools/debian/say.sh
. "$debian/say.sh"
# shellcheck source=tools/debian/choose_bazel.sh
. "$debian/choose_bazel.sh"

# pretend FOLDER/NAME VERSION-LINE
pretend() {
  mkdir -p "$work/${1%/*}"
  # shellcheck disable=SC2016 # for the pretended program to expand
  printf '#!/bin/sh\n[ "$1" = --version ] && echo "%s" && exit\necho ran "$0" "$@"\n' "$2" >"$work/$1"
  chmod +x "$work/$1"
}

pretend old/bazel "bazel 6.5.0"
pretend seven/bazel "bazel 7.7.1- (@non-git)"
pretend nine/bazelisk "bazel 9.0.0"
pretend broken/bazel "no version at all"
pretend own/mybazel "bazel 8.1.0"
system=/usr/bin:/bin
unset BAZEL

# chosen FOLDER...: what is chosen with these folders first on PATH, and none of the machine's own.
chosen() {
  local folder path=""
  for folder in "$@"; do path+=$work/$folder:; done
  # The machine's /usr/bin may hold a real bazel, and `command -v` is all that matters here.
  (
    mkdir -p "$work/system"
    for program in head sed; do ln -sf "$(PATH=$system command -v $program)" "$work/system/$program"; done
    PATH=$path$work/system choose_bazel 2>"$work/said"
  )
}

equal "bazel on PATH" "$(chosen seven)" "$work/seven/bazel"
equal "bazelisk where there is no bazel" "$(chosen nine)" "$work/nine/bazelisk"
equal "bazel before bazelisk" "$(chosen nine seven)" "$work/seven/bazel"
equal "bazelisk where bazel is too old" "$(chosen old nine)" "$work/nine/bazelisk"
holds "what is said of the old one" "$(cat "$work/said")" "passing over $work/old/bazel: it is version 6.5.0"

if chosen old; then equal "only an old bazel" taken refused; fi
if chosen broken; then equal "a bazel without a version" taken refused; fi
holds "what is said of it" "$(cat "$work/said")" "version unknown"
if chosen; then equal "no bazel" taken refused; fi

equal "\$BAZEL wins" "$(BAZEL=$work/own/mybazel chosen seven)" "$work/own/mybazel"
equal "\$BAZEL may be a name" "$(BAZEL=mybazel chosen own seven)" "$work/own/mybazel"
if BAZEL=$work/old/bazel chosen seven; then equal "an old \$BAZEL" taken refused; fi
holds "what is said of it" "$(cat "$work/said")" "unset it to let bazelw choose"
if BAZEL=$work/none chosen seven; then equal "a \$BAZEL that is not there" taken refused; fi
holds "what is said of it" "$(cat "$work/said")" "which is no program here"
