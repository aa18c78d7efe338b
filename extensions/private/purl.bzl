"""Package URLs: what lives in a package registry, without the registry's host.

One function for each type turns a purl into the path below the registry's base address. To add a type, write its
function, put it into PURL_PATHS and its base address's sources into registry.bzl.
"""

# The escapes that occur in purls of packages.
_ESCAPES = {"%20": " ", "%21": "!", "%2B": "+", "%2C": ",", "%2F": "/", "%3A": ":", "%40": "@", "%7E": "~"}

def parse_purl(text):
    """Takes a purl apart.

    Args:
        text: a purl, as in `pkg:npm/%40scope/name@1.2.3`.

    Returns:
        A struct of `type`, `namespace` ("" if none), `name` and `version`; None where it is no purl with a version.
    """
    if not text.startswith("pkg:"):
        return None
    bare = text[len("pkg:"):].partition("#")[0].partition("?")[0].strip("/")
    path, at, version = bare.rpartition("@")
    kind, slash, rest = path.partition("/")
    namespace, _, name = rest.rpartition("/")
    if not at or not version or not slash or not name:
        return None
    return struct(
        type = kind.lower(),
        namespace = _decode(namespace),
        name = _decode(name),
        version = _decode(version),
    )

def _decode(text):
    for escape, char in _ESCAPES.items():
        text = text.replace(escape, char).replace(escape.lower(), char)
    return text

def _npm_path(purl):
    package = purl.namespace + "/" + purl.name if purl.namespace else purl.name
    return "%s/-/%s-%s.tgz" % (package, purl.name, purl.version)

# Type to a function from a parsed purl to the path below the base address.
PURL_PATHS = {
    "npm": _npm_path,
}
