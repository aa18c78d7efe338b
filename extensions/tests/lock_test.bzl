"""Tests of the lock reader: a good lock, and what each kind of bad one is answered with."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//extensions/private:integrity.bzl", "integrity_error")
load("//extensions/private:lock.bzl", "artifact_error", "file_label", "read_lock", "tool_error", "tool_parts")

_SHA256 = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
_SHA384 = "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb"
_SHA512 = "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="

_GOOD = """{
  "lockVersion": 1,
  "tools": {
    "a": {
      "recipe": {"name": "r", "digest": "%s"},
      "request": {"recipe": "r", "platforms": ["linux_x86_64"]},
      "any": {"artifacts": {"x": {"purl": "pkg:npm/x@1", "format": "tar.gz", "integrity": "%s", "size": 1,
                                   "provenance": {"from": "npm", "over": "digest", "key": "SHA256:x"}}}},
      "target": {"linux_x86_64": {"artifacts": {"y": {"urls": ["file:///y"], "format": "file", "integrity": "%s"}}}}
    }
  }
}
""" % (_SHA256, _SHA256, _SHA512)

def _good_lock_impl(ctx):
    env = unittest.begin(ctx)
    lock = read_lock(_GOOD, "lazy.json")
    asserts.equals(env, None, lock.error)
    asserts.equals(env, None, tool_error(lock.tools["a"], "a", "lazy.json"))
    asserts.equals(env, ["a"], lock.tools.keys())
    parts = tool_parts(lock.tools["a"])
    asserts.equals(env, [("any", ""), ("target", "linux_x86_64")], [(role, platform) for role, platform, _ in parts])
    asserts.equals(env, _SHA256, parts[0][2]["artifacts"]["x"]["integrity"])
    return unittest.end(env)

def _no_lock_impl(ctx):
    env = unittest.begin(ctx)
    for text in [None, "", " \n"]:
        lock = read_lock(text, "lazy.json")
        asserts.equals(env, None, lock.error)
        asserts.equals(env, {}, lock.tools)
    return unittest.end(env)

# What is done to the good lock, and what the whole lock is answered with.
_BAD_LOCKS = [
    ("{", "{{", "lazy.json is not JSON. Restore it from git, or empty it and run `bazel run //tools:update_pins` (LT102)"),
    (_GOOD, "[]", "lazy.json is not an object. Restore it from git"),
    (_GOOD, "<!DOCTYPE html>", "lazy.json is not JSON"),
    ('"lockVersion": 1', '"lockVersion": 2', "lazy.json has lockVersion 2: this rules_lazytools reads lockVersion 1."),
    ('"lockVersion": 1', '"lockVersion": "1"', "lazy.json has lockVersion 1: this rules_lazytools reads"),
    ('"lockVersion": 1,', "", "lazy.json has no lockVersion"),
    ('"tools"', '"tool"', "lazy.json has no tools"),
    ("{\n", "{\n<<<<<<< HEAD\n", "lazy.json:2: git left conflict markers: take either side whole"),
    ("{\n", "{\n>>>>>>> theirs\n", "lazy.json:2: git left conflict markers"),
]

def _bad_lock_impl(ctx):
    env = unittest.begin(ctx)
    for before, after, message in _BAD_LOCKS:
        error = read_lock(_GOOD.replace(before, after, 1), "lazy.json").error
        asserts.true(env, error and error.startswith(message), "%s: %s" % (after, error))
        asserts.true(env, error and error.endswith(")") and " (LT1" in error, error)
    return unittest.end(env)

# What is done to the good lock, and what the tool is answered with.
_BAD_TOOLS = [
    (', "integrity": "%s", "size": 1' % _SHA256, "", "lazy.json: tools.a.any.artifacts.x: missing field `integrity`", "LT104"),
    (_SHA512, "md5-1B2M2Y8AsgTpgAmY7PhCfg==", "lazy.json: tools.a.target.linux_x86_64.artifacts.y.integrity: integrity", "LT104"),
    ('"purl": "pkg:npm/x@1"', '"purl": "x@1"', 'lazy.json: tools.a.any.artifacts.x.purl: "x@1" does not begin with', "LT110"),
    ('"purl": "pkg:npm/x@1", ', "", "lazy.json: tools.a.any.artifacts.x: it needs one of purl, urls and file", "LT110"),
    ('"purl"', '"urls": ["file:///x"], "purl"', "lazy.json: tools.a.any.artifacts.x: it needs one of", "LT110"),
    ('"purl"', '"file": "//:x", "purl"', "lazy.json: tools.a.any.artifacts.x: it needs one of", "LT110"),
    ('"purl": "pkg:npm/x@1"', '"file": "x"', 'lazy.json: tools.a.any.artifacts.x.file: "x" is not a label', "LT110"),
    ('["file:///y"]', "[]", "lazy.json: tools.a.target.linux_x86_64.artifacts.y.urls: it is not a list", "LT110"),
    ('["file:///y"]', "[1]", "lazy.json: tools.a.target.linux_x86_64.artifacts.y.urls: it is not a list", "LT110"),
    ('"request"', '"requests"', "lazy.json: tools.a: missing field `request`", "LT110"),
    ('"platforms"', '"platform"', "lazy.json: tools.a.request: missing field `platforms`", "LT110"),
    ('"target": {', '"host": [], "target": {', "lazy.json: tools.a.host: it is not an object", "LT110"),
    ('"any": {', '"host": {"linux_x86_64": 1}, "any": {', "lazy.json: tools.a.host.linux_x86_64: it is not", "LT110"),
]

def _bad_tool_impl(ctx):
    env = unittest.begin(ctx)
    for before, after, message, code in _BAD_TOOLS:
        lock = read_lock(_GOOD.replace(before, after, 1), "lazy.json")
        asserts.equals(env, None, lock.error)
        error = tool_error(lock.tools["a"], "a", "lazy.json")
        asserts.true(env, error.startswith(message), error)
        asserts.true(env, error.endswith(". Restore it from git, or empty it and run `bazel run //tools:update_pins` (%s)" % code), error)
    return unittest.end(env)

_BAD_INTEGRITIES = [
    ("", "has no algorithm"),
    (1, "is not a text"),
    ("md5-1B2M2Y8AsgTpgAmY7PhCfg==", "only sha256, sha384 and sha512"),
    ("sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "only sha256, sha384 and sha512"),
    ("sha256-zz!", "not base64"),
    ("sha256-47DE Qpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", "not base64"),
    ("sha256-47DEQpj8HBSa=/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "not base64"),
    ("sha256-AAAA", "holds 3 bytes where sha256 has 32"),
    ("sha256-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "holds 48 bytes where sha256 has 32"),
    ("sha512-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "holds 32 bytes where sha512 has 64"),
]

def _integrity_impl(ctx):
    env = unittest.begin(ctx)
    for text in [_SHA256, _SHA384, _SHA512]:
        asserts.equals(env, None, integrity_error(text))
    for text, message in _BAD_INTEGRITIES:
        error = integrity_error(text)
        asserts.true(env, error and message in error, "%s: %s" % (text, error))
    return unittest.end(env)

def _file_impl(ctx):
    env = unittest.begin(ctx)
    for file in ["//:x.zip", "//a/b:c/x.zip", "@@other+//:x.zip"]:
        asserts.equals(env, None, artifact_error({"file": file, "format": "zip", "integrity": _SHA256}))
    for file in ["", ":x.zip", "//a/b", "a//:b", 1]:
        asserts.true(env, artifact_error({"file": file, "integrity": _SHA256}), repr(file))
    asserts.equals(env, "@@//a:x.zip", file_label("//a:x.zip", ""))
    asserts.equals(env, "@@rules_x+//a:x.zip", file_label("//a:x.zip", "rules_x+"))
    asserts.equals(env, "@@other+//a:x.zip", file_label("@@other+//a:x.zip", "rules_x+"))
    return unittest.end(env)

good_lock_test = unittest.make(_good_lock_impl)
no_lock_test = unittest.make(_no_lock_impl)
bad_lock_test = unittest.make(_bad_lock_impl)
bad_tool_test = unittest.make(_bad_tool_impl)
integrity_test = unittest.make(_integrity_impl)
file_test = unittest.make(_file_impl)

def lock_test_suite(name):
    unittest.suite(name, good_lock_test, no_lock_test, bad_lock_test, bad_tool_test, integrity_test, file_test)
