"""Reads what a registry says of where a file is. It pins nothing, so it has no digest: the file itself has one."""

# What of a page is read at most, in bytes.
_MAX_BYTES = str(256 << 20)

_PYTHON = """import sys, urllib.request
request = urllib.request.Request(sys.argv[1], headers={"Accept": sys.argv[2]})
sys.stdout.write(urllib.request.urlopen(request, timeout=60).read(int(sys.argv[3])).decode())
"""

def _curl(url, accept):
    options = ["--fail", "--location", "--netrc-optional", "--proto", "=http,https", "--silent"]
    return options + ["--header", "Accept: " + accept, "--max-filesize", _MAX_BYTES, url]

def _python(url, accept):
    return ["-c", _PYTHON, url, accept, _MAX_BYTES]

# What reads plain http, where Bazel's own downloader takes nothing without a digest.
_READERS = [("curl", _curl), ("python3", _python)]

def read_page(rctx, url, auth, accept):
    """What is at an address.

    Args:
        rctx: the repository context.
        url: the address, without credentials.
        auth: address to credentials, as `rctx.download` takes them. Plain http gets none of them.
        accept: the header Accept.

    Returns:
        The text, or None where it cannot be read.
    """
    if url.startswith("http://"):
        return _read_plain(rctx, url, accept)
    page = "page"
    result = rctx.download(allow_fail = True, auth = auth, headers = {"Accept": accept}, output = page, url = [url])
    text = rctx.read(page, watch = "no") if result.success else None
    rctx.delete(page)
    return text

def _read_plain(rctx, url, accept):
    for name, arguments in _READERS:
        program = rctx.which(name)
        if program:
            result = rctx.execute([program] + arguments(url, accept), timeout = 120)
            return result.stdout if result.return_code == 0 else None
    return None
