"""The base address of a package registry, from the machine that fetches.

The order is that of docs/internals/contracts.md, and the same as in tools/fetch.
"""

load(":npmrc.bzl", "npm_scope_registry")
load(":purl.bzl", "parse_purl")
load(":registry_cargo.bzl", "CARGO", "sparse")
load(":registry_deb.bzl", "DEB")
load(":registry_golang.bzl", "GOLANG")
load(":registry_maven.bzl", "MAVEN")
load(":registry_npm.bzl", "NPM", "npmrc_settings")
load(":registry_pypi.bzl", "PYPI")

# Type to a struct of `find` (a function from the repository context, and for deb the purl, to base addresses or None),
# `files` and `variables` (what it reads) and `remedy`.
_ECOSYSTEMS = {
    "cargo": CARGO,
    "deb": DEB,
    "golang": GOLANG,
    "maven": MAVEN,
    "npm": NPM,
    "pypi": PYPI,
}

REGISTRY_TYPES = sorted(_ECOSYSTEMS)

def split_credentials(url):
    """Takes the credentials out of an address, so that no message can show them.

    Args:
        url: an address, as in `https://user:secret@host/path`.

    Returns:
        (the address without them, user, password); the latter two are None where there are none.
    """
    scheme, separator, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    credentials, at, host = host.rpartition("@")
    if not separator or not at:
        return url, None, None
    user, _, password = credentials.partition(":")
    return scheme + separator + host + slash + path, user, password

def resolve_registry(rctx, kind, purl, registries):
    """The base addresses of a registry; it fails (LT305) where nothing says them.

    Nothing that is read here makes the repository be fetched anew when it changes: the artifact is the same wherever
    it comes from. Only if no address is found is all of it watched, so that the remedy is noticed.

    Args:
        rctx: the repository context.
        kind: the type of the purl.
        purl: the purl's text.
        registries: type to address, from `lazy_tools.registry`.

    Returns:
        Addresses without a final slash, the first one first. More than one only for deb and golang.
    """
    found = npm_scope_registry(npmrc_settings(rctx), purl) if kind == "npm" else None
    if found:
        return [found.rstrip("/")]
    declared = registries.get(kind)
    if declared:
        return [sparse(declared).rstrip("/")]
    ecosystem = _ECOSYSTEMS[kind]
    found = ecosystem.find(rctx, parse_purl(purl)) if kind == "deb" else ecosystem.find(rctx)
    if found:
        return [base.strip().rstrip("/") for base in found]

    for name in ecosystem.variables + ["HOME", "PATH", "USERPROFILE"]:
        rctx.getenv(name)
    for file in ecosystem.files(rctx):
        rctx.watch(file)
    fail((
        "no address of the %s registry is known, for %s: add `lazy_tools.registry(type = \"%s\", url = " +
        "\"https://HOST/PATH\")` to MODULE.bazel, or %s (LT305)"
    ) % (kind, purl, kind, ecosystem.remedy))
