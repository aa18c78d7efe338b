# shellcheck shell=bash disable=SC2034,SC2154 # its names are shared with the other parts
# Keeps the roots of the Debian way: one folder for each state of what they are made from.

bazelrc_inside=/usr/share/rules_lazytools/bazelrc
bazel_inside=/usr/bin/bazel
keep_minutes=1440

cache_folder() {
  printf '%s/rules_lazytools\n' "${XDG_CACHE_HOME:-$HOME/.cache}"
}

# root_name DEBIAN: a name for what a root is made from: the scripts, the mirror, what is trusted.
root_name() {
  local authorities
  authorities=$(host_authorities)
  (
    cd "$1" || exit
    find bazelrc.in crates_index enter.sh finish_root.sh make_root.sh packages.txt rust stubs -type f | LC_ALL=C sort |
      xargs sha256sum
    mirror
    uname -m
    printf '%s\n' "$debian_suite"
    cat ${authorities:+"$authorities"} /dev/null
  ) | sha256sum | cut -c 1-16
}

# ensure_root DEBIAN: sets `root` to the folder of the root, making it first if need be.
# It prints nothing to capture: a subshell would outlive a bazelw that is killed.
ensure_root() {
  local debian=$1 roots name
  roots=$(cache_folder)/debian
  name=$(root_name "$debian")
  mkdir -p "$roots"
  if [ ! -e "$roots/$name" ]; then
    make_and_publish "$debian" "$roots" "$name"
  fi
  touch "$roots/$name.used"
  root=$roots/$name
}

make_and_publish() {
  local debian=$1 roots=$2 name=$3 lock
  exec {lock}>"$roots/lock"
  if ! flock --nonblock "$lock"; then
    say "another bazelw is setting up; waiting for it."
    flock "$lock"
  fi
  # The other one may have made it.
  if [ ! -e "$roots/$name" ]; then
    # Under the lock, whatever is half-made was left by one that was killed.
    rm -rf "$roots"/.new-*
    say "no Bazel here, so one is set up in $roots, once: about two minutes."
    make_dying_with_us "$debian/make_root.sh" "$roots/.new-$name" "$(cache_folder)" "$name" {lock}>&-
    mv -T "$roots/.new-$name" "$roots/$name"
    say "set up in $SECONDS s."
    prune "$roots" "$name"
  fi
  exec {lock}>&-
}

# make_dying_with_us COMMAND...: in a process namespace of its own, so that a killed bazelw leaves
# nothing behind that goes on downloading.
make_dying_with_us() {
  local -a alone=(unshare --pid --fork --kill-child=KILL --mount-proc)
  [ "$(id -u)" = 0 ] || alone+=(--user --map-root-user)
  # Some containers forbid to mount proc; there the step that is under way ends by itself.
  "${alone[@]}" true 2>/dev/null || alone=()
  # A bazelw that was killed before its child has asked for the signal is no parent any more, and sends none.
  # shellcheck disable=SC2016 # for the child
  setpriv --pdeathsig KILL /bin/bash -c '[ "$PPID" = "$0" ] && exec "$@"' "$BASHPID" "${alone[@]}" /bin/bash "$@" >&2
}

# prune ROOTS NAME: removes what no bazelw has used for a day; another checkout may use another root.
prune() {
  local used
  while IFS= read -r used; do
    [ "$used" = "$1/$2.used" ] || rm -rf "${used%.used}" "$used"
  done < <(find "$1" -maxdepth 1 -name '*.used' -mmin "+$keep_minutes")
  find "$1" -maxdepth 1 -name 'cargo-bazel-*' -mmin "+$keep_minutes" -delete
}
