#!/bin/bash
# What the environment inside the root is, whatever it was outside.
set -euo pipefail
# shellcheck source=tools/debian/tests/check.sh
. "$(dirname "$0")/check.sh"

# inside VARIABLE=VALUE...: the environment inside, a line each.
inside() {
  env -i PATH="$PATH" "$@" /bin/bash -c ". '$debian/enter.sh'; environment_inside; env"
}

for locale in "" LANG=POSIX LANG=de_DE.UTF-8 LC_ALL=tr_TR.ISO-8859-9; do
  text=$(inside ${locale:+"$locale"})
  holds "the locale, from '$locale'" "$text" "LC_ALL=C.UTF-8"
done

text=$(inside SSL_CERT_FILE=/corp/ca.pem PIP_CERT=/corp/ca.pem JAVA_HOME=/opt/java CC=clang KEPT=yes)
holds "certificates" "$text" "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"
holds "pip's certificates" "$text" "PIP_CERT=/etc/ssl/certs/ca-certificates.crt"
holds "the rest" "$text" "KEPT=yes"
case "$text" in
  *JAVA_HOME=* | *CC=* | *SSL_CERT_DIR=* | *CURL_CA_BUNDLE=*) equal "what is not there inside" "$text" "" ;;
esac
