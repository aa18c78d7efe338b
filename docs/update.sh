#!/usr/bin/env bash
# Writes docs/api.md anew from the docstrings, and the pages of recipes from the recipes and their proofs.
set -euo pipefail

target=$BUILD_WORKSPACE_DIRECTORY/docs/api.md
cat "$1" >"$target.new"
mv "$target.new" "$target"
echo "wrote docs/api.md"
exec "$2" recipe docs --root "$BUILD_WORKSPACE_DIRECTORY"
