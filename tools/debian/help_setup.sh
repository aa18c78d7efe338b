# shellcheck shell=bash disable=SC2034,SC2154 # its names are shared with the other parts
# What `./bazelw --help-setup` says.

help_setup() {
  local bazel problems roots name
  cat <<'TEXT'
bazelw runs Bazel with the arguments given. It takes the first of these:
  1. the program that $BAZEL names;
  2. bazel, then bazelisk, on PATH, version 7 or newer;
  3. on Debian and Ubuntu, Debian's own Bazel in a folder of its own under the user's cache folder
     (about 2 GB, about two minutes, once). Nothing is installed on the machine, and no superuser is needed.
Variables:
  BAZEL                          the Bazel to run
  RULES_LAZYTOOLS_DEBIAN=1       take the third way even if there is a Bazel
  RULES_LAZYTOOLS_DEBIAN_MIRROR  Debian's mirror, where the apt sources name none
  XDG_CACHE_HOME                 the user's cache folder, normally ~/.cache

On this machine:
TEXT
  if [ -e "$bazelrc_inside" ]; then
    printf '  bazelw is inside its own root, and runs %s\n' "$bazel_inside"
    return
  fi
  if [ -z "${RULES_LAZYTOOLS_DEBIAN:-}" ] && bazel=$(choose_bazel); then
    printf '  bazelw runs %s (%s)\n' "$bazel" "$(bazel_version "$bazel")"
    return
  fi
  printf '  no Bazel is taken from PATH\n'
  problems=$(obstacles)
  if [ -n "$problems" ]; then
    printf '  and Debian'\''s cannot be set up:\n'
    printf '%s\n' "$problems" | sed 's/^/    /'
    return
  fi
  roots=$(cache_folder)/debian
  name=$(root_name "$debian")
  printf '  system        %s\n' "$(os_name)"
  printf '  packages      %s of %s\n' "$debian_suite" "$(mirror)"
  printf '  certificates  %s\n' "$(host_authorities)"
  if [ -e "$roots/$name" ]; then
    printf '  bazelw runs the Bazel in %s\n' "$roots/$name"
  else
    printf '  bazelw would set up Bazel in %s\n' "$roots/$name"
  fi
  printf '  to be rid of all of it: rm -rf %s\n' "$(cache_folder)"
}
