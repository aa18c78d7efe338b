#!/bin/bash
# make_root.sh FOLDER CACHE NAME: makes FOLDER a root that has Bazel, compilers and cargo-bazel.
# Started by bazelw, which puts the finished folder in its place. It needs no superuser: packages are
# unpacked, and finish_root.sh stands in for their scripts.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/debian/say.sh
. "$here/say.sh"
# shellcheck source=tools/debian/apt_sources.sh
. "$here/apt_sources.sh"
# shellcheck source=tools/debian/machine.sh
. "$here/machine.sh"
# shellcheck source=tools/debian/enter.sh
. "$here/enter.sh"

root=$1
cache=$2
name=$3
work=$root.work
triple=$(uname -m)-unknown-linux-gnu
ours=$root/usr/share/rules_lazytools

main() {
  mkdir -p "$root" "$work"/{archives/partial,lists/partial}
  step 5 "reading the list of Debian's packages ($debian_suite)"
  configure_apt
  apt-get -qq update || die "apt-get could not read $debian_suite from the mirror (its words are above)." \
    "Check the network, or set RULES_LAZYTOOLS_DEBIAN_MIRROR to another mirror, and run the same command again."
  step 15 "downloading packages: Bazel, Rust, a C++ compiler"
  download
  step 25 "unpacking them"
  unpack
  step 3 "certificates and links"
  finish
  write_ours
  build_cargo_bazel
  rm -rf "$work"
}

configure_apt() {
  : >"$work/status"
  printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$(mirror)" "$debian_suite" >"$work/sources.list"
  # Of the machine's own settings only proxies, certificates and the like: the others are about its packages.
  apt-config dump | grep -E '^Acquire::https?(::| )' >"$work/apt.conf" || true
  cat >>"$work/apt.conf" <<CONF
Dir::Etc::Main "/dev/null";
Dir::Etc::Parts "/dev/null";
Dir::Etc::SourceList "$work/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State "$work";
Dir::State::Lists "$work/lists";
Dir::State::status "$work/status";
Dir::Cache "$work";
Dir::Cache::archives "$work/archives";
Dir::Log "/dev/null";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
APT::Get::Assume-Yes "true";
Acquire::Languages "none";
Acquire::Retries "3";
// A mirror may hold a release file that has run out.
Acquire::Check-Valid-Until "false";
CONF
  export APT_CONFIG=$work/apt.conf
}

download() {
  local -a wanted=() unwanted=() chosen=()
  local line package version
  while IFS= read -r line; do
    case "$line" in
      '#'* | '') ;;
      -*) unwanted+=("${line#-}") ;;
      *) wanted+=("$line") ;;
    esac
  done <"$here/packages.txt"
  apt-get -s install '?essential' "${wanted[@]}" >"$work/plan" ||
    die "apt-get found no set of packages for the Debian way in $debian_suite (its words are above)."
  while read -r package version; do
    # shellcheck disable=SC2254
    for line in "${unwanted[@]}"; do
      case "$package" in $line) continue 2 ;; esac
    done
    chosen+=("$package=$version")
  done < <(sed -nE 's/^Inst ([^ ]+) \(([^ ]+) .*/\1 \2/p' "$work/plan")
  (cd "$work/archives" && apt-get -qq download "${chosen[@]}") ||
    die "a download failed (apt-get's words are above); run the same command again."
}

# unpack_into ROOT PACKAGE...
unpack_into() {
  local root=$1 package
  shift
  for package in "$@"; do
    dpkg-deb --fsys-tarfile "$package" | tar -x -C "$root" --keep-directory-symlink --no-same-owner \
      --exclude='./usr/share/doc/*' --exclude='./usr/share/info/*' --exclude='./usr/share/lintian/*' \
      --exclude='./usr/share/locale/*' --exclude='./usr/share/man/*' || return 255
  done
}
export -f unpack_into

unpack() {
  # base-files brings /bin -> usr/bin and the like, through which the others unpack.
  unpack_into "$root" "$work"/archives/base-files_*.deb
  find "$work/archives" -name '*.deb' ! -name 'base-files_*' -printf '%s %p\0' | sort -z -rn | cut -z -d' ' -f2- |
    xargs -0 -P "$(nproc)" -n 4 bash -o pipefail -c 'unpack_into "$@"' _ "$root"
}

