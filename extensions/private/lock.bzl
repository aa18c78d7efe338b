"""Reads `lazy_tools.lock.json`.

Nothing here calls fail(): a lock that cannot be read must not stand in the way of `update_pins`, which mends it. So an
error is returned, and the hub says it when a tool is asked for.
"""

load(":integrity.bzl", "integrity_error")

LOCK_VERSION = 1
UPDATE_COMMAND = "bazel run //tools:update_pins"

_RESTORE = "Restore it from git, or empty it and run `%s`" % UPDATE_COMMAND
_PARTS = ["host", "target"]
_OBJECT = type({})
_LIST = type([])

def read_lock(text, path):
    """Reads a lock.

    Args:
        text: the file's text; empty or None where there is no file yet.
        path: the file's name, for messages.

    Returns:
        A struct of `tools` (name to the tool's JSON, decoded and not yet looked into: that is for `tool_error`, when
        the tool is asked for) and `error` (a message if the lock as a whole cannot be read, else None).
    """
    if not text or not text[:100].strip() and not text.strip():
        return _result()
    line = _conflict_marker(text)
    if line:
        return _result(error = (
            "%s:%d: git left conflict markers: take either side whole with `git checkout --ours %s` (or --theirs), " +
            "then run `%s`, which brings it up to date with MODULE.bazel (LT101)"
        ) % (path, line, path, UPDATE_COMMAND))
    lock = json.decode(text, default = None)
    if lock == None:
        return _result(error = "%s is not JSON. %s (LT102)" % (path, _RESTORE))
    if type(lock) != _OBJECT:
        return _result(error = "%s is not an object. %s (LT110)" % (path, _RESTORE))
    version = lock.get("lockVersion")
    if version != LOCK_VERSION:
        return _result(error = (
            "%s has %s: this rules_lazytools reads lockVersion %d. Use the one that wrote it, or a newer one (LT103)"
        ) % (path, "no lockVersion" if version == None else "lockVersion %s" % version, LOCK_VERSION))
    tools = lock.get("tools")
    if type(tools) != _OBJECT:
        return _result(error = "%s has no tools. %s (LT110)" % (path, _RESTORE))

    return _result(tools = tools)

def tool_parts(tool):
    """The parts of a tool.

    Args:
        tool: the tool's JSON, decoded.

    Returns:
        A list of (role, platform, part); the platform of `any`, which always comes first, is "".
    """
    parts = [("any", "", tool.get("any", {}))]
    for role in _PARTS:
        parts += [(role, platform, part) for platform, part in tool.get(role, {}).items()]
    return parts

def tool_error(tool, name, path):
    """Looks into a tool's entry.

    Args:
        tool: the tool's JSON, decoded.
        name: the tool's name.
        path: the lock's name.

    Returns:
        What is wrong with it, or None.
    """
    error = _tool_error(tool)
    if not error:
        return None
    problem, code = error
    return "%s: tools.%s%s. %s (%s)" % (path, name, problem, _RESTORE, code)

def _result(tools = {}, error = None):
    return struct(tools = tools, error = error)

def _conflict_marker(text):
    """The number of the first line that is one of git's conflict markers, or None."""

    # Looked for as a whole first: it is by far the usual case that there is none, and a lock can have 100,000 lines.
    if "<<<<<<< " not in text and ">>>>>>> " not in text:
        return None
    for index, line in enumerate(text.splitlines()):
        if line == "=======" or line.startswith("<<<<<<< ") or line.startswith(">>>>>>> "):
            return index + 1
    return None

def _tool_error(tool):
    """What is wrong with a tool: (a place after its name and what is wrong there, code), or None."""
    if type(tool) != _OBJECT:
        return _form("it is not an object")
    for key in ["recipe", "request"]:
        if type(tool.get(key)) != _OBJECT:
            return _form("missing field `%s`" % key)
    if type(tool["request"].get("platforms")) != _LIST:
        return _form("missing field `platforms`", ".request")
    for key in ["any", "host", "target"]:
        if type(tool.get(key, {})) != _OBJECT:
            return _form("it is not an object", "." + key)
    for role, platform, part in tool_parts(tool):
        place = "." + role + ("." + platform if platform else "")
        if type(part) != _OBJECT or type(part.get("artifacts", {})) != _OBJECT:
            return _form("it is not an object", place)
        for id, artifact in part.get("artifacts", {}).items():
            error = artifact_error(artifact)
            if error:
                problem, code = error
                return place + ".artifacts." + id + problem, code
    return None

def _form(problem, place = ""):
    return "%s: %s" % (place, problem), "LT110"

def artifact_error(artifact):
    """Looks into an artifact.

    Args:
        artifact: the artifact's JSON, decoded.

    Returns:
        (what is wrong with it, to follow its name, and a code), or None.
    """
    if type(artifact) != _OBJECT:
        return _form("it is not an object")
    if "integrity" not in artifact:
        return ": missing field `integrity`: an artifact without a digest is never used", "LT104"
    problem = integrity_error(artifact["integrity"])
    if problem:
        return ".integrity: " + problem, "LT104"
    purl, urls = artifact.get("purl"), artifact.get("urls")
    if purl != None and (type(purl) != "string" or not purl.startswith("pkg:")):
        return _form("%s does not begin with pkg:" % repr(purl), ".purl")
    if urls != None and (type(urls) != _LIST or not urls or [url for url in urls if type(url) != "string"]):
        return _form("it is not a list of addresses", ".urls")
    file = artifact.get("file")
    if file != None and not _is_label(file):
        return _form("%s is not a label, as in //PACKAGE:FILE" % repr(file), ".file")
    if len([source for source in [purl, urls, file] if source != None]) != 1:
        return _form("it needs one of purl, urls and file")
    return None

def file_label(file, home):
    """The label of an artifact that is a file, as any repository can write it.

    Args:
        file: the artifact's `file`: without a repository where it is the lock's own.
        home: the canonical name of the lock's repository.

    Returns:
        A canonical label, as text.
    """
    return file if file.startswith("@@") else "@@%s%s" % (home, file)

def _is_label(text):
    return type(text) == "string" and (text.startswith("//") or text.startswith("@@")) and "//" in text and ":" in text
