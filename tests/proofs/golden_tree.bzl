"""The proof of a recipe whose tool cannot be had here: the tree that it makes, held against a committed file."""

load("@rules_shell//shell:sh_test.bzl", "sh_test")

_CLI = Label("//tools/cli:lazytools")
_SCRIPT = Label("//tests/proofs:golden_tree.sh")

def golden_tree(name, recipe, platform, expected, version = "", params = {}, files = {}, target = ""):
    """A test that `lazytools recipe show` says of a built-in recipe what a committed file says.

    `bazel run` of it with `-- --update` writes the file. It needs neither pins nor a network.

    Args:
        name: the test's name.
        recipe: the recipe's name.
        platform: the platform that the tool runs on, as in `linux_x86_64`.
        expected: the committed file, in the same package.
        version: the tool's version, where the recipe needs one.
        params: the recipe's parameters.
        files: from the name of a file that the recipe reads to its label.
        target: the platform that is built for. Default: `platform`.
    """
    args = ["recipe", "show", recipe, "--platform=" + platform]
    args += ["--target=" + target] if target else []
    args += ["--version=" + version] if version else []
    args += ["--param=%s=%s" % pair for pair in sorted(params.items())]
    args += ["--file=%s=$(rootpath %s)" % pair for pair in sorted(files.items())]
    sh_test(
        name = name,
        size = "small",
        srcs = [_SCRIPT],
        args = [
            "$(rlocationpath %s)" % _CLI,
            native.package_name() + "/" + expected,
        ] + ["'%s'" % arg for arg in args],
        data = [
            expected,
            _CLI,
        ] + files.values(),
    )