# as_superuser COMMAND...: inside the unfinished root, which can be written to.
as_superuser() {
  in_root "$root" --unshare-user --uid 0 --gid 0 --bind "$root" / --dev-bind /dev /dev \
    --dev-bind /proc /proc --bind "$work" /tmp --ro-bind "$here" /mnt "$@"
}

finish() {
  local authorities
  authorities=$(host_authorities)
  [ -z "$authorities" ] || cp "$authorities" "$work/host-ca.pem"
  as_superuser /bin/bash /mnt/finish_root.sh 2>"$work/finish.log" || {
    cat "$work/finish.log" >&2
    die "the new root could not be finished (its words are above); please report this."
  }
  mkdir -p "$root"/{home,root,opt,mnt,media,srv,run,tmp,var} "$root/etc"
  : >>"$root/etc/resolv.conf"
}

# fill TEMPLATE: replaces @…@.
fill() {
  local nightly
  nightly=$(sed -nE 's/^DEFAULT_NIGHTLY_ISO_DATE = "(.*)"/\1/p' "$root/usr/share/bazel/rules/rust/rust/private/common.bzl")
  sed -e "s|@CACHE@|$cache|g" -e "s|@CPU@|$(uname -m)|g" -e "s|@NAME@|$name|g" -e "s|@TRIPLE@|$triple|g" \
    -e "s|@RUSTFMT@|rustfmt_nightly-${nightly}__$triple|g" "$1"
}

write_ours() {
  local tool version folder stardoc=/usr/share/bazel/tools/stardoc
  mkdir -p "$ours"/{bin,registry,rust/bin,rust/lib}
  cp -r "$here/stubs" "$ours/stubs"
  for tool in cargo cargo-clippy clippy-driver rustc rustdoc rustfmt; do
    ln -s "/usr/bin/$tool" "$ours/rust/bin/$tool"
  done
  ln -s /usr/lib/rustlib "$ours/rust/lib/rustlib"
  fill "$here/rust/BUILD.bazel.in" >"$ours/rust/BUILD.bazel"
  : >"$ours/rust/MODULE.bazel"
  printf '{}\n' >"$ours/registry/bazel_registry.json"
  # A module that only some root modules name cannot be overridden by a flag, so it is registered,
  # under each version that one may ask for.
  for version in 0.7.0 0.7.1 0.7.2 0.8.0 0.8.1; do
    folder=$ours/registry/modules/stardoc/$version
    mkdir -p "$folder"
    sed -E "0,/version = /s/version = \"[^\"]*\"/version = \"$version\"/" "$root$stardoc/MODULE.bazel" >"$folder/MODULE.bazel"
    printf '{"type": "local_path", "path": "%s"}\n' "$stardoc" >"$folder/source.json"
  done
  fill "$here/bazelrc.in" >"$ours/bazelrc"
  # Debian's own settings say this in a way that warns at every command; it is the default.
  sed -i '/--host_javabase/d' "$root/etc/bazel/bazelrc"
}

# cargo_bazel_key: what cargo-bazel is made from; certificates and mirrors change more often than that.
cargo_bazel_key() {
  {
    grep -E '^Inst (bazel-rules-rust|libc6|rustc) ' "$work/plan"
    cat "$here"/crates_index/Cargo.toml "$here"/crates_index/src/*
  } | sha256sum | cut -c 1-16
}

build_cargo_bazel() {
  local kept
  kept=$(dirname "$root")/cargo-bazel-$(cargo_bazel_key)
  if [ ! -e "$kept" ]; then
    step 55 "compiling cargo-bazel, which reads Cargo.lock for Bazel"
    compile_cargo_bazel
    mv "$work/target/debug/cargo-bazel" "$kept"
  fi
  cp "$kept" "$ours/bin/cargo-bazel"
  sed -i "s|@GENERATOR@|$(sha256sum <"$kept" | cut -d ' ' -f 1)|" "$ours/bazelrc"
}

compile_cargo_bazel() {
  local -a binds
  cp -r "$root/usr/share/bazel/rules/rust/crate_universe" "$here/crates_index" "$work/"
  bind_arguments "$root" "$work" "$HOME"
  (
    environment_inside
    export CARGO_TARGET_DIR=$work/target CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0
    in_root "$root" "${binds[@]}" --chdir "$work/crate_universe" -- \
      cargo build --quiet --bin cargo-bazel --config "patch.crates-io.crates-index.path='$work/crates_index'"
  ) || die "cargo-bazel could not be compiled (cargo's words are above)." \
    "If cargo could not reach its registry, configure it in ~/.cargo/config.toml and run the same command again."
}

main
