"""npm's configuration files: where the registry of a scope is, and what a registry is sent.

The same as in tools/fetch/src/npmrc.rs, but for `_password`, which Starlark cannot decode: write `_authToken` or `_auth`.
"""

load(":purl.bzl", "parse_purl")

def npmrc_values(text, environ):
    """The settings of an .npmrc.

    Args:
        text: what the file holds.
        environ: the environment, for `${NAME}` in a key or value.

    Returns:
        Key to value; the last line of a key counts.
    """
    values = {}
    for line in text.splitlines():
        line = line.strip()
        if line and line[0] not in "#;[":
            key, equals, value = line.partition("=")
            if equals:
                values[_substitute(key.strip(), environ)] = _substitute(value.strip().strip("\"'"), environ)
    return values

def npm_scope_registry(files, purl):
    """The registry of a package's scope.

    Args:
        files: the settings of each .npmrc, in the order in which npm asks them.
        purl: the package's purl.

    Returns:
        The address, or None where no file names one for the scope, or the package has none.
    """
    parsed = parse_purl(purl)
    if not parsed or not parsed.namespace:
        return None
    return _first(files, parsed.namespace + ":registry")

def npm_auth(files, url):
    """What a registry is sent, by the settings of the longest path that an address lies below.

    Args:
        files: the settings of each .npmrc, in the order in which npm asks them.
        url: the address of a file.

    Returns:
        An entry for the `auth` of `rctx.download`, or None.
    """
    folder = url.partition("://")[2].partition("?")[0].partition("#")[0]
    for _ in range(folder.count("/")):
        folder = folder.rpartition("/")[0]
        for slash in ["/", ""]:
            for file in files:
                prefix = "//" + folder + slash
                for key, scheme in {"_authToken": "Bearer", "_auth": "Basic"}.items():
                    value = file.get(prefix + ":" + key)
                    if value:
                        return {"type": "pattern", "pattern": scheme + " <password>", "password": value}
    return None

def _first(files, key):
    for file in files:
        if file.get(key):
            return file[key]
    return None

def _substitute(text, environ):
    first, found, rest = text.partition("${")
    if not found:
        return text
    for piece in rest.split("${"):
        name, end, tail = piece.partition("}")
        first += environ.get(name, "") + tail if end else "${" + piece
    return first
