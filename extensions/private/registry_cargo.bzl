"""Where the sparse index of the crate registry is."""

load(":ini.bzl", "read_ini")

# How often one source may be replaced by another.
_MAX_REPLACEMENTS = 8

# What the crate registry's own index calls its web site.
_OWN_API = "https://crates.io"

def cargo_config_index(texts):
    """The index that replaces the source crates-io.

    Args:
        texts: what cargo's configuration files hold, the one that counts most first.

    Returns:
        The address, or None where they name none.
    """
    values = {}
    for text in reversed(texts):
        values.update(read_ini(text, comments = "#"))
    name = values.get("source.crates-io.replace-with")
    if not name:
        return None
    for _ in range(_MAX_REPLACEMENTS):
        name = values.get("source.%s.replace-with" % name) or name
    found = values.get("source.%s.registry" % name) or values.get("registries.%s.index" % name)
    return sparse(found) if found else None

def sparse(address):
    """A sparse index's address.

    Args:
        address: as cargo's configuration has it, with or without `sparse+`.

    Returns:
        The address of http.
    """
    return address.removeprefix("sparse+")

def kept_index(folders):
    """The index that cargo itself has used.

    Args:
        folders: the names of cargo's folders of indexes, `HOST-HASH`, to what the config.json in each holds.

    Returns:
        The address, or None where there is none, or nothing tells several apart.
    """
    hosts, own = {}, []
    for name, text in folders.items():
        host, dash, digits = name.rpartition("-")
        settings = json.decode(text, default = None)
        if not dash or len(digits) != 16 or digits.strip("0123456789abcdef") or type(settings) != "dict":
            continue
        hosts[host] = True
        if settings.get("api") == _OWN_API:
            own.append(host)
    found = sorted(own) or hosts.keys()
    return "https://" + found[0] if own or len(found) == 1 else None

def _home(rctx):
    environ = rctx.os.environ
    home = environ.get("HOME") or environ.get("USERPROFILE")
    found = environ.get("CARGO_HOME") or (home + "/.cargo" if home else None)
    return rctx.path(found) if found else None

def _find(rctx):
    texts = [rctx.read(file, watch = "no") for file in _files(rctx) if file.exists]
    found = cargo_config_index(texts)
    if found:
        return [found]
    home = _home(rctx)
    folder = home.get_child("registry", "index") if home else None
    if not folder or not folder.exists:
        return None
    folders = {}
    for entry in folder.readdir(watch = "no"):
        settings = entry.get_child("config.json")
        if settings.exists:
            folders[entry.basename] = rctx.read(settings, watch = "no")
    found = kept_index(folders)
    return [found] if found else None

def _files(rctx):
    folders = [rctx.workspace_root.get_child(".cargo"), _home(rctx)]
    return [folder.get_child(name) for folder in folders if folder for name in ["config.toml", "config"]]

CARGO = struct(
    find = _find,
    files = _files,
    variables = ["CARGO_HOME"],
    remedy = "`replace-with` under [source.crates-io] to .cargo/config.toml in the workspace or in the home folder",
)
