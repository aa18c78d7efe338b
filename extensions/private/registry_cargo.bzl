"""Where the sparse index of the crate registry is."""

load(":ini.bzl", "read_ini")

# How often one source may be replaced by another.
_MAX_REPLACEMENTS = 8

# A package whose one dependency makes cargo look into the index of the crate registry.
_ASKING = """[package]
name = "ask"
version = "0.0.0"
[lib]
path = "lib.rs"
[dependencies]
itoa = "1"
"""

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
        folders: the names of cargo's folders of indexes, `HOST-HASH`, of those that hold a config.json.

    Returns:
        The address, or None where there is none, or several, because nothing tells the crate registry's own from the
        others.
    """
    hosts = {}
    for name in folders:
        host, dash, digits = name.rpartition("-")
        if dash and len(digits) == 16 and not digits.strip("0123456789abcdef"):
            hosts[host] = True
    return "https://" + hosts.keys()[0] if len(hosts) == 1 else None

def _kept(home):
    folder = home.get_child("registry", "index")
    if not folder.exists:
        return None
    entries = folder.readdir(watch = "no")
    return kept_index([entry.basename for entry in entries if entry.get_child("config.json").exists])

def _asked(rctx):
    """The index that cargo uses when nothing is configured; it has no command that says so."""
    cargo = rctx.which("cargo")
    if not cargo:
        return None
    rctx.file("ask/Cargo.toml", _ASKING, executable = False)
    rctx.file("ask/lib.rs", executable = False)
    home = rctx.path("ask/home")
    rctx.execute(
        [cargo, "generate-lockfile"],
        environment = {"CARGO_HOME": str(home), "CARGO_NET_RETRY": "0"},
        timeout = 60,
        working_directory = "ask",
    )
    found = _kept(home)
    rctx.delete("ask")
    return found

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
    found = (_kept(home) if home else None) or _asked(rctx)
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
