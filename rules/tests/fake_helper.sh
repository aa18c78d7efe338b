#!/bin/sh
# Stands in for lazytools-action where a test only looks at what would be run.
echo "this helper is only for tests of the analysis" >&2
exit 1
