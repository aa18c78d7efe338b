"""Tests of what `artifact_files` of a tool may say."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//extensions/private:artifact_files.bzl", "artifact_slots")

_PLATFORMS = ["linux_aarch64", "linux_x86_64"]

def _good_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, ({}, None), artifact_slots({}, _PLATFORMS))
    slots, error = artifact_slots(
        {"//:a.zip": "zip", "//:b.zip": " zip@linux_x86_64  headers@linux_aarch64 "},
        _PLATFORMS,
    )
    asserts.equals(env, None, error)
    asserts.equals(
        env,
        {"headers@linux_aarch64": "//:b.zip", "zip": "//:a.zip", "zip@linux_x86_64": "//:b.zip"},
        slots,
    )
    asserts.equals(env, ["headers@linux_aarch64", "zip", "zip@linux_x86_64"], slots.keys())
    return unittest.end(env)

# What the file is for, and what that is answered with.
_BAD = [
    ("", "\"\" names no artifact: write its id in the recipe, as in \"zip\", or ID@PLATFORM, as in \"zip@linux_x86_64\" (LT116)"),
    (" ", "\" \" names no artifact: write its id in the recipe"),
    ("1zip", "\"1zip\" names no artifact: write its id in the recipe"),
    ("@linux_x86_64", "\"@linux_x86_64\" names no artifact: write its id in the recipe"),
    ("zip@linux_amd64", "\"linux_amd64\" is not a platform: one of freebsd_x86_64, "),
    ("zip@", "\"\" is not a platform: one of freebsd_x86_64, "),
    ("zip@macos_aarch64", "the tool is not asked for on macos_aarch64: add it to platforms, or take the file out (LT345)"),
    ("zip tar zip", "a second file for this artifact, beside //:a.zip: take one out (LT605)"),
]

def _bad_impl(ctx):
    env = unittest.begin(ctx)
    for text, message in _BAD:
        slots, error = artifact_slots({"//:a.zip": text}, _PLATFORMS)
        asserts.equals(env, {}, slots)
        start = "artifact_files = {\"//:a.zip\": %s}: %s" % (repr(text), message)
        asserts.true(env, error.startswith(start), error)
        asserts.true(env, error.endswith(")") and " (LT" in error, error)
    _, error = artifact_slots({"//:a.zip": "zip", "//:b.zip": "zip"}, _PLATFORMS)
    asserts.equals(
        env,
        "artifact_files = {\"//:b.zip\": \"zip\"}: a second file for this artifact, beside //:a.zip: take one out (LT605)",
        error,
    )
    return unittest.end(env)

good_test = unittest.make(_good_impl)
bad_test = unittest.make(_bad_impl)

def artifact_files_test_suite(name):
    unittest.suite(name, good_test, bad_test)
