#!/usr/bin/env bash
# The pages of recipes are current.
set -euo pipefail
exec "$1" recipe docs --check
