"""Where the npm registry is."""

load(":npmrc.bzl", "npmrc_values")

_VARIABLES = ["npm_config_registry", "NPM_CONFIG_REGISTRY"]
_FILE_VARIABLES = ["NPM_CONFIG_USERCONFIG", "npm_config_userconfig"]

def npmrc_registry(text, environ):
    """The registry of an .npmrc.

    Args:
        text: what the file holds.
        environ: the environment, for `${NAME}` in a value.

    Returns:
        The address, or None where the file names none.
    """
    return npmrc_values(text, environ).get("registry") or None

def _find(rctx):
    environ = rctx.os.environ
    for name in _VARIABLES:
        if environ.get(name):
            return [environ[name]]
    for file in _files(rctx):
        if file.exists:
            found = npmrc_registry(rctx.read(file, watch = "no"), environ)
            if found:
                return [found]
    npm = rctx.which("npm.cmd" if "windows" in rctx.os.name else "npm")
    if npm:
        command = [npm, "config", "get", "registry"]
        result = rctx.execute(command, timeout = 30, working_directory = str(rctx.workspace_root))
        found = result.stdout.strip()
        if result.return_code == 0 and "://" in found:
            return [found]
    return None

def npmrc_settings(rctx):
    """The settings of each .npmrc: the workspace's, then the user's.

    Args:
        rctx: the repository context.

    Returns:
        A list of dicts, key to value.
    """
    files = [rctx.read(file, watch = "no") for file in _files(rctx) if file.exists]
    return [npmrc_values(text, rctx.os.environ) for text in files]

def _files(rctx):
    environ = rctx.os.environ
    files = [rctx.workspace_root.get_child(".npmrc")]
    for name in _FILE_VARIABLES:
        if environ.get(name):
            return files + [rctx.path(environ[name])]
    home = environ.get("HOME") or environ.get("USERPROFILE")
    return files + [rctx.path(home).get_child(".npmrc")] if home else files

NPM = struct(
    find = _find,
    files = _files,
    variables = _VARIABLES + _FILE_VARIABLES,
    remedy = (
        "`registry=https://HOST/PATH` to the .npmrc in the workspace or in the home folder, " +
        "or set npm_config_registry"
    ),
)
