"""Adds to upstream.py what no repository cache can hold: downloads without a checksum, and more that git fetches.

GIT_ROOT is a folder of git repositories, each with one commit, whose ids are in its file `commits`: module, data (with the
submodule inner), inner.
"""

# These come from upstream.py, which runs this.
put, url, SITE, WORKSPACE = globals()["put"], globals()["url"], globals()["SITE"], globals()["WORKSPACE"]
os, pathlib = globals()["os"], globals()["pathlib"]

GIT_ROOT = pathlib.Path(os.environ["GIT_ROOT"])
COMMITS = dict(line.split() for line in (GIT_ROOT / "commits").read_text().splitlines())

# Bazel refuses plain http without a checksum, but it looks at the address before a mirror stands for it.
put(SITE / "mirror/plain.txt", "plain\n")
put(SITE / "mirror/List", "replayed\n")
put(WORKSPACE / "mirror.cfg", "rewrite downloads\\.invalid(?::8443)?/(.*) %s/mirror/$1\n" % url)


def append(path, text):
    with (WORKSPACE / path).open("a") as file:
        file.write(text)


append(".bazelrc", "common:connected --experimental_downloader_config=mirror.cfg\n")
append(
    "MODULE.bazel",
    """
http_file(name = "plain", url = "https://downloads.invalid/plain.txt")
bazel_dep(name = "of_git", version = "")
git_override(module_name = "of_git", commit = "%s", remote = "file://%s")
git_repository(name = "data", commit = "%s", remote = "file://%s", init_submodules = True)
unchecked = use_repo_rule("//:exceptions.bzl", "unchecked")
unchecked(name = "unchecked", url = "https://downloads.invalid:8443/plain.txt")
exceptions = use_extension("//:exceptions.bzl", "exceptions")
use_repo(exceptions, "cloned", "replayed")
"""
    % (COMMITS["module"], GIT_ROOT / "module", COMMITS["data"], GIT_ROOT / "data"),
)
put(
    WORKSPACE / "exceptions.bzl",
    '''"""A rule and an extension whose downloads have no checksum, and an extension that runs git."""

def _unchecked_impl(rctx):
    rctx.download(url = rctx.attr.url, output = "data/plain.txt")
    rctx.file("BUILD.bazel", "exports_files(['all.txt', 'other.txt'])")
    rctx.symlink("data/plain.txt", "all.txt")
    rctx.symlink(Label("@first//:first.txt"), "other.txt")

unchecked = repository_rule(_unchecked_impl, attrs = {"url": attr.string()})

def _repo_impl(rctx):
    rctx.file("BUILD.bazel", "exports_files(['text.txt'])")
    rctx.file("text.txt", rctx.attr.text)

_repo = repository_rule(_repo_impl, attrs = {"text": attr.string()})

def _exceptions_impl(mctx):
    mctx.download(url = "https://downloads.invalid/List?Of=A%%2Fb", output = "list")
    _repo(name = "replayed", text = mctx.read("list"))
    done = mctx.execute(["git", "clone", "--depth=1", "file://%s", "clone"])
    if done.return_code:
        fail(done.stderr)
    _repo(name = "cloned", text = mctx.read("clone/git.txt"))

exceptions = module_extension(_exceptions_impl)
'''
    % (GIT_ROOT / "inner"),
)
append(
    "BUILD.bazel",
    """
genrule(
    name = "exceptions",
    srcs = [
        "@plain//file",
        "@unchecked//:all.txt",
        "@unchecked//:other.txt",
        "@of_git//:git.txt",
        "@data//:git.txt",
        "@data//inner:git.txt",
        "@replayed//:text.txt",
        "@cloned//:text.txt",
    ],
    outs = ["exceptions.txt"],
    cmd = "cat $(SRCS) > $@",
)
""",
)
