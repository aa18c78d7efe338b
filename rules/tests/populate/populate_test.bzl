"""Tests of the action and the providers of populate."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts", "unittest")
load("//rules:defs.bzl", "ToolCacheInfo")
load("//rules/private:populate.bzl", "execution_requirements")

def _action(env, mnemonic):
    actions = [action for action in analysistest.target_actions(env) if action.mnemonic == mnemonic]
    asserts.equals(env, 1, len(actions))
    return actions[0]

def _short(argument):
    before, found, after = argument.partition("bazel-out/")
    return before + "BIN/" + after.partition("/bin/")[2] if found else argument

_ARGV = [
    "run",
    "--spec",
    "BIN/rules/tests/populate/store.run.json",
    "--cache",
    "demo=BIN/rules/tests/hub/demo",
    "--cache-manifest",
    "demo=BIN/rules/tests/hub/demo.manifest.json",
    "--src",
    "rules/tests/populate/fill.sh=fill.sh",
    "--src",
    "populate/serve.js=populate/serve.js",
    "--populate",
    "BIN/rules/tests/populate/store",
    "--populate-manifest",
    "BIN/rules/tests/populate/store.manifest.json",
    "--chdir",
    "sub",
    "--",
    "{cache:demo}/bin/demo",
]

def _store_impl(ctx):
    env = analysistest.begin(ctx)
    action = _action(env, "LazyToolsPopulate")
    asserts.equals(env, _ARGV, [_short(argument) for argument in action.argv[1:]])
    spec = json.decode(_action(env, "FileWrite").content)
    asserts.equals(env, ["rules/tests/populate/fill.sh", "--to={out}", "$HOME"], spec["arguments"])
    asserts.true(env, spec["work"])
    asserts.true(env, spec["strict"])
    asserts.false(env, spec["network"])
    asserts.equals(env, {"A": "{out}/a"}, spec["environment"])
    asserts.equals(env, {
        "accept": ["*.bin"],
        "exclude": ["**/*.lock"],
        "name": "store",
        "replace": [
            {"files": "a/*", "pattern": "x", "text": "y"},
            {"files": "a/*", "pattern": "z", "text": ""},
        ],
    }, spec["populate"])

    target = analysistest.target_under_test(env)
    info = target[ToolCacheInfo]
    asserts.equals(env, "store", info.name)
    asserts.equals(env, {"mode": "copy", "paths": ["a"]}, info.access)
    asserts.equals(env, {"B": "{tmp}", "STORE_DIR": "{root}/{{x}}"}, info.environment.set)
    asserts.equals(env, ["CLEARED"], info.environment.clear)
    asserts.equals(env, [{"host": "demo.example", "remedy": "fill it"}], info.reaches)
    asserts.equals(env, "made by //rules/tests/populate:store", info.recipe)
    asserts.true(env, info.folder.is_directory)
    asserts.equals(env, [info.folder], target[DefaultInfo].files.to_list())
    asserts.equals(env, [info.manifest], target[OutputGroupInfo].manifest.to_list())
    asserts.equals(
        env,
        {"STORE_CACHE": info.folder.path, "STORE_DIR": info.folder.path + "/{x}"},
        target[platform_common.TemplateVariableInfo].variables,
    )
    return analysistest.end(env)

_store_test = analysistest.make(_store_impl)

def _requirements_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, {"block-network": "", "no-remote-cache": ""}, execution_requirements(False, {}))
    asserts.equals(env, {"block-network": "", "no-remote": "1"}, execution_requirements(True, {"no-remote": "1"}))
    return unittest.end(env)

_requirements_test = unittest.make(_requirements_impl)

def _failure_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.expect_failure(env, ctx.attr.message)
    return analysistest.end(env)

_failure_test = analysistest.make(
    _failure_impl,
    attrs = {"message": attr.string()},
    expect_failure = True,
)

_FAILURES = {
    "1bad": "the name is the cache's, as in {cache:NAME}: begin it with a letter",
    "both": "A is in both environment and clear: take it out of one (LT607)",
    "demo": "is made by a cache of the name demo: give it another name",
    "no_program": "needs either tool (a target) or program (a path, as in",
    "odd_replace": "replace[\"a\"] has to be a list of pairs: a pattern and its replacement (LT607)",
    "paths_without_copy": "copy_paths says what a private copy has: add access = \"copy\" (LT607)",
}

def populate_test_suite(name):
    """The tests of populate.

    Args:
        name: the test suite.
    """
    _store_test(name = name + "_store", target_under_test = ":store")
    _requirements_test(name = name + "_requirements")
    for target, message in _FAILURES.items():
        _failure_test(
            name = "%s_%s" % (name, target),
            message = message,
            target_under_test = ":" + target,
        )
    native.test_suite(
        name = name,
        tests = [name + suffix for suffix in ["_store", "_requirements"] + ["_" + target for target in _FAILURES]],
    )
