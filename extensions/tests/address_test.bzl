"""Tests of purls, registries and the addresses that they make together."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//extensions/private:addresses.bzl", "artifact_addresses", "sha256_hex")
load("//extensions/private:npmrc.bzl", "npm_auth", "npm_scope_registry", "npmrc_values")
load("//extensions/private:purl.bzl", "decode", "parse_purl")
load("//extensions/private:pypi_page.bzl", "file_address", "join", "normal_name")
load("//extensions/private:registry.bzl", "split_credentials")
load("//extensions/private:registry_npm.bzl", "npmrc_registry")

# sha256 of nothing.
_INTEGRITY = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
_HEX = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

_SIX = "pkg:pypi/Six@1.0?file_name=six-1.0%2Bx.whl"

_ADDRESSES = {
    "pkg:cargo/Rand_Core@0.6.4": ["dl/Rand_Core/0.6.4/download"],
    "pkg:deb/debian/x@1%3A2~rc1?arch=amd64&distro=b&path=pool/x/x_2~rc1%2B1_amd64.deb": [
        "B1/pool/x/x_2~rc1+1_amd64.deb",
        "B2/pool/x/x_2~rc1+1_amd64.deb",
    ],
    "pkg:golang/github.com/BurntSushi/toml@v1.4.0-RC1": [
        "B1/github.com/!burnt!sushi/toml/@v/v1.4.0-!r!c1.zip",
        "B2/github.com/!burnt!sushi/toml/@v/v1.4.0-!r!c1.zip",
    ],
    "pkg:golang/gopkg.in/yaml.v2@v2.0.0%2Bincompatible?type=mod": [
        "B1/gopkg.in/yaml.v2/@v/v2.0.0+incompatible.mod",
        "B2/gopkg.in/yaml.v2/@v/v2.0.0+incompatible.mod",
    ],
    "pkg:maven/junit/junit@4.13.2": ["B1/junit/junit/4.13.2/junit-4.13.2.jar"],
    "pkg:maven/org.example/a@1?classifier=bin&type=zip": ["B1/org/example/a/1/a-1-bin.zip"],
    "pkg:npm/%40oven/bun-linux-x64@1.4.5": ["B1/@oven/bun-linux-x64/-/bun-linux-x64-1.4.5.tgz"],
    "pkg:npm/%40scope/name@1.2.3-rc.1%2Bbuild?x=y#z": ["B1/@scope/name/-/name-1.2.3-rc.1+build.tgz"],
    "pkg:npm/@scope/name@1.2.3": ["B1/@scope/name/-/name-1.2.3.tgz"],
    "pkg:npm/pnpm@10.34.9": ["B1/pnpm/-/pnpm-10.34.9.tgz"],
    _SIX: ["https://files.example/six.whl"],
}

_PAGES = {
    "B1/config.json": '{"dl": "dl/", "api": "x"}',
    "B1/six/": '{"files": [{"filename": "six-1.0+x.whl", "url": "https://files.example/six.whl#sha256=00"}]}',
}

# Where nothing can be read, Bazel's cache is still asked for the digest, so there is an address all the same.
_GUESSES = {
    "pkg:cargo/itoa@1.0.11": ["B1/itoa/1.0.11/download"],
    _SIX: ["B1/six/six-1.0+x.whl"],
}

_CRATE_TEMPLATES = {
    "https://x.example/{crate}-{version}.crate": "https://x.example/Abcd-1.0.0.crate",
    "https://x.example/{lowerprefix}/{prefix}/{sha256-checksum}": "https://x.example/ab/cd/Ab/cd/" + _HEX,
}

_NO_ADDRESSES = {
    "npm/pnpm@1": 'package URL "npm/pnpm@1" names no version: write it as pkg:npm/NAME@VERSION (LT209)',
    "pkg:gem/rails@1": 'package URL "pkg:gem/rails@1" is of type gem: this rules_lazytools knows cargo, deb, golang, maven, npm, pypi (LT209)',
    "pkg:deb/debian/x@1?arch=amd64": "package URL \"pkg:deb/debian/x@1?arch=amd64\" lacks a qualifier: write it as pkg:deb/",
    "pkg:npm": 'package URL "pkg:npm" names no version',
    "pkg:npm/%2E%2E/x@1": 'package URL "pkg:npm/%2E%2E/x@1" names no version',
    "pkg:npm/pnpm": 'package URL "pkg:npm/pnpm" names no version',
    "pkg:pypi/pip@1": 'package URL "pkg:pypi/pip@1" lacks a qualifier: write it as pkg:pypi/NAME@VERSION?file_name=FILE (LT209)',
}

def _addresses(purl, pages):
    return artifact_addresses(purl, lambda _: ["B1", "B2"], lambda url, _accept: pages.get(url), _INTEGRITY)

def _address_impl(ctx):
    env = unittest.begin(ctx)
    for purl, addresses in _ADDRESSES.items():
        asserts.equals(env, (addresses, None), _addresses(purl, _PAGES))
    for purl, addresses in _GUESSES.items():
        asserts.equals(env, (addresses, None), _addresses(purl, {}))
    for template, address in _CRATE_TEMPLATES.items():
        pages = {"B1/config.json": json.encode({"dl": template})}
        asserts.equals(env, ([address], None), _addresses("pkg:cargo/Abcd@1.0.0", pages))
    for purl, message in _NO_ADDRESSES.items():
        addresses, error = _addresses(purl, _PAGES)
        asserts.equals(env, None, addresses)
        asserts.true(env, error.startswith(message), error)
    asserts.equals(env, "1.2.3", parse_purl("pkg:npm/a/b@1.2.3").version)
    asserts.equals(env, "@a/b %zz%", decode("%40a%2fb%20%zz%"))
    asserts.equals(env, _HEX, sha256_hex(_INTEGRITY))
    asserts.equals(env, None, sha256_hex("sha512-AA=="))
    return unittest.end(env)

_PAGE = "https://index.example/simple/a/"

_LINKS = {
    "../../f/a.whl#sha256=00": "https://index.example/f/a.whl",
    "../../../../a.whl": "https://index.example/a.whl",
    "/f/a.whl": "https://index.example/f/a.whl",
    "//files.example/a.whl": "https://files.example/a.whl",
    "a.whl": _PAGE + "a.whl",
    "file:///etc/passwd": None,
    "https://files.example/a.whl#x": "https://files.example/a.whl",
}

_HTML = """<!DOCTYPE html><html><body><abbr>x</abbr>
<a href="../../f/a-1.whl?x=1&amp;y=2#sha256=00" data-requires-python="&gt;=3.8">a-1.whl</a>
<A data-yanked href='b'> b-1.whl </A></body></html>"""

def _page_impl(ctx):
    env = unittest.begin(ctx)
    for link, address in _LINKS.items():
        asserts.equals(env, address, join(_PAGE, link))
    asserts.equals(env, "https://index.example/f/a-1.whl?x=1&y=2", file_address(_PAGE, _HTML, "a-1.whl"))
    asserts.equals(env, _PAGE + "b", file_address(_PAGE, _HTML, "b-1.whl"))
    asserts.equals(env, None, file_address(_PAGE, _HTML, "c-1.whl"))
    for text in ["", "{", "{}", '{"files": 1}', '{"files": [1]}', '{"files": [{"filename": "a-1.whl"}]}']:
        asserts.equals(env, None, file_address(_PAGE, text, "a-1.whl"))
    asserts.equals(env, "typing-extensions", normal_name("Typing__.Extensions"))
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
page_test = unittest.make(_page_impl)
npmrc_test = unittest.make(_npmrc_impl)
npmrc_settings_test = unittest.make(_npmrc_settings_impl)
credentials_test = unittest.make(_credentials_impl)

def address_test_suite(name):
    unittest.suite(name, address_test, page_test, npmrc_test, npmrc_settings_test, credentials_test)
