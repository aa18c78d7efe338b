"""The base address of a package registry, from the machine that fetches.

The order is that of docs/internals/contracts.md, and the same as in tools/fetch.
"""

load(":npmrc.bzl", "npm_scope_registry", "npmrc_values")

REGISTRY_TYPES = ["cargo", "deb", "golang", "maven", "npm", "pypi"]

_REMEDY = {
    "npm": (
        "add `lazy_tools.registry(type = \"npm\", url = \"https://HOST/PATH\")` to MODULE.bazel, " +
        "or `registry=https://HOST/PATH` to the .npmrc in the workspace or in the home folder, " +
        "or set npm_config_registry"
    ),
}

def npmrc_registry(text, environ):
    """The registry of an .npmrc.

    Args:
        text: what the file holds.
        environ: the environment, for `${NAME}` in a value.

    Returns:
        The address, or None where the file names none.
    """
    return npmrc_values(text, environ).get("registry") or None

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
    """The base address of a registry; it fails (LT305) where nothing says it.

    Nothing that is read here makes the repository be fetched anew when it changes: the artifact is the same wherever
    it comes from. Only if the address is not found is all of it watched, so that the remedy is noticed.

    Args:
        rctx: the repository context.
        kind: the type of the purl.
        purl: the purl, for the message.
        registries: type to address, from `lazy_tools.registry`.

    Returns:
        The address without a final slash.
    """
    found = npm_scope_registry(npmrc_settings(rctx), purl) if kind == "npm" else None
    found = found or registries.get(kind) or (_npm_registry(rctx) if kind == "npm" else None)
    if not found:
        fail("no address of the %s registry is known, for %s: %s (LT305)" % (
            kind,
            purl,
            _REMEDY.get(kind, "add `lazy_tools.registry(type = \"%s\", url = \"https://HOST/PATH\")` to MODULE.bazel" % kind),
        ))
    return found.rstrip("/")

_NPM_VARIABLES = ["npm_config_registry", "NPM_CONFIG_REGISTRY"]
_NPMRC_VARIABLES = ["NPM_CONFIG_USERCONFIG", "npm_config_userconfig"]

def _npm_registry(rctx):
    environ = rctx.os.environ
    for name in _NPM_VARIABLES:
        if environ.get(name):
            return environ[name]
    files = _npmrc_files(rctx)
    for file in files:
        if file.exists:
            found = npmrc_registry(rctx.read(file, watch = "no"), environ)
            if found:
                return found
    npm = rctx.which("npm.cmd" if "windows" in rctx.os.name else "npm")
    if npm:
        command = [npm, "config", "get", "registry"]
        result = rctx.execute(command, timeout = 30, working_directory = str(rctx.workspace_root))
        found = result.stdout.strip()
        if result.return_code == 0 and "://" in found:
            return found

    for name in _NPM_VARIABLES + _NPMRC_VARIABLES + ["HOME", "PATH", "USERPROFILE"]:
        rctx.getenv(name)
    for file in files:
        rctx.watch(file)
    return None

def npmrc_settings(rctx):
    """The settings of each .npmrc: the workspace's, then the user's.

    Args:
        rctx: the repository context.

    Returns:
        A list of dicts, key to value.
    """
    files = [rctx.read(file, watch = "no") for file in _npmrc_files(rctx) if file.exists]
    return [npmrc_values(text, rctx.os.environ) for text in files]

def _npmrc_files(rctx):
    environ = rctx.os.environ
    files = [rctx.workspace_root.get_child(".npmrc")]
    for name in _NPMRC_VARIABLES:
        if environ.get(name):
            return files + [rctx.path(environ[name])]
    home = environ.get("HOME") or environ.get("USERPROFILE")
    return files + [rctx.path(home).get_child(".npmrc")] if home else files
