#!/bin/bash
# The mirror is found in apt's sources, in both of their formats. The hosts are made up.
set -euo pipefail
# shellcheck source=tools/debian/tests/check.sh
. "$(dirname "$0")/check.sh"
# shellcheck source=tools/debian/apt_sources.sh
. "$debian/apt_sources.sh"

# sources NAME: a fresh apt folder with the standard input as its file NAME.
sources() {
  rm -rf "$work/apt"
  mkdir -p "$work/apt/sources.list.d"
  cat >"$work/apt/$1"
}

sources sources.list <<'TEXT'
# deb http://commented.example/debian stable main
deb-src http://source.example/debian stable main
deb http://security.example/debian-security stable-security main
deb [arch=amd64 signed-by=/a b.gpg] https://vendor.example/apt stable main
deb [ arch=amd64 ] https://mirror.example/debian/ stable main contrib # a remark
deb https://second.example/debian stable main
TEXT
equal "one-line sources" "$(debian_mirror "$work/apt")" https://mirror.example/debian

sources sources.list.d/debian.sources <<'TEXT'
# A remark
Types: deb-src
URIs: http://source.example/debian
Suites: stable
Components: main

Types: deb
Enabled: no
URIs: http://disabled.example/debian
Suites: stable
Components: main

Types: deb deb-src
# http://commented.example/debian
URIs:
 http://security.example/debian-security
 http://mirror.example/debian
Suites: stable stable-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 URIs: http://key.example/debian
TEXT
equal "deb822 sources" "$(debian_mirror "$work/apt")" http://mirror.example/debian

sources sources.list.d/local.list <<'TEXT'
deb http://mirror.example:8080/proxy/debian stable main
TEXT
equal "a port and a path" "$(debian_mirror "$work/apt")" http://mirror.example:8080/proxy/debian

sources sources.list.d/ubuntu.sources <<'TEXT'
Types: deb
URIs: http://archive.example/ubuntu
Suites: noble
Components: main universe
TEXT
equal "Ubuntu's sources" "$(debian_mirror "$work/apt")" ""

sources sources.list.d/old.list.disabled <<'TEXT'
deb http://disabled.example/debian stable main
TEXT
equal "a file that apt does not read" "$(debian_mirror "$work/apt")" ""
