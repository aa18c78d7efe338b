"""Tests of what update_pins_test is given to look at."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//extensions/private:pins.bzl", "pins_files")

_REQUEST = {"platforms": ["linux_x86_64"], "recipe": "bun"}

def _files_impl(ctx):
    env = unittest.begin(ctx)
    requests, files = pins_files({
        "hub": "lazy_tools",
        "lock": "lazy_tools.lock.json",
        "registries": {},
        "requestsVersion": 1,
        "tools": {
            "a": {"request": _REQUEST, "versionFromPath": "web/package-lock.json"},
            "b": {
                "artifactFilePaths": {"zip": "web/x.zip", "zip@linux_x86_64": "/home/me/external/other/y.zip"},
                "filePaths": {"package_lock": "web/package-lock.json"},
                "recipePath": "/home/me/external/other/recipe.toml",
                "request": _REQUEST,
            },
            "c": {"recipePath": "/home/me/external/other/recipe.toml", "request": _REQUEST},
            "d": {"recipePath": "C:\\external\\recipe.toml", "request": _REQUEST},
        },
    })
    outside = "external/1/recipe.toml"
    outside_zip = "external/3/y.zip"
    asserts.equals(
        env,
        {
            "external/1/recipe.toml": "/home/me/external/other/recipe.toml",
            "external/3/y.zip": "/home/me/external/other/y.zip",
            "external/4/recipe.toml": "C:\\external\\recipe.toml",
            "lazy_tools.lock.json": "lazy_tools.lock.json",
            "web/package-lock.json": "web/package-lock.json",
            "web/x.zip": "web/x.zip",
        },
        files,
    )
    tools = requests["tools"]
    asserts.equals(env, {"request": _REQUEST, "versionFromPath": "web/package-lock.json"}, tools["a"])
    asserts.equals(env, outside, tools["b"]["recipePath"])
    asserts.equals(env, {"package_lock": "web/package-lock.json"}, tools["b"]["filePaths"])
    asserts.equals(env, {"zip": "web/x.zip", "zip@linux_x86_64": outside_zip}, tools["b"]["artifactFilePaths"])
    asserts.equals(env, outside, tools["c"]["recipePath"])
    asserts.equals(env, "lazy_tools.lock.json", requests["lock"])
    asserts.equals(env, 1, requests["requestsVersion"])
    return unittest.end(env)

files_test = unittest.make(_files_impl)

def pins_test_suite(name):
    unittest.suite(name, files_test)
