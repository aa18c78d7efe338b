#!/usr/bin/env bash
# One tool from each kind of package registry builds; then the same lock, untouched, from a mirror of them all.
# The machine has to know all of the registries: by npm, pip, go, Maven, apt and cargo in PATH or in the home folder, or
# by the variables that .bazelrc hands to tests. ./bazelw asks the clients itself where it brings its own Bazel.
source "$TEST_SRCDIR/_main/e2e/nested.sh"
registries=$checkout/e2e/registries
case $(uname -m) in
  x86_64) platform=linux_x86_64 npm=linux-x64 deb=amd64 jvm=linux-x86_64 wheel=manylinux1_x86_64.manylinux_2_5_x86_64 ;;
  aarch64) platform=linux_aarch64 npm=linux-arm64 deb=arm64 jvm=linux-aarch_64 wheel=manylinux2014_aarch64.manylinux_2_17_aarch64 ;;
  *) fail "no pins for $(uname -m)" ;;
esac

nested "$registries" test //...
nested "$registries" run //tools:update_pins -- --check
lock=$(sha256sum "$registries/lazy_tools.lock.json")

echo "A mirror of all of them, as each kind lays one out"
base=$(nested "$registries" info output_base)
# Bazel 7 joins the names with other signs than Bazel 8.
prefix=$(basename "$base"/external/rules_lazytools*lazy_tools.itoa.any.crate)
prefix=${prefix%itoa.any.crate}
mirror=$TEST_TMPDIR/mirror
wheel=ninja-1.11.1.1-py2.py3-none-$wheel.whl
# The artifact's repository, and where it lies in the mirror.
artifacts=(
  "itoa.any.crate crates/files/itoa-1.0.11.crate"
  "hello.target.$platform.package deb/pool/main/h/hello/hello_2.10-3_$deb.deb"
  "go_toml.any.zip go/github.com/!burnt!sushi/toml/@v/v1.4.0.zip"
  "go_toml.any.mod go/github.com/!burnt!sushi/toml/@v/v1.4.0.mod"
  "protoc.target.$platform.program m2/com/google/protobuf/protoc/3.25.5/protoc-3.25.5-$jvm.exe"
  "esbuild.target.$platform.program npm/@esbuild/$npm/-/$npm-0.28.2.tgz"
  "ninja.target.$platform.wheel wheels/$wheel"
)
repositories=()
for artifact in "${artifacts[@]}"; do
  read -r repository path <<<"$artifact"
  mkdir -p "$(dirname "$mirror/$path")"
  cp "$base/external/$prefix$repository/file" "$mirror/$path"
  repositories+=("--repo=@@$prefix$repository")
done
mkdir -p "$mirror/simple/ninja"
printf '<!DOCTYPE html><html><body><a href="../../wheels/%s">%s</a></body></html>\n' "$wheel" "$wheel" \
  >"$mirror/simple/ninja/index.html"

python3 -u -c '
import functools, http.server, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
print(server.server_address[1])
server.serve_forever()
' "$mirror" >"$TEST_TMPDIR/port" 2>"$TEST_TMPDIR/requests" &
server=$!
trap 'kill "$server"' EXIT
for _ in $(seq 100); do
  [ ! -s "$TEST_TMPDIR/port" ] || break
  sleep 0.1
done
url=http://127.0.0.1:$(<"$TEST_TMPDIR/port")
printf '{"dl": "%s/crates/files/{crate}-{version}.crate"}\n' "$url" >"$mirror/crates/config.json"

mkdir -p "$TEST_TMPDIR/cargo" "$TEST_TMPDIR/apt"
printf '[source.crates-io]\nreplace-with = "mirror"\n[source.mirror]\nregistry = "sparse+%s/crates/"\n' "$url" \
  >"$TEST_TMPDIR/cargo/config.toml"
printf 'Types: deb\nURIs: %s/deb\nSuites: bookworm\nComponents: main\n' "$url" >"$TEST_TMPDIR/apt/mirror.sources"
printf 'Dir::Etc::SourceList "/dev/null";\nDir::Etc::SourceParts "%s";\n' "$TEST_TMPDIR/apt" >"$TEST_TMPDIR/apt.conf"

# Without Bazel's repository cache, so that the bytes come from the mirror.
npm_config_registry=$url/npm PIP_INDEX_URL=$url/simple GOPROXY=$url/go MVNW_REPOURL=$url/m2 \
  CARGO_HOME=$TEST_TMPDIR/cargo APT_CONFIG=$TEST_TMPDIR/apt.conf no_proxy=127.0.0.1 NO_PROXY=127.0.0.1 \
  nested "$registries" fetch --force --repository_cache= "${repositories[@]}"

for artifact in "${artifacts[@]}"; do
  read -r repository path <<<"$artifact"
  cmp "$base/external/$prefix$repository/file" "$mirror/$path" || fail "$repository is another file"
  grep -qF "GET /$path " "$TEST_TMPDIR/requests" || {
    cat "$TEST_TMPDIR/requests" >&2
    fail "the mirror was not asked for $path"
  }
done
nested "$registries" test //...
[ "$lock" = "$(sha256sum "$registries/lazy_tools.lock.json")" ] || fail "the lock has changed"

end_nested "$registries"
