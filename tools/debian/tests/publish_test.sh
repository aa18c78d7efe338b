#!/bin/bash
# A root appears whole or not at all: killed at any moment, run twice at a time, with changed inputs.
set -euo pipefail
# shellcheck source=tools/debian/tests/check.sh
. "$(dirname "$0")/check.sh"

# A pretended make_root.sh, slow, that fills its folder step by step.
mkdir -p "$work/debian" "$work/home"
(cd "$debian" && find -L . -type f ! -path './tests/*') | while IFS= read -r file; do
  mkdir -p "$work/debian/$(dirname "$file")"
  cp -L "$debian/$file" "$work/debian/$file"
done
cat >"$work/debian/make_root.sh" <<'TEXT'
echo x >>"$MADE"
mkdir -p "$1"
touch "$1/first"
for _ in $(seq "${TENTHS:-10}"); do
  sleep 0.1
  touch "$MADE.alive"
done
[ -z "${FAIL:-}" ] || exit 1
touch "$1/last"
TEXT
export MADE=$work/made

cat >"$work/run.sh" <<TEXT
set -euo pipefail
for part in say apt_sources machine root; do . "$work/debian/\$part.sh"; done
ensure_root "$work/debian"
printf '%s\n' "\$root"
TEXT

command=(env -u XDG_CACHE_HOME "HOME=$work/home" RULES_LAZYTOOLS_DEBIAN_MIRROR=http://mirror.example/debian
  /bin/bash "$work/run.sh")
run() {
  "${command[@]}" 2>>"$work/said"
}
times_made() { wc -l <"$MADE" | tr -d ' '; }
roots=$work/home/.cache/rules_lazytools/debian

# On a machine that is so slow that bazelw is dead before its child has asked to die with it.
mkdir "$work/slow"
printf '#!/bin/sh\nsleep 1\nexec %s "$@"\n' "$(command -v setpriv)" >"$work/slow/setpriv"
chmod +x "$work/slow/setpriv"

# Killed in the middle, at several moments, of a set-up that takes longer than any of them on a machine however slow.
export TENTHS=600
for moment in 0.1 0.5 0.9 "0.5 slow"; do
  read -r moment slow <<<"$moment"
  # Not `run`: the kill is for the program itself, not for a shell that waits for it.
  PATH=${slow:+$work/slow:}$PATH "${command[@]}" >/dev/null 2>&1 &
  runner=$!
  sleep "$moment"
  kill -9 "$runner" 2>/dev/null || true
  wait "$runner" 2>/dev/null || true
  [ -z "$(find "$roots" -mindepth 1 -maxdepth 1 -type d -name '[0-9a-f]*' 2>/dev/null)" ] ||
    equal "the folder after kill -9" published "not published"
done
rm -f "$MADE.alive"
sleep 1.5
[ ! -e "$MADE.alive" ] || equal "the set-up of a killed bazelw" "went on" "ended"
unset TENTHS
root=$(run) || equal "a run after kill -9" "$(cat "$work/said")" "a success"
[ -e "$root/last" ] || equal "the root after kill -9" half whole
[ -z "$(find "$roots" -name '.new-*')" ] || equal "half-made roots" left removed

: >"$MADE"
equal "a second time" "$(run)" "$root"
equal "what is made a second time" "$(times_made)" 0

# Two at a time.
rm -rf "$roots"
run >"$work/one" &
one=$!
run >"$work/two" &
two=$!
wait "$one"
wait "$two"
equal "what is made by two at a time" "$(times_made)" 1
equal "what the two are given" "$(cat "$work/one")" "$(cat "$work/two")"
holds "what the second says" "$(cat "$work/said")" "another bazelw is setting up; waiting for it."

# One that fails.
rm -rf "$roots"
if FAIL=1 run >/dev/null; then equal "a set-up that fails" succeeded failed; fi
[ ! -e "$root" ] || equal "the folder of one that failed" published "not published"

# Changed inputs, and a root that nobody has used for long.
root=$(run) || equal "a run after kill -9" "$(cat "$work/said")" "a success"
echo "# changed" >>"$work/debian/packages.txt"
touch -d '30 days ago' "$roots"/*.used
other=$(run)
[ "$other" != "$root" ] || equal "the root after a change" "the old one" "a new one"
[ ! -e "$root" ] || equal "the old root, unused for long" left removed
