# shellcheck shell=bash disable=SC2034,SC2154 # its names are shared with the other parts
# Enters a root with its own bubblewrap, so that the machine needs none.

# in_root ROOT ARGUMENT...: runs bubblewrap, taken from ROOT, with the arguments.
# Through ROOT's own loader: it wants a newer libc than the machine may have.
in_root() {
  local root=$1 loader
  shift
  for loader in "$root"/usr/lib64/ld-linux-*.so.2 "$root"/usr/lib/ld-linux-*.so.1; do
    if [ -x "$loader" ]; then break; fi
  done
  "$loader" --library-path "$(echo "$root"/usr/lib/*-linux-gnu)" "$root/usr/bin/bwrap" "$@"
}

# The folders of a root that are its own; every other folder is the machine's.
own_folders=" bin boot dev etc lib lib32 lib64 libx32 lost+found proc sbin sys usr "

# bind_arguments ROOT PATH...: fills the array `binds` so that ROOT's system lies under the machine's
# other folders, and each PATH is there even if it is inside one that is the root's own.
bind_arguments() {
  local root=$1 entry name
  shift
  # A masked /proc (--proc) would keep Bazel's linux-sandbox from mounting its own.
  binds=(--bind "$root" / --dev-bind /dev /dev --dev-bind /proc /proc --bind /sys /sys)
  for entry in /*; do
    name=${entry#/}
    case "$own_folders" in *" $name "*) continue ;; esac
    if [ -L "$entry" ]; then
      [ -e "$root/$name" ] || binds+=(--symlink "$(readlink "$entry")" "$entry")
    elif [ -d "$entry" ]; then
      binds+=(--bind "$entry" "$entry")
    fi
  done
  for entry in "$@"; do
    name=${entry#/}
    case "$own_folders" in *" ${name%%/*} "*) [ ! -d "$entry" ] || binds+=(--bind "$entry" "$entry") ;; esac
  done
  # Names, addresses and registries are the machine's matter.
  for entry in /etc/passwd /etc/group /etc/hosts /etc/resolv.conf /etc/localtime /etc/gitconfig /etc/npmrc /etc/pip.conf; do
    [ ! -e "$entry" ] || binds+=(--ro-bind "$(readlink -f "$entry")" "$entry")
  done
}

# Where the root's programs are. The C toolchain is what is found there first, so another order is another toolchain, and
# nothing that was compiled with the one stands for what is compiled with the other.
path_inside=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# The one locale of the root that can write every character. In another, Bazel's server writes question marks for what is
# not ASCII on an action's command line, and its caches keep what that makes for everyone:
# https://github.com/bazelbuild/bazel/issues/26259
locale_inside=C.UTF-8

# environment_inside: corrects what an environment says about files that are not there inside.
environment_inside() {
  local name
  export PATH=$path_inside LC_ALL=$locale_inside
  unset BAZEL CC CXX JAVA_HOME LD_LIBRARY_PATH LD_PRELOAD PYTHONHOME PYTHONPATH RUSTC RUSTUP_TOOLCHAIN
  # Each names a file of certificates; the root's own bundle holds the machine's.
  for name in AWS_CA_BUNDLE CARGO_HTTP_CAINFO CURL_CA_BUNDLE GIT_SSL_CAINFO NIX_SSL_CERT_FILE \
    NODE_EXTRA_CA_CERTS PIP_CERT REQUESTS_CA_BUNDLE SSL_CERT_FILE; do
    [ -z "${!name:-}" ] || export "$name=/etc/ssl/certs/ca-certificates.crt"
  done
  [ -z "${SSL_CERT_DIR:-}" ] || export SSL_CERT_DIR=/etc/ssl/certs
}

# npm_registry_outside: the machine's npm may be configured where the root's does not look.
npm_registry_outside() {
  if [ -z "${npm_config_registry:-${NPM_CONFIG_REGISTRY:-}}" ] && command -v npm >/dev/null; then
    npm_config_registry=$(cd / && npm config get registry 2>/dev/null) || return 0
    export npm_config_registry
  fi
}

# run_bazel_in_root ROOT WORKSPACE ARGUMENT...: becomes Bazel.
run_bazel_in_root() {
  local root=$1 workspace=$2
  local -a binds
  shift 2
  npm_registry_outside
  bind_arguments "$root" "$workspace" "$PWD" "$HOME" "$(dirname "$root")"
  environment_inside
  # What is started by `bazel run` and starts Bazel itself, as `lazytools airgap` does: the root's own lacks our settings.
  export BAZEL=$workspace/bazelw
  # No --die-with-parent and no namespace but the mounts': the Bazel server stays for the next command.
  in_root "$root" "${binds[@]}" --chdir "$PWD" -- "$bazel_inside" "--bazelrc=$bazelrc_inside" "$@"
}
