"""A project's page on a Python package index, in JSON (PEP 691) or HTML (PEP 503)."""

def normal_name(name):
    """A project's name in its normal form: lower case, with `-` between words.

    Args:
        name: a name, as in `Typing_Extensions`.

    Returns:
        The name, as in `typing-extensions`.
    """
    return "-".join([word for word in name.lower().replace("_", "-").replace(".", "-").split("-") if word])

def file_address(page, text, file):
    """The address of a file that a page lists.

    Args:
        page: the page's own address.
        text: what the page holds.
        file: the file's name.

    Returns:
        The address, or None where the page has no such file.
    """
    if text.strip().startswith("{"):
        links = _of_json(json.decode(text, default = None))
    else:
        links = _of_html(text)
    link = links.get(file)
    return join(page, link) if link else None

def _of_json(page):
    files = page.get("files") if type(page) == "dict" else None
    if type(files) != "list":
        return {}
    return {
        file["filename"]: file["url"]
        for file in files
        if type(file) == "dict" and type(file.get("filename")) == "string" and type(file.get("url")) == "string"
    }

def _of_html(text):
    links = {}
    for piece in text.replace("<A", "<a").split("<a")[1:]:
        attributes, _, rest = piece.partition(">")
        _, found, value = attributes.partition("href=")
        if not found:
            continue
        quote = value[:1]
        if quote == "\"" or quote == "'":
            value = value[1:].partition(quote)[0]
        else:
            value = value.split(" ")[0]
        links[_decoded(rest.partition("<")[0]).strip()] = _decoded(value)
    return links

def _decoded(text):
    for entity, char in {"&amp;": "&", "&gt;": ">", "&lt;": "<"}.items():
        text = text.replace(entity, char)
    return text

def join(page, link):
    """The whole address of a link in a page.

    Args:
        page: the page's address.
        link: the link, relative or not.

    Returns:
        The address, without a fragment; None where it is none of http.
    """
    link = link.partition("#")[0]
    if "://" in link:
        return link if link.startswith("https://") or link.startswith("http://") else None
    scheme, _, rest = page.partition("://")
    if link.startswith("//"):
        return scheme + ":" + link
    host, _, path = rest.partition("?")[0].partition("/")
    folders = [] if link.startswith("/") else path.split("/")[:-1]
    for part in link.lstrip("/").split("/"):
        if part == "..":
            folders = folders[:-1]
        elif part != ".":
            folders.append(part)
    return "%s://%s/%s" % (scheme, host, "/".join(folders))
