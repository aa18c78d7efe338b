"""Package URLs: what lives in a package registry, without the registry's host."""

_PRINTABLE = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"
_HEX = "0123456789ABCDEFabcdef"

# What no part of a purl may hold, because it would lead elsewhere in an address.
_NOT_IN_PARTS = ["..", "\\", "?", "#", " ", "%", "//"]

def parse_purl(text):
    """Takes a purl apart.

    Args:
        text: a purl, as in `pkg:npm/%40scope/name@1.2.3`.

    Returns:
        A struct of `type`, `namespace` ("" if none), `name`, `version` and `qualifiers` (a dict), all decoded; None
        where it is no purl with a version.
    """
    if not text.startswith("pkg:"):
        return None
    bare, _, query = text[len("pkg:"):].partition("#")[0].partition("?")
    path, at, version = bare.strip("/").rpartition("@")
    kind, slash, rest = path.partition("/")
    namespace, _, name = rest.rpartition("/")
    if not at or not version or not slash or not name:
        return None
    qualifiers = {}
    for pair in query.split("&"):
        key, equals, value = pair.partition("=")
        if equals and value:
            qualifiers[key.lower()] = decode(value)
    purl = struct(
        type = kind.lower(),
        namespace = decode(namespace),
        name = decode(name),
        version = decode(version),
        qualifiers = qualifiers,
    )
    for part in [purl.namespace, purl.name, purl.version] + qualifiers.values():
        if [sign for sign in _NOT_IN_PARTS if sign in part]:
            return None
    return purl

def decode(text):
    """Percent-encoding undone, for the printable characters of ASCII.

    Args:
        text: a text, as in `%40scope`.

    Returns:
        The text that it stands for.
    """
    pieces = text.split("%")
    out = pieces[0]
    for piece in pieces[1:]:
        code = piece[:2]
        if len(code) == 2 and not code.strip(_HEX) and 32 <= int(code, 16) and int(code, 16) < 127:
            out += _PRINTABLE[int(code, 16) - 32] + piece[2:]
        else:
            out += "%" + piece
    return out
