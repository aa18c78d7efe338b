"""Tests of variables and of paths in the work folder."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//rules/private:environment.bzl", "expand_root", "make_variables", "merge_environments")
load("//rules/private:run_spec.bzl", "package_relative")

_TEMPLATES = {
    "": "",
    "plain": "plain",
    "{root": None,
    "{root}": "R",
    "{root}/a:{root}/b": "R/a:R/b",
    "{root}/{home}": None,
    "{tmp}/x": None,
    "{upper}": None,
    "{{root}}": "{root}",
    "{{{root}}}": "{R}",
}

def _expand_root_impl(ctx):
    env = unittest.begin(ctx)
    for template, text in _TEMPLATES.items():
        asserts.equals(env, text, expand_root(template, "R"))
    return unittest.end(env)

def _merge_impl(ctx):
    env = unittest.begin(ctx)
    merged = merge_environments([
        {"set": {"B": "any", "A": "any"}, "clear": ["Z", "C"]},
        {},
        {"set": {"B": "target", "C": "target"}, "clear": ["Y"]},
    ])
    asserts.equals(env, {"A": "any", "B": "target", "C": "target"}, merged.set)
    asserts.equals(env, ["A", "B", "C"], merged.set.keys())
    asserts.equals(env, ["Y", "Z"], merged.clear)
    asserts.equals(
        env,
        {"MY_TOOL_1_CACHE": "F", "V": "F/x"},
        make_variables("my-tool.1", "F", struct(set = {"V": "{root}/x", "W": "{home}"}, clear = [])),
    )
    return unittest.end(env)

def _package_relative_impl(ctx):
    env = unittest.begin(ctx)
    for path, package, relative in [
        ("a/b/c.txt", "a/b", "c.txt"),
        ("a/b/c/d.txt", "a/b", "c/d.txt"),
        ("a/bc/d.txt", "a/b", "a/bc/d.txt"),
        ("c.txt", "", "c.txt"),
        ("../repo/a/b.txt", "a", "external/repo/a/b.txt"),
        ("../repo/b.txt", "", "external/repo/b.txt"),
    ]:
        asserts.equals(env, relative, package_relative(struct(short_path = path), package))
    return unittest.end(env)

expand_root_test = unittest.make(_expand_root_impl)
merge_test = unittest.make(_merge_impl)
package_relative_test = unittest.make(_package_relative_impl)

def environment_test_suite(name):
    unittest.suite(name, expand_root_test, merge_test, package_relative_test)
