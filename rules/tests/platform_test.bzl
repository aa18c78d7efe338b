"""Tests of which parts make a cache, where the platforms of host and target differ."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//rules:defs.bzl", "ToolCacheInfo")

def fake_platforms(host, target):
    """Settings by which actions run on one platform and build for another.

    Args:
        host: the platform that actions run on.
        target: the platform that is built for.

    Returns:
        A dict for `config_settings`.
    """
    return {
        "//command_line_option:extra_execution_platforms": str(Label("//platforms:%s_platform" % host)),
        "//command_line_option:extra_toolchains": ",".join([
            str(Label("//rules/tests:fake_exec")),
            str(Label("//rules/tests:fake_target")),
        ]),
        "//command_line_option:platforms": str(Label("//platforms:%s_platform" % target)),
    }

def _through_exec_impl(ctx):
    return [ctx.attr.cache[ToolCacheInfo]]

through_exec = rule(
    implementation = _through_exec_impl,
    doc = "Hands on what a cache is when an action's tool is it.",
    attrs = {
        "cache": attr.label(cfg = "exec", doc = "The cache.", providers = [ToolCacheInfo]),
    },
)

def _cache_impl(ctx):
    env = analysistest.begin(ctx)
    cache = analysistest.target_under_test(env)[ToolCacheInfo]
    asserts.equals(env, "demo", cache.name)
    asserts.equals(env, "demo 1.2", cache.recipe)
    asserts.equals(env, ctx.attr.expected_host, cache.host)
    asserts.equals(env, ctx.attr.expected_target, cache.target)
    asserts.equals(env, {"mode": "copy"}, cache.access)
    asserts.equals(env, "{root}", cache.environment.set["DEMO_CACHE_DIR"])
    for action in analysistest.target_actions(env):
        if action.mnemonic == "FileWrite":
            layout = [step["write"]["to"] for part in json.decode(action.content)["parts"] for step in part["layout"]]
            asserts.equals(env, ctx.attr.expected_layout, layout)
    return analysistest.end(env)

def _cache_test(host, target):
    return analysistest.make(
        _cache_impl,
        attrs = {
            "expected_host": attr.string(),
            "expected_layout": attr.string_list(),
            "expected_target": attr.string(),
        },
        config_settings = fake_platforms(host, target),
    )

macos_for_linux_test = _cache_test("macos_aarch64", "linux_aarch64")
linux_for_musl_test = _cache_test("linux_x86_64", "linux_x86_64_musl")
linux_for_windows_test = _cache_test("linux_x86_64", "windows_x86_64")

def _binary_impl(ctx):
    env = analysistest.begin(ctx)
    specs = [json.decode(action.content) for action in analysistest.target_actions(env) if action.mnemonic == "FileWrite"]
    asserts.equals(env, 1, len(specs))
    cache = specs[0]["caches"][0]
    asserts.equals(env, "linux_x86_64", cache["host"])
    asserts.equals(env, "linux_x86_64", cache["target"])
    asserts.true(env, cache["folder"].endswith("/rules/tests/hub/demo"), cache["folder"])
    asserts.true(env, cache["manifest"].endswith("/rules/tests/hub/demo.manifest.json"), cache["manifest"])
    asserts.equals(env, ["{cache:demo}/bin/demo"], specs[0]["command"])
    asserts.equals(env, ["--flag"], specs[0]["arguments"])
    asserts.false(env, specs[0]["network"])

    runfiles = analysistest.target_under_test(env)[DefaultInfo].default_runfiles.files.to_list()
    names = [file.basename for file in runfiles]
    for name in ["demo", "demo.manifest.json", "demo_binary", "demo_binary.lazytools.json"]:
        asserts.true(env, name in names, "%s is not in the runfiles" % name)
    return analysistest.end(env)

# Actions run on macOS, and the program is for Linux: its host is Linux.
binary_for_linux_test = analysistest.make(_binary_impl, config_settings = fake_platforms("macos_aarch64", "linux_x86_64"))

def platform_test_suite(name):
    """The tests of platforms.

    Args:
        name: the test suite.
    """
    macos_for_linux_test(
        name = name + "_macos_for_linux",
        expected_host = "macos_aarch64",
        expected_layout = ["any", "host_macos_aarch64", "target_linux_aarch64"],
        expected_target = "linux_aarch64",
        target_under_test = "//rules/tests/hub:demo",
    )
    linux_for_musl_test(
        name = name + "_linux_for_musl",
        expected_host = "linux_x86_64",
        expected_layout = ["any", "host_linux_x86_64", "target_linux_x86_64_musl"],
        expected_target = "linux_x86_64_musl",
        target_under_test = "//rules/tests/hub:demo",
    )

    # Windows is pinned, and needs nothing of its own.
    linux_for_windows_test(
        name = name + "_linux_for_windows",
        expected_host = "linux_x86_64",
        expected_layout = ["any", "host_linux_x86_64"],
        expected_target = "windows_x86_64",
        target_under_test = "//rules/tests/hub:demo",
    )

    through_exec(name = name + "_through_exec", cache = "//rules/tests/hub:demo", tags = ["manual"])
    macos_for_linux_test(
        name = name + "_tool_of_an_action",
        expected_host = "macos_aarch64",
        expected_layout = [],
        expected_target = "macos_aarch64",
        target_under_test = name + "_through_exec",
    )
    binary_for_linux_test(
        name = name + "_binary",
        target_under_test = ":demo_binary",
    )
    native.test_suite(name = name, tests = [name + suffix for suffix in [
        "_binary",
        "_linux_for_musl",
        "_linux_for_windows",
        "_macos_for_linux",
        "_tool_of_an_action",
    ]])
