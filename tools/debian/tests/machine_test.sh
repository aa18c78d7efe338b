#!/bin/bash
# What bazelw says on machines where it can set nothing up.
set -euo pipefail
# shellcheck source=tools/debian/tests/check.sh
. "$(dirname "$0")/check.sh"

# said VARIABLE=VALUE...: what stands in the way on a machine of that kind.
said() {
  env "$@" /bin/bash -c ". '$debian/say.sh'; . '$debian/apt_sources.sh'; . '$debian/machine.sh'; obstacles"
}

printf 'ID=fedora\nID_LIKE="rhel centos"\nPRETTY_NAME="Fedora Linux 44"\n' >"$work/fedora"
printf 'ID=ubuntu\nID_LIKE=debian\nPRETTY_NAME="Ubuntu 24.04 LTS"\n' >"$work/ubuntu"
printf 'ID=mint\nID_LIKE="ubuntu debian"\n' >"$work/mint"
mkdir -p "$work/apt/sources.list.d"
printf 'deb http://archive.example/ubuntu noble main\n' >"$work/apt/sources.list"
touch "$work/keyring"

text=$(said RULES_LAZYTOOLS_OS_RELEASE="$work/fedora")
holds "another distribution" "$text" "This is Fedora Linux 44, not Debian or Ubuntu. Install Bazelisk"
text=$(said RULES_LAZYTOOLS_OS_RELEASE="$work/none")
holds "no os-release at all" "$text" "This is an unknown system, not Debian or Ubuntu"

ubuntu=(RULES_LAZYTOOLS_OS_RELEASE="$work/ubuntu" RULES_LAZYTOOLS_APT_FOLDER="$work/apt")
text=$(said "${ubuntu[@]}" RULES_LAZYTOOLS_DEBIAN_KEYRING="$work/none")
holds "no keys" "$text" "sudo apt-get install debian-archive-keyring"
holds "no Debian mirror" "$text" "Set RULES_LAZYTOOLS_DEBIAN_MIRROR to the address of one"
text=$(said "${ubuntu[@]}" RULES_LAZYTOOLS_DEBIAN_KEYRING="$work/keyring" \
  RULES_LAZYTOOLS_DEBIAN_MIRROR=http://mirror.example/debian)
case "$text" in *mirror* | *keys* | *Bazelisk*) equal "a mirror that is given" "$text" "" ;; esac
text=$(said RULES_LAZYTOOLS_OS_RELEASE="$work/mint")
case "$text" in *Bazelisk*) equal "a descendant of Debian" "$text" "" ;; esac

text=$(RULES_LAZYTOOLS_OS_RELEASE=$work/fedora "$bazelw" --help-setup)
holds "--help-setup" "$text" "takes the first of these"
