"""The repository of one artifact: one file, downloaded when a build needs it and checked against its integrity."""

load("@bazel_tools//tools/build_defs/repo:utils.bzl", "read_user_netrc", "use_netrc")
load(":addresses.bzl", "artifact_addresses")
load(":lock.bzl", "artifact_error")
load(":npmrc.bzl", "npm_auth")
load(":read_page.bzl", "read_page")
load(":registry.bzl", "resolve_registry", "split_credentials")
load(":registry_npm.bzl", "npmrc_settings")

def _credentials(rctx, urls, npmrcs = []):
    """Addresses without the credentials in them; and those credentials with those of .npmrc files and of .netrc."""
    bare, auth = [], {}
    for url in urls:
        url, user, password = split_credentials(url)
        bare.append(url)
        if user != None:
            auth[url] = {"login": user, "password": password, "type": "basic"}
        elif npm_auth(npmrcs, url):
            auth[url] = npm_auth(npmrcs, url)
    return bare, use_netrc(read_user_netrc(rctx), bare, {}) | auth

def _read(rctx, url, accept):
    """What is at an address, or None where it cannot be read."""
    urls, auth = _credentials(rctx, [url])
    return read_page(rctx, urls[0], auth, accept)

def _addresses(rctx, artifact):
    """The addresses to try."""
    if "urls" in artifact:
        return artifact["urls"]
    purl = artifact["purl"]
    urls, error = artifact_addresses(
        purl,
        lambda kind: resolve_registry(rctx, kind, purl, rctx.attr.registries),
        lambda url, accept: _read(rctx, url, accept),
        artifact["integrity"],
    )
    if error:
        fail(error)
    return urls

def _cached(rctx, artifact):
    """Takes the file from Bazel's repository cache, and says whether it is there.

    Without an address nothing is asked for elsewhere. So behind an air gap nobody has to know a registry, and no client
    is started to name one.
    """
    return rctx.download(allow_fail = True, integrity = artifact["integrity"], output = "file", url = []).success

def _fetch(rctx, artifact):
    npmrcs = npmrc_settings(rctx) if artifact.get("purl", "").startswith("pkg:npm/") else []
    urls, auth = _credentials(rctx, _addresses(rctx, artifact), npmrcs)
    rctx.download(
        auth = auth,
        integrity = artifact["integrity"],
        output = "file",
        url = urls,
    )

def _artifact_repository_impl(rctx):
    artifact = json.decode(rctx.attr.artifact)
    error = artifact_error(artifact)
    if error:
        fail("artifact %s%s (%s)" % (rctx.name, error[0], error[1]))
    if not _cached(rctx, artifact):
        _fetch(rctx, artifact)
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
