"""The little of XML that Maven's settings and POMs need: elements without attributes that matter."""

def elements(text, name):
    """What the elements of a name hold, comments taken out.

    Args:
        text: the document, or a part of it.
        name: the elements' name; such elements hold none of their own name.

    Returns:
        A list of texts.
    """
    pieces = text.split("<!--")
    bare = "".join(pieces[:1] + [piece.partition("-->")[2] for piece in pieces[1:]])
    found = []
    for piece in bare.split("<%s>" % name)[1:]:
        inside, end, _ = piece.partition("</%s>" % name)
        if end:
            found.append(inside)
    return found

def element(text, name):
    """What the first element of a name holds.

    Args:
        text: the document, or a part of it.
        name: the element's name.

    Returns:
        The text without space around it; "" where there is none.
    """
    found = elements(text, name)
    return found[0].strip() if found else ""
