#!/usr/bin/env bash
# guide_blocks.sh PAGE FOLDER: takes the code blocks out of a page. A block whose fence names a file becomes that file in
# FOLDER; each `sh` block becomes a command, and a `text` block just after one what it has to print.
set -euo pipefail
page=$1 folder=$2
mkdir -p "$folder/.steps"
awk -v folder="$folder" '
  function target(words,   path) {
    if (words[2] != "") {
      path = folder "/" words[2]
      dir = path
      sub(/\/[^\/]*$/, "", dir)
      system("mkdir -p \"" dir "\"")
      return path
    }
    if (words[1] == "sh") { steps++; kind = "sh"; return sprintf("%s/.steps/%02d.sh", folder, steps) }
    if (words[1] == "text" && kind == "sh") { kind = "text"; return sprintf("%s/.steps/%02d.expected", folder, steps) }
    return "/dev/null"
  }
  /^```/ && inside { inside = 0; close(out); next }
  /^```/ { split(substr($0, 4), words, " "); out = target(words); printf "" > out; inside = 1; delete words; next }
  inside { print > out }
' "$page"
