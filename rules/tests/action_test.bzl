"""Tests of the actions: command lines, variables, requirements."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//rules:defs.bzl", "ToolCacheInfo")
load(":platform_test.bzl", "fake_platforms")

_SETTINGS = fake_platforms("linux_x86_64", "linux_aarch64")

def _action(env, mnemonic):
    actions = [action for action in analysistest.target_actions(env) if action.mnemonic == mnemonic]
    asserts.equals(env, 1, len(actions))
    return actions[0]

def _short(argument):
    """An argument without the configuration's folder and without the name of a generated repository."""
    before, found, after = argument.partition("bazel-out/")
    if not found:
        return argument
    return before + "BIN/" + after.partition("/bin/")[2]

def _argv(action):
    """The arguments after the helper's path."""
    return [_short(argument) for argument in action.argv[1:]]

def _assemble_impl(ctx):
    env = analysistest.begin(ctx)
    action = _action(env, "LazyToolsAssemble")
    asserts.equals(env, [
        "assemble",
        "--plan",
        "BIN/rules/tests/parts.plan.json",
        "--artifact",
        "any/one=rules/tests/artifact.txt",
        "--artifact",
        "any/two=rules/tests/artifact.txt",
        "--artifact",
        "target/one=rules/tests/fake_helper.sh",
        "--out",
        "BIN/rules/tests/parts",
        "--manifest",
        "BIN/rules/tests/parts.manifest.json",
    ], _argv(action))
    plan = json.decode(_action(env, "FileWrite").content)
    asserts.equals(env, 1, plan["planVersion"])
    asserts.equals(env, "parts", plan["tool"])
    asserts.equals(env, ["any", "target"], [part["role"] for part in plan["parts"]])
    asserts.equals(env, [None, "linux_aarch64"], [part.get("platform") for part in plan["parts"]])
    asserts.equals(env, ["environment"], [key for key in ["environment"] if key not in plan["parts"][0]])

    target = analysistest.target_under_test(env)
    folder = target[ToolCacheInfo].folder
    asserts.true(env, folder.is_directory)
    asserts.equals(env, {
        "BOTH": "target",
        "PARTS_CACHE": folder.path,
        "PARTS_DIR": folder.path + "/{x}",
    }, target[platform_common.TemplateVariableInfo].variables)
    asserts.equals(env, ["CLEARED"], target[ToolCacheInfo].environment.clear)
    return analysistest.end(env)

assemble_test = analysistest.make(_assemble_impl, config_settings = _SETTINGS)

_RUN_ARGV = [
    "run",
    "--spec",
    "BIN/rules/tests/run.run.json",
    "--cache",
    "demo=BIN/rules/tests/hub/demo",
    "--cache-manifest",
    "demo=BIN/rules/tests/hub/demo.manifest.json",
    "--cache",
    "parts=BIN/rules/tests/parts",
    "--cache-manifest",
    "parts=BIN/rules/tests/parts.manifest.json",
    "--stdout",
    "BIN/rules/tests/run.log",
    "--chdir",
    "rules/tests",
    "--",
    "{cache:demo}/bin/demo",
]

_RUN_ARGUMENTS = [
    "rules/tests/artifact.txt",
    "--to=BIN/rules/tests/run.out",
    "BIN/rules/tests/run.out",
    "BIN/rules/tests/run.dir",
    "$HOME {work} {x}",
]

def _spec_of(env):
    return json.decode(_action(env, "FileWrite").content)

def _run_checks_impl(ctx):
    env = analysistest.begin(ctx)
    action = _action(env, "DemoTool")
    asserts.equals(env, _RUN_ARGV, _argv(action))
    outputs = sorted([file.basename for file in action.outputs.to_list()])
    asserts.equals(env, ["run.dir", "run.log", "run.out"], outputs)
    spec = _spec_of(env)
    asserts.equals(env, "//rules/tests:run", spec["label"])
    asserts.equals(env, _RUN_ARGUMENTS, [_short(argument) for argument in spec["arguments"]])
    asserts.equals(env, {"A": "rules/tests/artifact.txt", "B": "{tmp}"}, spec["environment"])
    asserts.equals(env, ["demo", "parts"], [cache["name"] for cache in spec["caches"]])
    asserts.equals(env, "linux_aarch64", spec["caches"][1]["target"])
    asserts.equals(env, [{"host": "demo.example", "remedy": "pin it"}], spec["caches"][0]["reaches"])
    asserts.false(env, spec["network"])
    asserts.false(env, spec["work"])
    return analysistest.end(env)

run_test = analysistest.make(_run_checks_impl, config_settings = _SETTINGS)

_WORK_ARGV = [
    "run",
    "--spec",
    "BIN/rules/tests/work.run.json",
    "--src",
    "rules/tests/artifact.txt=artifact.txt",
    "--src",
    "platforms/platforms.bzl=platforms/platforms.bzl",
    "--src",
    "rules/tests/hub/entry.bzl=hub/entry.bzl",
    "--out",
    "sub/100%=BIN/rules/tests/work.other",
    "--out",
    "work.out=BIN/rules/tests/work.out",
    "--out",
    "build/dir=BIN/rules/tests/work.dir",
    "--",
    "{execroot}/BIN/rules/tests/demo_tool",
]

def _work_impl(ctx):
    env = analysistest.begin(ctx)
    action = _action(env, "LazyToolsRun")
    asserts.equals(env, _WORK_ARGV, _argv(action))
    spec = _spec_of(env)
    asserts.equals(env, ["artifact.txt"], spec["arguments"])
    asserts.true(env, spec["work"])
    asserts.true(env, spec["network"])
    asserts.equals(env, [], spec["caches"])
    return analysistest.end(env)

work_test = analysistest.make(_work_impl, config_settings = _SETTINGS)

def _failure_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.expect_failure(env, ctx.attr.message)
    return analysistest.end(env)

failure_test = analysistest.make(
    _failure_impl,
    attrs = {"message": attr.string()},
    config_settings = _SETTINGS,
    expect_failure = True,
)

# Targets that cannot be analysed, and why.
_FAILURES = {
    "bad_collect": "collect names other.out, which is neither in outs nor in out_dirs: add it there (LT607)",
    "collect_without_work": "collect takes files from the work folder: add work = True (LT607)",
    "mixed_parts": "mixes parts of the tools parts and other: a cache is one tool's (LT607)",
    "neither_tool_nor_program": "needs either tool (a target) or program (a path, as in",
    "no_outputs": "has no outputs: name them in outs, out_dirs, stdout or stderr (LT607)",
    "no_parts": "has no parts: give at least one of any, host and target (LT607)",
    "tool_and_program": "needs either tool (a target) or program (a path, as in",
    "two_caches_of_a_name": "has two caches of the name demo: take one out, or pin the tool a second time",
    "unpinned": "tool demo is declared and not pinned (LT601)",
}

def action_test_suite(name):
    """The tests of actions.

    Args:
        name: the test suite.
    """
    assemble_test(name = name + "_assemble", target_under_test = ":parts")
    run_test(name = name + "_run", target_under_test = ":run")
    work_test(name = name + "_work", target_under_test = ":work")
    for target, message in _FAILURES.items():
        failure_test(
            name = "%s_%s" % (name, target),
            message = message,
            target_under_test = ":" + target,
        )
    native.test_suite(
        name = name,
        tests = [name + suffix for suffix in ["_assemble", "_run", "_work"] + ["_" + target for target in _FAILURES]],
    )
