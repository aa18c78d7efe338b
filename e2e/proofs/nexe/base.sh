#!/bin/sh
# Stands in for a base binary of nexe, which is a program with the application behind it.
echo a stand-in of a base binary
exit
