"""Subresource integrity: the digest of an artifact's bytes, as Bazel and npm write it."""

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

# How many bytes each algorithm's digest has, and how it ends in base64.
_BYTES = {"sha256": 32, "sha384": 48, "sha512": 64}
_PADDING = {"sha256": "=", "sha384": "", "sha512": "=="}

def integrity_error(text):
    """Says what is wrong with an integrity. The words are those of tools/lock/src/integrity.rs.

    Args:
        text: what stands in the lock.

    Returns:
        A sentence without its final code, or None where the integrity is good.
    """
    if type(text) != "string":
        return "integrity %s is not a text: write it as sha256-<base64>" % repr(text)
    algorithm, dash, digest = text.partition("-")
    if not dash:
        return "integrity %s has no algorithm: write it as sha256-<base64>" % repr(text)
    size = _BYTES.get(algorithm)
    if not size:
        return "integrity %s uses %s: only sha256, sha384 and sha512 pin an artifact" % (repr(text), repr(algorithm))
    bare = digest.rstrip("=")
    if bare.strip(_ALPHABET) or len(digest) % 4 or len(digest) - len(bare) > 2:
        return ("integrity %s is not base64 after the algorithm: a digest in hex has to be converted, " +
                "as in `printf %%s HEX | xxd -r -p | base64`") % repr(text)
    actual = len(bare) * 3 // 4
    if actual != size:
        return "integrity %s holds %d bytes where %s has %d" % (repr(text), actual, algorithm, size)
    if not digest.endswith(_PADDING[algorithm]):
        return "integrity %s is not base64 after the algorithm" % repr(text)
    return None
