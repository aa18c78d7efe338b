#!/bin/sh
# Fills a folder as tools do: with the time, a log, and a link to where it was called.
set -eu
mkdir -p "$1/index"
printf '{"at":%s,"word":"%s"}\n' "$(date +%s%N)" "$2" >"$1/index/word"
echo "$PWD" >"$1/fill.log"
ln -s "$PWD" "$1/project"
