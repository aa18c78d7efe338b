#!/bin/bash
# Runs inside a fresh root, as its (possibly pretended) superuser, and does what the packages'
# maintainer scripts would have done, as far as Bazel, the compilers and TLS need it. The scripts
# themselves want a real superuser and the better part of a minute.
set -euo pipefail

link_if_missing() { # TARGET NAME
  [ -e "$2" ] || [ ! -e "$1" ] || ln -s "$1" "$2"
}

# Debian makes these with update-alternatives.
link_if_missing /usr/bin/gcc /usr/bin/cc
link_if_missing /usr/bin/g++ /usr/bin/c++
link_if_missing /usr/bin/mawk /usr/bin/awk
link_if_missing /usr/bin/which.debianutils /usr/bin/which
for tool in /usr/lib/jvm/java-*-openjdk-*/bin/*; do
  link_if_missing "$tool" "/usr/bin/${tool##*/}"
done
ldconfig

printf 'passwd: files\ngroup: files\nhosts: files dns\n' >/etc/nsswitch.conf
[ -e /etc/passwd ] || cp /usr/share/base-passwd/passwd.master /etc/passwd
[ -e /etc/group ] || cp /usr/share/base-passwd/group.master /etc/group

# The machine may sit behind a company's certificate: what it trusts, the root trusts.
authorities=/usr/local/share/ca-certificates
mkdir -p "$authorities" /etc/ssl/certs/java
if [ -s /tmp/host-ca.pem ]; then
  awk -v dir="$authorities" '
    /-----BEGIN CERTIFICATE-----/ { name = sprintf("%s/host-%04d.crt", dir, ++n) }
    name { print > name }
    /-----END CERTIFICATE-----/ { close(name); name = "" }
  ' /tmp/host-ca.pem
fi
(cd /usr/share/ca-certificates && find . -name '*.crt' | sed 's|^\./||' | sort) >/etc/ca-certificates.conf
# Its hook for Java goes through dpkg's triggers, and this root has no dpkg database.
update-ca-certificates --hooksdir /nonexistent >/dev/null
find /etc/ssl/certs -maxdepth 1 -name '*.pem' | sort | sed 's/^/+/' |
  java -jar /usr/share/ca-certificates-java/ca-certificates-java.jar -storepass changeit >/dev/null
