"""Tests of what becomes of the tags of MODULE.bazel, and of pins that do not fit them."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//extensions/private:collect.bzl", "collect")
load("//extensions/private:request.bzl", "make_request", "stale_error", "unpinned_error")

def _lock(hub = "lazy_tools"):
    return struct(hub = hub, file = Label("//:lazy_tools.lock.json"))

def _tool(name = "bun", hub = "lazy_tools", platforms = ["linux_x86_64"], params = {}, files = {}, artifact_files = {}, **version):
    return struct(
        name = name,
        hub = hub,
        platforms = platforms,
        params = params,
        files = files,
        artifact_files = artifact_files,
        version = version.get("version", ""),
        version_from = version.get("version_from"),
        version_package = version.get("version_package", ""),
        version_range = version.get("version_range", ""),
    )

def _registry(type = "npm", url = "https://registry.example/npm/"):
    return struct(type = type, url = url)

def _module(name = "root", is_root = True, lock = [], tool = [], registry = []):
    return struct(name = name, is_root = is_root, tags = struct(lock = lock, tool = tool, registry = registry))

def _good_impl(ctx):
    env = unittest.begin(ctx)
    collected = collect([
        _module(
            lock = [_lock(), _lock("other")],
            tool = [_tool("bun"), _tool("node"), _tool("bun", "other")],
            registry = [_registry()],
        ),
        _module("rules_x", False, lock = [_lock("rules_x_tools")], tool = [_tool("bun", "rules_x_tools")]),
    ])
    asserts.equals(env, None, collected.error)
    asserts.equals(env, ["lazy_tools", "other", "rules_x_tools"], sorted(collected.hubs))
    asserts.equals(env, ["bun", "node"], collected.hubs["lazy_tools"].tools.keys())
    asserts.equals(env, {"npm": "https://registry.example/npm"}, collected.registries)
    asserts.equals(env, None, collect([]).error)
    return unittest.end(env)

# Modules, and what they are answered with.
_BAD = [
    (
        [_module(tool = [_tool()])],
        "the root module, lazy_tools.tool(name = \"bun\"): hub lazy_tools has no lock: add " +
        "`lazy_tools.lock(file = \"//:lazy_tools.lock.json\")` (LT604)",
    ),
    (
        [_module(tool = [_tool(hub = "other")])],
        "the root module, lazy_tools.tool(name = \"bun\"): hub other has no lock: add " +
        "`lazy_tools.lock(file = \"//:other.lock.json\", hub = \"other\")` (LT604)",
    ),
    (
        [_module(lock = [_lock(), _lock()])],
        "hub lazy_tools has two locks, from the root module and the root module",
    ),
    (
        [_module("a", False, lock = [_lock("x")]), _module("b", False, lock = [_lock("x")])],
        "hub x has two locks, from module a and module b",
    ),
    (
        [_module(), _module("rules_x", False, lock = [_lock()])],
        "module rules_x uses the hub lazy_tools, which is the root module's: give its `lazy_tools.lock` and " +
        "`lazy_tools.tool` tags a hub of their own, as in hub = \"rules_x_tools\" (LT604)",
    ),
    (
        [_module(lock = [_lock()]), _module("rules_x", False, tool = [_tool()])],
        "module rules_x, lazy_tools.tool(name = \"bun\"): hub lazy_tools belongs to the root module",
    ),
    ([_module(lock = [_lock("a.b")])], "the root module calls a hub \"a.b\", which cannot be a repository's name"),
    ([_module(lock = [_lock()], tool = [_tool("1x")])], "the root module, lazy_tools.tool(name = \"1x\"): \"1x\" is not a name"),
    ([_module(lock = [_lock()], tool = [_tool("a/b")])], "the root module, lazy_tools.tool(name = \"a/b\"): \"a/b\" is not a name"),
    ([_module(lock = [_lock()], tool = [_tool("host")])], "the root module, lazy_tools.tool(name = \"host\"): the name is taken"),
    (
        [_module(lock = [_lock()], tool = [_tool("requests.json")])],
        "the root module, lazy_tools.tool(name = \"requests.json\"): the name is taken",
    ),
    (
        [_module(lock = [_lock()], tool = [_tool("bun"), _tool("Bun")])],
        "the root module, lazy_tools.tool(name = \"Bun\"): hub lazy_tools has a tool bun already",
    ),
    (
        [_module(lock = [_lock()], tool = [_tool(platforms = [])])],
        "the root module, lazy_tools.tool(name = \"bun\"): no platforms",
    ),
    (
        [_module(lock = [_lock()], tool = [_tool(platforms = ["linux_amd64"])])],
        "the root module, lazy_tools.tool(name = \"bun\"): \"linux_amd64\" is not a platform: one of freebsd_x86_64, ",
    ),
    (
        [_module(lock = [_lock()], tool = [_tool(platforms = ["linux_x86_64", "linux_x86_64"])])],
        "the root module, lazy_tools.tool(name = \"bun\"): platform linux_x86_64 stands there twice",
    ),
    (
        [_module(lock = [_lock()], tool = [_tool(params = {"a b": "c"})])],
        "the root module, lazy_tools.tool(name = \"bun\"): parameter \"a b\" is not a name",
    ),
    (
        [_module(lock = [_lock()], tool = [_tool(artifact_files = {"//:x.zip": "zip@macos_aarch64"})])],
        "the root module, lazy_tools.tool(name = \"bun\"): artifact_files = {\"//:x.zip\": \"zip@macos_aarch64\"}: the " +
        "tool is not asked for on macos_aarch64: add it to platforms, or take the file out (LT345)",
    ),
    (
        [_module(lock = [_lock()], tool = [_tool(version = "1.0.0", version_range = ">=1")])],
        "the root module, lazy_tools.tool(name = \"bun\"): version and version_range both say which version",
    ),
    (
        [_module(lock = [_lock()], tool = [_tool(version_from = Label("//:package-lock.json"), version_range = ">=1")])],
        "the root module, lazy_tools.tool(name = \"bun\"): version_from and version_range both say which version",
    ),
    (
        [_module(lock = [_lock()], tool = [_tool(version_package = "bun")])],
        "the root module, lazy_tools.tool(name = \"bun\"): version_package says whose version",
    ),
    (
        [_module(), _module("rules_x", False, registry = [_registry()])],
        "lazy_tools.registry(type = \"npm\") in module rules_x: only the root module",
    ),
    ([_module(registry = [_registry("gem")])], "lazy_tools.registry(type = \"gem\"): there is no such type: one of cargo, "),
    ([_module(registry = [_registry(), _registry()])], "lazy_tools.registry(type = \"npm\") stands there twice"),
    ([_module(registry = [_registry(url = "registry.example")])], "lazy_tools.registry(type = \"npm\"): its url is not an address"),
    (
        [_module(registry = [_registry(url = "https://me:secret@registry.example")])],
        "lazy_tools.registry(type = \"npm\"): its url holds a password",
    ),
]

def _bad_impl(ctx):
    env = unittest.begin(ctx)
    for modules, message in _BAD:
        error = collect(modules).error
        asserts.true(env, error and error.startswith(message), "%s, not %s" % (error, message))
        asserts.true(env, error and error.endswith(")") and " (LT" in error, error)
        asserts.false(env, error and "secret" in error, "a message must not hold a password")
    return unittest.end(env)

def _stale_impl(ctx):
    env = unittest.begin(ctx)
    asked = make_request("bun", "1.4.5", {"variant": "baseline"}, {}, ["linux_x86_64", "linux_aarch64"])
    asserts.equals(env, ["linux_aarch64", "linux_x86_64"], asked["platforms"])

    # The lock leaves out what is empty.
    pinned = {"recipe": "bun", "platforms": ["linux_x86_64"]}
    asserts.equals(env, None, stale_error("a", "l", pinned, make_request("bun", "", {}, {}, ["linux_x86_64"])))
    asserts.equals(env, None, stale_error("a", "l", asked, asked))
    asserts.equals(
        env,
        "the pin of tool a in l is stale, MODULE.bazel asks for version \"1.4.5\", pinned \"\"; " +
        "params variant=\"baseline\", pinned none; platforms linux_aarch64, linux_x86_64, pinned linux_x86_64: " +
        "run `bazel run //tools:update_pins` (LT602)",
        stale_error("a", "l", pinned, asked),
    )
    asserts.equals(
        env,
        "the pin of tool a in l is stale, MODULE.bazel asks for versionRange \">=2\", pinned \">=1\": run " +
        "`bazel run //tools:update_pins` (LT602)",
        stale_error(
            "a",
            "l",
            {"platforms": ["linux_x86_64"], "recipe": "bun", "versionRange": ">=1"},
            make_request("bun", "", {}, {}, ["linux_x86_64"], version_range = ">=2"),
        ),
    )
    asserts.equals(
        env,
        "the pin of tool a in l is stale, MODULE.bazel asks for artifactFiles zip=\"//:x.zip\", pinned none: run " +
        "`bazel run //tools:update_pins` (LT602)",
        stale_error(
            "a",
            "l",
            {"platforms": ["linux_x86_64"], "recipe": "bun"},
            make_request("bun", "", {}, {}, ["linux_x86_64"], artifact_files = {"zip": "//:x.zip"}),
        ),
    )
    asserts.equals(
        env,
        "tool a is declared in MODULE.bazel and not yet pinned in l: run `bazel run //tools:update_pins` (LT601)",
        unpinned_error("a", "l"),
    )
    return unittest.end(env)

good_test = unittest.make(_good_impl)
bad_test = unittest.make(_bad_impl)
stale_test = unittest.make(_stale_impl)

def collect_test_suite(name):
    unittest.suite(name, good_test, bad_test, stale_test)
