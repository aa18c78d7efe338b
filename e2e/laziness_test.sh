#!/usr/bin/env bash
# Building for this machine downloads just the artifacts that it needs: the downloader forbids every other, nothing is
# cached, and the repositories that were made are counted.
source "$TEST_SRCDIR/_main/e2e/nested.sh"

case $(uname -m) in
  x86_64) cpu=x86_64 bun_program=linux-x64 bun_runtime=linux-x64-baseline node=linux-x64 ;;
  aarch64) cpu=aarch64 bun_program=linux-aarch64 bun_runtime=linux-aarch64 node=linux-arm64 ;;
esac
fresh=$nested_root/laziness
nested_startup=("--output_user_root=$fresh" "--max_idle_secs=60")
nested "$checkout" clean --expunge >/dev/null 2>&1

# allow NAME…: forbids every download but these; of the crates that the helper is made of, all.
allow() {
  local names
  names=$(printf '|.*/%s' "$@")
  printf 'rewrite ((?!(?:.*\\.crate|.*/download%s)$).*) forbidden.invalid/$1\nblock forbidden.invalid\n' \
    "$(sed 's/\./\\./g; s/\\.\*/.*/g' <<<"$names")" >"$TEST_TMPDIR/downloader.cfg"
}

build() {
  nested "$checkout" build --repository_cache= --experimental_downloader_config="$TEST_TMPDIR/downloader.cfg" "$@"
}

# fetched: the artifacts' repositories that were made so far.
fetched() {
  local external
  external=$(nested "$checkout" info output_base 2>/dev/null)/external
  find "$external" -maxdepth 2 -path '*~lazy_tools.*' -name file -printf '%h\n' | sed 's/.*~lazy_tools\.//' | sort
}

expect_fetched() {
  diff <(printf '%s\n' "$@" | sed '/^$/d' | sort) <(fetched) || fail "< expected, > downloaded"
}

echo "A target that needs no tool downloads none"
allow nothing
build //platforms:linux_x86_64 //recipes:all
expect_fetched ""

echo "The downloader does forbid: a tool cannot be built"
expect_failure "$TEST_TMPDIR/log" "blocked all URLs" -- build @lazy_tools//:bun

echo "examples/bun_compile: bun itself and the runtime of this platform"
allow "bun-$bun_program-1.4.5.tgz" "bun-$bun_runtime-1.4.5.tgz"
build //examples/bun_compile:hello
bun=("bun.target.linux_$cpu.bun_baseline" "bun_cli.host.linux_$cpu.bun")
expect_fetched "${bun[@]}"

echo "examples/corepack: node, corepack and two package managers"
allow "node-$node-22.23.2.tgz" corepack-0.34.6.tgz pnpm-10.34.9.tgz cli-dist-4.18.1.tgz
build //examples/corepack:all
corepack=(corepack.any.package "node.host.linux_$cpu.node" pnpm.any.pnpm yarn.any.yarn)
expect_fetched "${bun[@]}" "${corepack[@]}"

echo "examples/node_gyp: npm; the headers are in the node that is there already"
allow npm-10.9.9.tgz
build //examples/node_gyp:addon
expect_fetched "${bun[@]}" "${corepack[@]}" npm.any.package

echo "examples/vercel_pkg: pkg's packages, and of the platforms' own ones just this platform's"
allow '.*.tgz'
build //examples/vercel_pkg:app
of_others=$(fetched | grep -E '^(pkg_cli|pkg_sea)\.(host|target)\.' | grep -v "linux_$cpu\\." || true)
[ -z "$of_others" ] || fail "downloaded for other platforms: $of_others"
expected=$(grep -c '"purl"' <(sed -n '/^    "pkg_cli": {/,/^    }/p' "$checkout/lazy_tools.lock.json" |
  sed -n '/^      "any": {/,/^      }/p'))
[ "$(fetched | grep -c '^pkg_cli\.any\.')" = "$expected" ] || fail "pkg's packages: $expected expected"

end_nested "$checkout"
