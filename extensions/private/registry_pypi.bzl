"""Where the Python package index is."""

load(":ini.bzl", "read_ini")

_VARIABLES = ["PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"]
_CLIENTS = [
    ("pip", ["download", "--help"]),
    ("pip3", ["download", "--help"]),
    ("python3", ["-m", "pip", "download", "--help"]),
]

def pip_conf_index(text):
    """The index of a pip.conf.

    Args:
        text: what the file holds.

    Returns:
        The address, or None where the file names none.
    """
    values = read_ini(text)
    return values.get("global.index-url") or values.get("global.index_url")

def pip_help_index(text):
    """The default that pip's help names for `--index-url`.

    Args:
        text: what `pip download --help` prints.

    Returns:
        The address, or None.
    """
    rest = text.partition("--index-url")[2].partition("\n  -")[0].partition("(default")[2]
    found = rest.lstrip(": ").partition(")")[0].split(" ")[0].strip()
    return found if "://" in found else None

def _find(rctx):
    environ = rctx.os.environ
    for name in _VARIABLES:
        if environ.get(name):
            return [environ[name]]
    for file in _files(rctx):
        if file.exists:
            found = pip_conf_index(rctx.read(file, watch = "no"))
            if found:
                return [found]
    for name, arguments in _CLIENTS:
        program = rctx.which(name)
        if not program:
            continue

        # Wide, so that the address stands on one line.
        result = rctx.execute([program] + arguments, timeout = 30, environment = {"COLUMNS": "500"})
        found = pip_help_index(result.stdout) if result.return_code == 0 else None
        if found:
            return [found]
    return None

def _files(rctx):
    environ = rctx.os.environ
    if environ.get("PIP_CONFIG_FILE"):
        return [rctx.path(environ["PIP_CONFIG_FILE"])]
    files = []
    home = environ.get("HOME") or environ.get("USERPROFILE")
    if environ.get("XDG_CONFIG_HOME"):
        files.append(environ["XDG_CONFIG_HOME"] + "/pip/pip.conf")
    elif home:
        files.append(home + "/.config/pip/pip.conf")
    if home and "mac" in rctx.os.name:
        files.append(home + "/Library/Application Support/pip/pip.conf")
    windows = "windows" in rctx.os.name
    if windows and environ.get("APPDATA"):
        files.append(environ["APPDATA"] + "/pip/pip.ini")
    if home:
        files.append(home + "/.pip/pip.conf")
    if not windows:
        files.append("/etc/pip.conf")
    return [rctx.path(file) for file in files]

PYPI = struct(
    find = _find,
    files = _files,
    variables = _VARIABLES + ["PIP_CONFIG_FILE", "XDG_CONFIG_HOME"],
    remedy = "`index-url = https://HOST/simple` under [global] to pip.conf, or set PIP_INDEX_URL",
)
