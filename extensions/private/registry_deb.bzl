"""Where the machine's Debian archives are: apt's sources, in both of their forms."""

def apt_archives(text, deb822):
    """The archives of a file of apt's sources.

    Args:
        text: what the file holds.
        deb822: whether it is of the form with paragraphs, `*.sources`.

    Returns:
        A list of (address, its suites).
    """
    return _paragraphs(text) if deb822 else _lines(text)

def _lines(text):
    found = []
    for line in text.splitlines():
        words = [word for word in line.partition("#")[0].replace("\t", " ").split(" ") if word]
        if not words or words[0] != "deb":
            continue
        rest = " ".join(words[1:])
        if rest.startswith("["):
            rest = rest.partition("]")[2].strip()
        words = rest.split(" ")
        if len(words) > 1:
            found += _archives([words[0]], [words[1]])
    return found

def _paragraphs(text):
    found, fields, last = [], {}, ""
    for line in text.splitlines() + [""]:
        if line.startswith("#"):
            continue
        if not line.strip():
            enabled = fields.get("enabled", ["yes"])[0] not in ["0", "false", "no"]
            if "deb" in fields.get("types", []) and enabled:
                found += _archives(fields.get("uris", []), fields.get("suites", []))
            fields = {}
        elif line[0] in " \t":
            fields[last] = fields.get(last, []) + _words(line)
        else:
            key, _, value = line.partition(":")
            last = key.strip().lower()
            fields[last] = _words(value)
    return found

def _words(text):
    return [word for word in text.replace("\t", " ").split(" ") if word]

def _archives(uris, suites):
    suites = [suite for suite in suites if not suite.endswith("/")]
    return [
        (uri.rstrip("/"), suites)
        for uri in uris
        if suites and (uri.startswith("http://") or uri.startswith("https://"))
    ]

def order_archives(archives, suite):
    """The archives' addresses: those with the suite first, then the others, which may have the file too.

    Args:
        archives: a list of (address, its suites).
        suite: the suite that a package is from.

    Returns:
        The addresses, each once.
    """
    found = {}
    for wanted in [True, False]:
        for address, suites in archives:
            if (suite in suites) == wanted:
                found[address] = True
    return found.keys()

def _places(rctx):
    """apt's file and folder of sources, as apt itself says where they are."""
    places = {"LIST": "/etc/apt/sources.list", "PARTS": "/etc/apt/sources.list.d"}
    program = rctx.which("apt-config")
    if program:
        arguments = ["shell", "LIST", "Dir::Etc::sourcelist/f", "PARTS", "Dir::Etc::sourceparts/d"]
        result = rctx.execute([program] + arguments, timeout = 30)
        for line in result.stdout.splitlines():
            name, _, value = line.partition("=")
            if name in places and result.return_code == 0:
                places[name] = value.strip("'")
    return rctx.path(places["LIST"]), rctx.path(places["PARTS"])

def _files(rctx):
    file, folder = _places(rctx)
    return [file] + (sorted(folder.readdir(watch = "no"), key = str) if folder.exists else [])

def _find(rctx, purl):
    if "windows" in rctx.os.name:
        return None
    archives = []
    for file in _files(rctx):
        deb822 = file.basename.endswith(".sources")
        if file.exists and (deb822 or file.basename.endswith(".list")):
            archives += apt_archives(rctx.read(file, watch = "no"), deb822)
    return order_archives(archives, purl.qualifiers.get("distro", "")) or None

DEB = struct(
    find = _find,
    files = _files,
    variables = ["APT_CONFIG"],
    remedy = "a source of packages to /etc/apt/sources.list.d",
)
