"""The connected side of airgap_test.sh: two module registries and archives on the loopback, and a workspace that uses them.

Its arguments: a folder for what is served, one for the workspace, and scripts that add to both. Writes `port` into the first
when it serves.
"""

import base64
import functools
import hashlib
import http.server
import io
import json
import os
import pathlib
import runpy
import sys
import tarfile

SITE = pathlib.Path(sys.argv[1])
WORKSPACE = pathlib.Path(sys.argv[2])
# Inside the root of ./bazelw, or on the way there.
DEBIAN = os.path.exists("/usr/share/rules_lazytools/bazelrc") or "RULES_LAZYTOOLS_DEBIAN" in os.environ


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return content if isinstance(content, bytes) else content.encode()


def archive(files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    return buffer.getvalue()


def integrity(content, algorithm="sha256"):
    return algorithm + "-" + base64.b64encode(hashlib.new(algorithm, content).digest()).decode()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(SITE)))
url = "http://127.0.0.1:%d" % server.server_address[1]
exports = "exports_files(glob(['*.txt']))\n"


def module(registry, name, version, files, deps="", patches={}, overlay={}):
    """A module in a registry; its source is under files/."""
    text = 'module(name = "%s", version = "%s")\n%s' % (name, version, deps)
    content = archive({"%s/%s" % (name, path): body for path, body in {"MODULE.bazel": text, **files}.items()})
    put(SITE / "files" / (name + ".tar"), content)
    at = SITE / registry / "modules" / name / version
    put(at / "MODULE.bazel", text)
    source = {"url": "%s/files/%s.tar" % (url, name), "integrity": integrity(content), "strip_prefix": name}
    for kind, folder, found in (("patches", "patches", patches), ("overlay", "overlay", overlay)):
        if found:
            source[kind] = {path: integrity(put(at / folder / path, body)) for path, body in found.items()}
    if patches:
        source["patch_strip"] = 1
    put(at / "source.json", json.dumps(source))


PATCH = "--- a/hello.txt\n+++ b/hello.txt\n@@ -1 +1 @@\n-hello\n+patched\n"
put(SITE / "one" / "bazel_registry.json", "{}")
put(SITE / "one/modules/greet/0.9/MODULE.bazel", 'module(name = "greet", version = "0.9")\n')
module(
    "one",
    "greet",
    "1.0",
    {"hello.txt": "hello\n"},
    'bazel_dep(name = "word", version = "1.0")\n',
    patches={"fix.patch": PATCH},
    overlay={"BUILD.bazel": exports},
)
# A version that loses is asked for, too.
module("two", "word", "1.0", {"BUILD.bazel": exports, "word.txt": "word\n"}, 'bazel_dep(name = "greet", version = "0.9")\n')

first = put(SITE / "files/first.tar", archive({"BUILD.bazel": exports, "first.txt": "first\n"}))
second = put(SITE / "files/second.tar", archive({"BUILD.bazel": exports, "second.txt": "second\n"}))
tools = {name: put(SITE / "files" / name, name + "\n") for name in ("linux-tool", "macos-tool")}
names = put(SITE / "files/names", "listed")

DEPS = ["rules_rust", "rules_shell", "aspect_rules_js"] if DEBIAN else []
put(
    WORKSPACE / "MODULE.bazel",
    """module(name = "gap")
bazel_dep(name = "greet", version = "1.0")
bazel_dep(name = "word", version = "1.0")
bazel_dep(name = "platforms", version = "0.0.10")
%s
http_archive = use_repo_rule("@bazel_tools//tools/build_defs/repo:http.bzl", "http_archive")
http_file = use_repo_rule("@bazel_tools//tools/build_defs/repo:http.bzl", "http_file")
git_repository = use_repo_rule("@bazel_tools//tools/build_defs/repo:git.bzl", "git_repository")
http_archive(name = "first", sha256 = "%s", urls = ["%s/gone/first.tar", "%s/files/first.tar"])
http_archive(name = "second", integrity = "%s", url = "%s/files/second.tar")
http_file(name = "linux_tool", sha256 = "%s", url = "%s/files/linux-tool")
http_file(name = "macos_tool", sha256 = "%s", url = "%s/files/macos-tool")
git_repository(name = "by_git", commit = "%s", remote = "file://%s")
names = use_extension("//:names.bzl", "names")
use_repo(names, "listed")
"""
    % (
        # Debian's Bazel overrides these modules, and wants them to be there.
        "\n".join('bazel_dep(name = "%s", version = "0.1")' % name for name in DEPS),
        sha256(first),
        url,
        url,
        integrity(second, "sha512"),
        url,
        sha256(tools["linux-tool"]),
        url,
        sha256(tools["macos-tool"]),
        url,
        os.environ["GIT_COMMIT"],
        os.environ["GIT_REMOTE"],
    ),
)
put(
    WORKSPACE / "names.bzl",
    '''"""An extension that downloads and is reproducible, so that no lock file tells of it."""

def _repo_impl(rctx):
    rctx.file("BUILD.bazel", "exports_files(['text.txt'])")
    rctx.file("text.txt", rctx.attr.text)

_repo = repository_rule(_repo_impl, attrs = {"text": attr.string()})

def _names_impl(mctx):
    mctx.download(url = "%s/files/names", output = "names", sha256 = "%s")
    _repo(name = mctx.read("names"), text = "listed\\n")
    return mctx.extension_metadata(reproducible = True)

names = module_extension(_names_impl)
'''
    % (url, sha256(names)),
)
put(
    WORKSPACE / "BUILD.bazel",
    """platform(name = "linux", parents = ["@platforms//host"])
platform(name = "macos", constraint_values = ["@platforms//os:macos", "@platforms//cpu:aarch64"])
genrule(
    name = "everything",
    srcs = ["@greet//:hello.txt", "@word//:word.txt", "@first//:first.txt", "@second//:second.txt", "@listed//:text.txt"] +
        select({"@platforms//os:macos": ["@macos_tool//file"], "//conditions:default": ["@linux_tool//file"]}),
    outs = ["everything.txt"],
    cmd = "cat $(SRCS) > $@",
)
""",
)
put(WORKSPACE / "git/BUILD.bazel", "filegroup(name = 'git', srcs = ['@by_git//:git.txt'])\n")
registries = ["%s/one" % url, "%s/two" % url] + ([] if DEBIAN else ["https://bcr.bazel.build"])
put(
    WORKSPACE / ".bazelrc",
    "try-import %workspace%/airgap.bazelrc\n" + "".join("common:connected --registry=%s\n" % one for one in registries),
)

for script in sys.argv[3:]:
    runpy.run_path(script, globals())
(SITE / "port.new").write_text(str(server.server_address[1]))
(SITE / "port.new").rename(SITE / "port")
server.serve_forever()
