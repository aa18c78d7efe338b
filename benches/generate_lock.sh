#!/usr/bin/env bash
# Makes a consumer workspace whose lock pins many tools, for lock_load.sh.
#   generate_lock.sh DIR TOOLS MODULE
# DIR gets MODULE.bazel, BUILD.bazel and lazy_tools.lock.json; MODULE is the folder of rules_lazytools.
set -euo pipefail

dir=$1 tools=$2 module=$3
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
# The first tool's artifacts are there, so that it can be analysed.
: >"$dir/empty"

awk -v dir="$dir" -v tools="$tools" -v module="$module" -v lock="$dir/lazy_tools.lock.json" '
  BEGIN {
    platforms = "linux_aarch64 linux_x86_64 macos_aarch64 macos_x86_64 windows_aarch64 windows_x86_64"
    count = split(platforms, platform, " ")
    quoted = "\"" platforms "\""
    gsub(" ", "\", \"", quoted)
    empty = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

    print "module(name = \"lock_load\")"
    print "bazel_dep(name = \"rules_lazytools\")"
    print "local_path_override(module_name = \"rules_lazytools\", path = \"" module "\")"
    print "register_toolchains(\"//:toolchain\")"
    print "lazy_tools = use_extension(\"@rules_lazytools//extensions:lazy_tools.bzl\", \"lazy_tools\")"
    print "lazy_tools.lock(file = \"//:lazy_tools.lock.json\")"

    printf "{\n  \"lockVersion\": 1,\n  \"tools\": {\n" > lock
    for (tool = 1; tool <= tools; tool++) {
      name = sprintf("tool%04d", tool)
      printf "lazy_tools.tool(name = \"%s\", recipe = \"recipe\", version = \"1.2.3\", platforms = [%s])\n", name, quoted

      printf "    \"%s\": {\n", name > lock
      printf "      \"recipe\": {\"name\": \"recipe\", \"digest\": \"%s\"},\n", integrity(0) > lock
      printf "      \"request\": {\"recipe\": \"recipe\", \"version\": \"1.2.3\", \"platforms\": [%s]},\n", quoted > lock
      printf "      \"any\": {\"environment\": {\"set\": {\"RECIPE_CACHE\": \"{root}\", \"RECIPE_OFFLINE\": \"1\"}}},\n" > lock
      printf "      \"host\": {\n" > lock
      for (i = 1; i <= count; i++) {
        printf "        \"%s\": {\n", platform[i] > lock
        printf "          \"artifacts\": {\n            \"archive\": {\n" > lock
        url = sprintf("file:///nowhere/%s/1.2.3/%s-1.2.3-%s.tar.gz", name, name, platform[i])
        printf "              \"urls\": [\"%s\"],\n", tool == 1 ? "file://" dir "/empty" : url > lock
        printf "              \"format\": \"tar.gz\",\n" > lock
        printf "              \"integrity\": \"%s\",\n", tool == 1 ? empty : integrity(tool * 10 + i) > lock
        printf "              \"size\": %d\n            }\n          },\n", 1000000 + tool > lock
        printf "          \"check\": [\"1.2.3/bin/%s\"],\n", name > lock
        printf "          \"layout\": [\n" > lock
        printf "            {\"extract\": {\"artifact\": \"archive\", \"format\": \"tar.gz\", \"to\": \"1.2.3\", \"strip\": 1}},\n" > lock
        printf "            {\"write\": {\"to\": \"1.2.3/.complete\", \"text\": [\"%s\\n\"]}}\n", platform[i] > lock
        printf "          ]\n        }%s\n", i < count ? "," : "" > lock
      }
      printf "      }\n    }%s\n", tool < tools ? "," : "" > lock
    }
    printf "  }\n}\n" > lock
    print "use_repo(lazy_tools, \"lazy_tools\")"
  }
  # A well-formed integrity that belongs to nothing.
  function integrity(number) { return sprintf("sha256-%043d=", number) }
' >"$dir/MODULE.bazel"

# A helper that does nothing: only the analysis is measured, and the real one would have to be compiled.
printf '#!/bin/sh\nexit 1\n' >"$dir/helper.sh"
chmod +x "$dir/helper.sh"
cat >"$dir/BUILD.bazel" <<'BUILD'
load("@rules_lazytools//rules:defs.bzl", "lazytools_exec_toolchain")

lazytools_exec_toolchain(
    name = "helper",
    action = "helper.sh",
)

toolchain(
    name = "toolchain",
    toolchain = ":helper",
    toolchain_type = "@rules_lazytools//rules:exec_toolchain_type",
)

alias(
    name = "one",
    actual = "@lazy_tools//:tool0001",
)
BUILD
