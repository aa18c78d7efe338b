"""The repository of one artifact: one file, downloaded when a build needs it and checked against its integrity."""

load("@bazel_tools//tools/build_defs/repo:utils.bzl", "read_user_netrc", "use_netrc")
load(":lock.bzl", "artifact_error")
load(":npmrc.bzl", "npm_auth")
load(":purl.bzl", "PURL_PATHS", "parse_purl")
load(":registry.bzl", "npmrc_settings", "resolve_registry", "split_credentials")

def artifact_address(purl, base):
    """The address of a purl's file.

    Args:
        purl: the purl's text.
        base: the registry's base address, without a final slash; or a function from the purl's type to it.

    Returns:
        (address, None), or (None, message) where there is no address.
    """
    parsed = parse_purl(purl)
    if not parsed:
        return None, "package URL %s names no version: write it as pkg:npm/NAME@VERSION (LT209)" % repr(purl)
    path = PURL_PATHS.get(parsed.type)
    if not path:
        return None, "package URL %s is of type %s: this rules_lazytools knows %s (LT209)" % (
            repr(purl),
            parsed.type,
            ", ".join(sorted(PURL_PATHS)),
        )
    return (base if type(base) == "string" else base(parsed.type)) + "/" + path(parsed), None

def _addresses(rctx, artifact):
    """The addresses to try, and those of the credentials that were part of an address."""
    if "urls" in artifact:
        urls = artifact["urls"]
    else:
        purl = artifact["purl"]
        url, error = artifact_address(purl, lambda kind: resolve_registry(rctx, kind, purl, rctx.attr.registries))
        if error:
            fail(error)
        urls = [url]
    npmrcs = npmrc_settings(rctx) if artifact.get("purl", "").startswith("pkg:npm/") else []

    bare, auth = [], {}
    for url in urls:
        url, user, password = split_credentials(url)
        bare.append(url)
        if user != None:
            auth[url] = {"login": user, "password": password, "type": "basic"}
        elif npm_auth(npmrcs, url):
            auth[url] = npm_auth(npmrcs, url)
    return bare, auth

def _artifact_repository_impl(rctx):
    artifact = json.decode(rctx.attr.artifact)
    error = artifact_error(artifact)
    if error:
        fail("artifact %s%s (%s)" % (rctx.name, error[0], error[1]))
    urls, auth = _addresses(rctx, artifact)
    rctx.download(
        auth = use_netrc(read_user_netrc(rctx), urls, {}) | auth,
        integrity = artifact["integrity"],
        output = "file",
        url = urls,
    )
    rctx.template("BUILD.bazel", Label(":artifact.BUILD.tpl"), executable = False)
    if hasattr(rctx, "repo_metadata"):
        return rctx.repo_metadata(reproducible = True)
    return None

artifact_repository = repository_rule(
    implementation = _artifact_repository_impl,
    doc = "One artifact, as `:file`.",
    attrs = {
        "artifact": attr.string(mandatory = True, doc = "The artifact as the lock holds it, JSON."),
        "registries": attr.string_dict(doc = "Base addresses from `lazy_tools.registry`, by type."),
    },
)
