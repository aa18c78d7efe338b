# shellcheck shell=bash disable=SC2034,SC2154 # its names are shared with the other parts
# What this machine offers to the Debian way. The RULES_LAZYTOOLS_* folders exist for tests.

debian_suite=forky
os_release=${RULES_LAZYTOOLS_OS_RELEASE:-/etc/os-release}
apt_folder=${RULES_LAZYTOOLS_APT_FOLDER:-/etc/apt}
keyring=${RULES_LAZYTOOLS_DEBIAN_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}

# os_like WORD: whether the machine is, or descends from, the named distribution.
os_like() {
  [ -r "$os_release" ] &&
    sed -nE 's/^ID(_LIKE)?=//p' "$os_release" | tr -d "\"'" | tr ' ' '\n' | grep -qx -- "$1"
}

os_name() {
  local name
  name=$(sed -nE 's/^PRETTY_NAME=//p' "$os_release" 2>/dev/null | tr -d '"')
  printf '%s\n' "${name:-an unknown system}"
}

# mirror: where Debian's packages come from; empty when the machine does not say.
mirror() {
  printf '%s\n' "${RULES_LAZYTOOLS_DEBIAN_MIRROR:-$(debian_mirror "$apt_folder")}"
}

# host_authorities: the file of certificates that this machine trusts; may be empty.
host_authorities() {
  local file
  for file in "${SSL_CERT_FILE:-}" /etc/ssl/certs/ca-certificates.crt; do
    if [ -s "$file" ]; then
      printf '%s\n' "$file"
      return
    fi
  done
}

# can_make_namespaces: bubblewrap needs a mount namespace, as the superuser or in a user namespace.
# Mounting something is the test: Ubuntu lets anyone make a user namespace and do nothing in it.
# https://ubuntu.com/blog/ubuntu-23-10-restricted-unprivileged-user-namespaces
can_make_namespaces() {
  local -a as_user=()
  [ "$(id -u)" = 0 ] || as_user=(--user --map-root-user)
  unshare "${as_user[@]}" --mount --pid --fork mount -t tmpfs none /mnt 2>/dev/null
}

# obstacles: what stands in the way of the Debian way, one remedy a line; nothing when it can be done.
obstacles() {
  local program
  if ! os_like debian; then
    printf '%s\n' "This is $(os_name), not Debian or Ubuntu. Install Bazelisk, which fetches the right Bazel:" \
      "  https://github.com/bazelbuild/bazelisk#installation" \
      "and run this command again."
    return
  fi
  case "$(uname -m)" in
    x86_64 | aarch64) ;;
    *) printf '%s\n' "Debian has no Bazel for $(uname -m). Set BAZEL to a Bazel of your own." ;;
  esac
  for program in apt-get:apt dpkg-deb:dpkg flock:util-linux setpriv:util-linux sha256sum:coreutils tar:tar unshare:util-linux; do
    command -v "${program%:*}" >/dev/null ||
      printf '%s\n' "The program ${program%:*} is missing: apt-get install ${program#*:}"
  done
  [ -r "$keyring" ] ||
    printf '%s\n' "Debian's keys ($keyring) are missing: sudo apt-get install debian-archive-keyring"
  [ -n "$(mirror)" ] ||
    printf '%s\n' "The apt sources in $apt_folder name no Debian mirror (Ubuntu's own mirror does not hold it)." \
      "Set RULES_LAZYTOOLS_DEBIAN_MIRROR to the address of one: https://www.debian.org/mirror/list"
  can_make_namespaces || printf '%s\n' "$(namespaces_remedy)"
}

namespaces_remedy() {
  if [ "$(id -u)" = 0 ]; then
    printf '%s\n' "This superuser may not make namespaces, so this is a container that forbids them. Start it with" \
      "  --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined"
  elif [ "$(cat /proc/sys/kernel/apparmor_restrict_unprivileged_userns 2>/dev/null)" = 1 ]; then
    printf '%s\n' "AppArmor keeps ordinary users from user namespaces: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
  else
    printf '%s\n' "Ordinary users may not make user namespaces here: sudo sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000"
  fi
}
