"""Tests of purls, registries and the addresses that they make together."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//extensions/private:artifact.bzl", "artifact_address")
load("//extensions/private:npmrc.bzl", "npm_auth", "npm_scope_registry", "npmrc_values")
load("//extensions/private:purl.bzl", "parse_purl")
load("//extensions/private:registry.bzl", "npmrc_registry", "split_credentials")

_ADDRESSES = {
    "pkg:npm/%40oven/bun-linux-x64@1.4.5": "B/@oven/bun-linux-x64/-/bun-linux-x64-1.4.5.tgz",
    "pkg:npm/%40scope/name@1.2.3-rc.1%2Bbuild?x=y#z": "B/@scope/name/-/name-1.2.3-rc.1+build.tgz",
    "pkg:npm/@scope/name@1.2.3": "B/@scope/name/-/name-1.2.3.tgz",
    "pkg:npm/pnpm@10.34.9": "B/pnpm/-/pnpm-10.34.9.tgz",
}

_NO_ADDRESSES = {
    "npm/pnpm@1": 'package URL "npm/pnpm@1" names no version: write it as pkg:npm/NAME@VERSION (LT209)',
    "pkg:npm": 'package URL "pkg:npm" names no version',
    "pkg:npm/pnpm": 'package URL "pkg:npm/pnpm" names no version',
    "pkg:pypi/pip@1": 'package URL "pkg:pypi/pip@1" is of type pypi: this rules_lazytools knows npm (LT209)',
}

def _address_impl(ctx):
    env = unittest.begin(ctx)
    for purl, address in _ADDRESSES.items():
        asserts.equals(env, (address, None), artifact_address(purl, "B"))
    for purl, message in _NO_ADDRESSES.items():
        address, error = artifact_address(purl, "B")
        asserts.equals(env, None, address)
        asserts.true(env, error.startswith(message), error)
    asserts.equals(env, "1.2.3", parse_purl("pkg:npm/a/b@1.2.3").version)
    return unittest.end(env)

_NPMRCS = [
    ("", None),
    ("save=true\n", None),
    ("registry=https://one.example/\n", "https://one.example/"),
    ("registry = \"https://one.example/\"\r\n", "https://one.example/"),
    ("registry=https://one.example/\nregistry=https://two.example/\n", "https://two.example/"),
    ("# registry=https://comment.example\n;registry=https://comment.example\n", None),
    ("@scope:registry=https://scope.example\n", None),
    ("registry=https://${HOST}/npm${NONE}\n", "https://host.example/npm"),
    ("registry=${NONE}\n", None),
    ("registry=https://${HOST\n", "https://${HOST"),
]

def _npmrc_impl(ctx):
    env = unittest.begin(ctx)
    for text, registry in _NPMRCS:
        asserts.equals(env, registry, npmrc_registry(text, {"HOST": "host.example"}))
    return unittest.end(env)

_SETTINGS = """
; //comment.example/:_authToken=comment
@scope:registry=https://${HOST}/scoped/
@empty:registry=
//${HOST}/:_authToken=outer
//host.example/scoped/:_authToken="inner"
//basic.example:8443/:_auth=YTpi
//none.example/:_authToken=${NONE}
"""

_SCOPES = {
    "pkg:npm/%40empty/x@1": None,
    "pkg:npm/%40other/x@1": None,
    "pkg:npm/%40scope/x@1": "https://host.example/scoped/",
    "pkg:npm/scope@1": None,
}

_AUTHS = {
    "https://basic.example/x": None,
    "https://basic.example:8443/x": ("Basic <password>", "YTpi"),
    "https://host.example/scoped/@scope/x/-/x-1.tgz?y": ("Bearer <password>", "inner"),
    "https://host.example/x": ("Bearer <password>", "outer"),
    "https://none.example/x": None,
    "https://sub.host.example/x": None,
}

def _npmrc_settings_impl(ctx):
    env = unittest.begin(ctx)
    files = [{}, npmrc_values(_SETTINGS, {"HOST": "host.example"})]
    for purl, registry in _SCOPES.items():
        asserts.equals(env, registry, npm_scope_registry(files, purl))
    for url, expected in _AUTHS.items():
        auth = npm_auth(files, url)
        asserts.equals(env, expected, auth and (auth["pattern"], auth["password"]))
    return unittest.end(env)

_CREDENTIALS = {
    "file:///a@b/c": ("file:///a@b/c", None, None),
    "https://host.example/@scope/x": ("https://host.example/@scope/x", None, None),
    "https://user:pass:word@host.example:8443/x": ("https://host.example:8443/x", "user", "pass:word"),
    "https://user@host.example": ("https://host.example", "user", ""),
    "nothing": ("nothing", None, None),
}

def _credentials_impl(ctx):
    env = unittest.begin(ctx)
    for url, parts in _CREDENTIALS.items():
        asserts.equals(env, parts, split_credentials(url))
    return unittest.end(env)

address_test = unittest.make(_address_impl)
npmrc_test = unittest.make(_npmrc_impl)
npmrc_settings_test = unittest.make(_npmrc_settings_impl)
credentials_test = unittest.make(_credentials_impl)

def address_test_suite(name):
    unittest.suite(name, address_test, npmrc_test, npmrc_settings_test, credentials_test)
