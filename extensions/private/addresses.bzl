"""From a purl and a registry's base address to the addresses of the file.

One function for each type. To add a type, write its function here, put it into ADDRESSES, and the sources of its base
address into registry.bzl; tools/fetch does the same in Rust.
"""

load(":purl.bzl", "parse_purl")
load(":pypi_page.bzl", "file_address", "normal_name")

_PYPI_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_HEX = "0123456789abcdef"

def _cargo(purl, bases, read, integrity):
    settings = json.decode(read(bases[0] + "/config.json", "application/json") or "", default = None)
    template = settings.get("dl") if type(settings) == "dict" else None
    if type(template) != "string":
        # Where the index cannot be reached, Bazel's cache may have the file, whatever its address.
        template = bases[0]
    prefix = _crate_prefix(purl.name)
    markers = {
        "{crate}": purl.name,
        "{lowerprefix}": prefix.lower(),
        "{prefix}": prefix,
        "{sha256-checksum}": sha256_hex(integrity) or "",
        "{version}": purl.version,
    }
    if not [marker for marker in markers if marker in template]:
        return ["%s/%s/%s/download" % (template.rstrip("/"), purl.name, purl.version)]
    for marker, value in markers.items():
        template = template.replace(marker, value)
    return [template]

def _crate_prefix(name):
    if len(name) <= 2:
        return str(len(name))
    return "3/" + name[0] if len(name) == 3 else name[:2] + "/" + name[2:4]

def sha256_hex(integrity):
    """A sha256 digest in hexadecimal.

    Args:
        integrity: as in a lock, `sha256-` and base64.

    Returns:
        64 digits, or None where it is another algorithm.
    """
    algorithm, _, digest = integrity.partition("-")
    if algorithm != "sha256":
        return None
    bits, count, out = 0, 0, ""
    for char in digest.rstrip("=").elems():
        bits = bits * 64 + _BASE64.index(char)
        count += 6
        if count >= 8:
            count -= 8
            byte = bits >> count
            bits -= byte << count
            out += _HEX[byte // 16] + _HEX[byte % 16]
    return out

def _deb(purl, bases, _read, _integrity):
    path = purl.qualifiers.get("path")
    return ["%s/%s" % (base, path) for base in bases] if path else None

def _golang(purl, bases, _read, _integrity):
    module = purl.namespace + "/" + purl.name if purl.namespace else purl.name
    kind = purl.qualifiers.get("type", "zip")
    return ["%s/%s/@v/%s.%s" % (base, _escaped(module), _escaped(purl.version), kind) for base in bases]

def _escaped(text):
    """Go's escape for upper case, `!x`, so that paths differ where case does not count."""
    return "".join(["!" + char.lower() if char.lower() != char else char for char in text.elems()])

def _maven(purl, bases, _read, _integrity):
    classifier = purl.qualifiers.get("classifier")
    return ["%s/%s/%s/%s/%s-%s%s.%s" % (
        bases[0],
        purl.namespace.replace(".", "/"),
        purl.name,
        purl.version,
        purl.name,
        purl.version,
        "-" + classifier if classifier else "",
        purl.qualifiers.get("type", "jar"),
    )]

def _npm(purl, bases, _read, _integrity):
    package = purl.namespace + "/" + purl.name if purl.namespace else purl.name
    return ["%s/%s/-/%s-%s.tgz" % (bases[0], package, purl.name, purl.version)]

def _pypi(purl, bases, read, _integrity):
    file = purl.qualifiers.get("file_name")
    if not file:
        return None
    page = "%s/%s/" % (bases[0], normal_name(purl.name))
    text = read(page, _PYPI_ACCEPT)

    # Where the index cannot be reached, Bazel's cache may have the file, whatever its address.
    return [file_address(page, text or "", file) or page + file]

# Type to a function from a parsed purl, base addresses, a function that reads an address (as in artifact_addresses)
# and an integrity to addresses; None where a qualifier is missing.
ADDRESSES = {
    "cargo": _cargo,
    "deb": _deb,
    "golang": _golang,
    "maven": _maven,
    "npm": _npm,
    "pypi": _pypi,
}

_FORMS = {
    "deb": "pkg:deb/DISTRO/NAME@VERSION?arch=…&distro=…&path=…",
    "pypi": "pkg:pypi/NAME@VERSION?file_name=FILE",
}

def artifact_addresses(purl, bases, read, integrity):
    """The addresses of a purl's file, the first one first.

    Args:
        purl: the purl's text.
        bases: a function from the purl's type to the registry's base addresses, without a final slash.
        read: a function from an address and a value of the header Accept to what is there, or None.
        integrity: the artifact's integrity.

    Returns:
        (addresses, None), or (None, message) where there are none.
    """
    parsed = parse_purl(purl)
    if not parsed:
        return None, "package URL %s names no version: write it as pkg:npm/NAME@VERSION (LT209)" % repr(purl)
    addresses = ADDRESSES.get(parsed.type)
    if not addresses:
        return None, "package URL %s is of type %s: this rules_lazytools knows %s (LT209)" % (
            repr(purl),
            parsed.type,
            ", ".join(sorted(ADDRESSES)),
        )
    found = addresses(parsed, bases(parsed.type), read, integrity)
    if not found:
        return None, "package URL %s lacks a qualifier: write it as %s (LT209)" % (repr(purl), _FORMS[parsed.type])
    return found, None
