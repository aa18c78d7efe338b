"""Configuration files of sections with keys, as far as they say where a package registry is."""

def read_ini(text, comments = "#;"):
    """The values of a file such as pip.conf, or of a TOML file that holds plain texts.

    Args:
        text: what the file holds.
        comments: the characters that begin a comment line.

    Returns:
        A dict from `section.key`, or `key` before the first section, to the last value, without its quotes.
    """
    section, values = "", {}
    for line in text.splitlines():
        line = line.strip()
        if not line or line[0] in comments:
            continue
        if line[0] == "[":
            section = _key(line.partition("]")[0][1:]) + "."
            continue
        key, equals, value = line.partition("=")
        if equals:
            values[section + _key(key)] = _value(value.strip())
    return values

def _key(text):
    return ".".join([part.strip().strip("\"'") for part in text.split(".")])

def _value(text):
    quote = text[:1]
    if quote == "\"" or quote == "'":
        return text[1:].partition(quote)[0]
    return text
