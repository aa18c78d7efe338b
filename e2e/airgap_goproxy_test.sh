#!/usr/bin/env bash
# A repository rule that runs `go mod download`, as Gazelle's does, is built from a bundle where nothing can be reached: the modules
# come from the bundle's folder, which Go takes for a module proxy, and go.sum's digests hold.
#
# The machine has to know a Go module proxy, by `go` or by GOPROXY, which .bazelrc hands to tests.
source "$TEST_SRCDIR/_main/e2e/nested.sh"
source "$TEST_SRCDIR/_main/e2e/airgap/common.sh"

work=$TEST_TMPDIR/workspace collected=$TEST_TMPDIR/collected bundle=$TEST_TMPDIR/bundle
fresh "$work" "$collected" "$bundle"
mkdir -p "$work"
proxy=${GOPROXY:-$(go env GOPROXY)}
proxy=${proxy%%[,|]*}
case $(uname -m) in x86_64) platform=linux_x86_64 ;; aarch64) platform=linux_aarch64 ;; esac
# The toolchain is the one that examples/go_program has pinned.
read -r version digest <<<"$(python3 - "$checkout/lazy_tools.lock.json" "$platform" <<'END'
import json, sys

artifact = json.load(open(sys.argv[1]))["tools"]["go"]["host"][sys.argv[2]]["artifacts"]["toolchain"]
print(artifact["purl"].rsplit("@", 1)[1], artifact["integrity"])
END
)"
read -r module module_version sum <<<"$(head -n 1 "$checkout/e2e/registries/go.sum")"
others=
if [ -e /usr/share/rules_lazytools/bazelrc ] || [ -n "${RULES_LAZYTOOLS_DEBIAN:-}" ]; then
  others='bazel_dep(name = "rules_rust", version = "0.61.0")
bazel_dep(name = "rules_shell", version = "0.3.0")
bazel_dep(name = "aspect_rules_js", version = "0.1")'
fi
cat >"$work/MODULE.bazel" <<END
module(name = "go_in_a_gap")
$others
http_file = use_repo_rule("@bazel_tools//tools/build_defs/repo:http.bzl", "http_file")
http_file(
    name = "go_sdk",
    downloaded_file_path = "go.zip",
    integrity = "$digest",
    url = "$proxy/golang.org/toolchain/@v/$version.zip",
)
go_module = use_repo_rule("//:go_module.bzl", "go_module")
go_module(name = "module", importpath = "$module", prefix = "golang.org/toolchain@$version", sum = "$sum", version = "$module_version")
END
cat >"$work/go_module.bzl" <<'END'
"""What Gazelle's go_repository does, as far as it is about downloads."""

_PASSED = ["GONOPROXY", "GONOSUMDB", "GOPRIVATE", "GOPROXY", "HOME", "PATH", "http_proxy", "https_proxy", "no_proxy"]
_PASSED_TOO = ["SSL_CERT_FILE"]

def _go_module_impl(rctx):
    rctx.extract(rctx.attr.sdk, "sdk", rctx.attr.prefix)
    rctx.execute(["chmod", "-R", "+x", "sdk/bin", "sdk/pkg/tool"])
    environ = rctx.os.environ
    shared = environ.get("GO_REPOSITORY_USE_HOST_MODCACHE") == "1"
    env = {name: environ[name] for name in _PASSED + _PASSED_TOO if name in environ}
    result = rctx.execute(
        ["sdk/bin/go", "mod", "download", "-json", rctx.attr.importpath + "@" + rctx.attr.version],
        environment = env | {
            "GO111MODULE": "on",
            "GOMODCACHE": environ["GOMODCACHE"] if shared else str(rctx.path("cache")),
            "GOROOT": str(rctx.path("sdk")),
            "GOSUMDB": "off",
            "GOTOOLCHAIN": "local",
        },
    )
    if result.return_code:
        fail(result.stdout + result.stderr)
    found = json.decode(result.stdout)
    if found["Sum"] != rctx.attr.sum:
        fail("%s, and go.sum has %s" % (found["Sum"], rctx.attr.sum))
    rctx.execute(["cp", "-r", found["Dir"], "module"])
    rctx.execute(["chmod", "-R", "u+w", "module", "cache"])
    rctx.delete("sdk")
    rctx.delete("cache")
    rctx.file("BUILD.bazel", "exports_files(['module/COPYING'])")

go_module = repository_rule(
    implementation = _go_module_impl,
    attrs = {
        "importpath": attr.string(),
        "prefix": attr.string(),
        "sdk": attr.label(default = "@go_sdk//file:go.zip"),
        "sum": attr.string(),
        "version": attr.string(),
    },
)
END
cat >"$work/BUILD.bazel" <<'END'
genrule(name = "copied", srcs = ["@module//:module/COPYING"], outs = ["copied.txt"], cmd = "cp $< $@")
END
printf 'try-import %%workspace%%/airgap.bazelrc\n' >"$work/.bazelrc"
cp "$checkout/.bazelversion" "$work/" 2>/dev/null || true

echo "Collected: what go downloaded is covered"
airgap "$work" collect //:copied --bazel "$checkout/bazelw" -o "$collected" >"$log" 2>&1 || { cat "$log" && fail "collect"; }
expect_text "$collected/collection.json" '"covered": "goProxy"'
if grep -q "Not in a bundle, executes" "$log"; then cat "$log" && fail "something is not covered"; fi
airgap "$work" bundle "$collected" -o "$bundle" >"$log"
(cd "$bundle/goproxy" && find . -type f | LC_ALL=C sort) | diff - <(
  for end in list "$module_version.info" "$module_version.mod" "$module_version.zip"; do
    echo "./github.com/!burnt!sushi/toml/@v/$end"
  done
) || fail "< in the bundle, > expected"

echo "Built in the jail, from a bundle that cannot be written to"
airgap "$work" install "$bundle" --bazel "$checkout/bazelw" >"$log"
expect_text "$work/airgap.bazelrc" "--repo_env=GOPROXY=file://$bundle/goproxy"
if grep -q CARGO_HOME "$work/airgap.bazelrc"; then fail "cargo has nothing to do with it"; fi
chmod -R a-w "$bundle"
jailed "$work" -- //:copied >"$log" 2>&1 || { cat "$log" && fail "the build in the jail"; }
expect_nothing_sent
chmod -R u+w "$bundle"
grep -q "MIT License" "$(find -L "$TEST_TMPDIR/jail" -path '*/bin/copied.txt' | head -n 1)" || fail "another file"

echo "Another module than go.sum's is refused"
zip=$bundle/goproxy/github.com/!burnt!sushi/toml/@v/$module_version.zip
mv "$zip" "$TEST_TMPDIR/aside"
python3 - "$TEST_TMPDIR/aside" "$zip" <<'END'
import sys, zipfile

with zipfile.ZipFile(sys.argv[1]) as old, zipfile.ZipFile(sys.argv[2], "w") as new:
    for entry in old.infolist():
        new.writestr(entry, old.read(entry) + (b"\n" if entry.filename.endswith("COPYING") else b""))
END
expect_failure "$log" "and go.sum has" -- jailed "$work" -- //:copied
expect_failure "$log" "toml/@v/$module_version.zip: is damaged" "(LT710)" -- airgap "$work" verify "$bundle"
airgap "$work" install --undo
fresh "$TEST_TMPDIR/jail"
