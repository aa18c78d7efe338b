# shellcheck shell=bash
# Reads the machine's own apt sources, because no mirror's address may be written into this project.

# apt_uris DIR: every http(s) or file address of a `deb` source under DIR (normally /etc/apt) with its
# suites and components, one "URI SUITE..." a line, in apt's own reading order.
# Both formats: https://manpages.debian.org/stable/apt/sources.list.5.en.html
apt_uris() {
  local dir=$1 file
  for file in "$dir/sources.list" "$dir"/sources.list.d/*; do
    [ -r "$file" ] || continue
    case "$file" in
      *.list) apt_uris_of_list "$file" ;;
      *.sources) apt_uris_of_deb822 "$file" ;;
    esac
  done
}

apt_uris_of_list() {
  sed -nE -e 's/#.*//' \
    -e 's/^[[:space:]]*deb[[:space:]]+(\[[^]]*\][[:space:]]+)?([a-z+]+:[^[:space:]]+)[[:space:]]+(.*)$/\2 \3/p' "$1"
}

apt_uris_of_deb822() {
  # A stanza's fields may be continued on indented lines; a `#` line inside one is a comment.
  awk '
    function flush(   i, n, uris) {
      if (types ~ /(^| )deb( |$)/ && enabled !~ /^(no|false|off|0)$/) {
        n = split(value["uris"], uris, " ")
        for (i = 1; i <= n; i++) print uris[i], value["suites"], value["components"]
      }
      split("", value); types = ""; enabled = ""; field = ""
    }
    /^#/ { next }
    /^[[:space:]]*$/ { flush(); next }
    /^[[:space:]]/ { sub(/^[[:space:]]+/, ""); value[field] = value[field] " " $0; next }
    {
      field = tolower(substr($0, 1, index($0, ":") - 1))
      text = substr($0, index($0, ":") + 1); gsub(/^[[:space:]]+|[[:space:]]+$/, "", text)
      value[field] = text
      types = value["types"]; enabled = tolower(value["enabled"])
    }
    END { flush() }
  ' "$1"
}

# debian_mirror DIR: the first address that serves Debian's main archive.
# Archives of updates (…-security, …-debug) and of other vendors do not hold the suite that is wanted.
debian_mirror() {
  apt_uris "$1" | awk '
    $1 ~ /^(https?|file|mirror\+https?|mirror\+file):/ && $1 !~ /security|debug|ports/ && $0 ~ / main( |$)/ {
      sub(/\/+$/, "", $1)
      if ($1 ~ /debian$/) { print $1; exit }
    }'
}
