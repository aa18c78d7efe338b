"""Where the Go module proxies are."""

def go_proxies(text):
    """The proxies of a list such as GOPROXY.

    Bazel's downloader goes on to the next address after any error, so it makes no difference here whether a comma or a
    `|` stands between two of them.

    Args:
        text: as in `https://one,https://two|direct`.

    Returns:
        The addresses before `direct` or `off`.
    """
    found = []
    for entry in text.replace("|", ",").split(","):
        entry = entry.strip()
        if entry in ["direct", "off"]:
            break
        if "://" in entry:
            found.append(entry)
    return found

def _find(rctx):
    text = rctx.os.environ.get("GOPROXY")
    if not text:
        go = rctx.which("go")
        if not go:
            return None

        # GOTOOLCHAIN keeps it from downloading another go to answer with.
        result = rctx.execute([go, "env", "GOPROXY"], timeout = 30, environment = {"GOTOOLCHAIN": "local"})
        text = result.stdout.strip() if result.return_code == 0 else ""
    return go_proxies(text) or None

GOLANG = struct(
    find = _find,
    files = lambda _rctx: [],
    variables = ["GOPROXY"],
    remedy = "a proxy to GOPROXY, as in GOPROXY=https://HOST,direct",
)
