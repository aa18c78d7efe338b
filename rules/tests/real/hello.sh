#!/bin/sh
# A tool that finds its cache by its variable and says what it was given.
read -r word <"$HELLO_DIR/word.txt"
echo "$word" "$@"
