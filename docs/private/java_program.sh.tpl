#!/bin/sh
# Runs a jar out of the runfiles.
runfiles=$0.runfiles/{workspace}
exec "$runfiles/{java}" -jar "$runfiles/{jar}" "$@"
