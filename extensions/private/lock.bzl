"""Reads `lazy_tools.lock.json`.

Nothing here calls fail(): a lock that cannot be read must not stand in the way of `update_pins`, which mends it. So an
error is returned, and the hub says it when a tool is asked for.
"""

load(":integrity.bzl", "integrity_error")

LOCK_VERSION = 1
UPDATE_COMMAND = "bazel run //tools:update_pins"

_CONFLICT_MARKERS = ["<<<<<<< ", "=======", ">>>>>>> ", "||||||| "]
_PARTS = ["host", "target"]
_OBJECT = type({})
_LIST = type([])

def read_lock(text, path):
    """Reads a lock.

    Args:
        text: the file's text; empty or None where there is no file yet.
        path: the file's name, for messages.

    Returns:
        A struct of `tools` (name to the tool's JSON, decoded; those that are good), `errors` (name to message; those
        that are not) and `error` (a message if the lock as a whole cannot be read, else None).
    """
    if not text or not text.strip():
        return _result()
    if _has_conflict_markers(text):
        return _result(error = (
            "%s has git's conflict markers: take either side with `git checkout --theirs %s`, then run `%s`, which " +
            "pins what MODULE.bazel asks for (LT102)"
        ) % (path, path, UPDATE_COMMAND))
    lock = json.decode(text, default = None)
    if type(lock) != _OBJECT:
        return _result(error = "%s is not a JSON object: run `%s`, which writes it anew (LT101)" % (path, UPDATE_COMMAND))
    version = lock.get("lockVersion")
    if type(version) != "int":
        return _result(error = "%s has no lockVersion: run `%s`, which writes it anew (LT101)" % (path, UPDATE_COMMAND))
    if version > LOCK_VERSION:
        return _result(error = (
            "%s has lockVersion %d, and this rules_lazytools reads up to %d: take a newer version of it in " +
            "MODULE.bazel, or run `%s` to write the lock anew (LT103)"
        ) % (path, version, LOCK_VERSION, UPDATE_COMMAND))
    tools = lock.get("tools")
    if type(tools) != _OBJECT:
        return _result(error = "%s has no tools: run `%s`, which writes it anew (LT101)" % (path, UPDATE_COMMAND))

    good, errors = {}, {}
    for name, tool in tools.items():
        error = _tool_error(tool)
        if error:
            reason, code = error
            errors[name] = "%s, tool %s: %s; run `%s` (%s)" % (path, name, reason, UPDATE_COMMAND, code)
        else:
            good[name] = tool
    return _result(tools = good, errors = errors)

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

def _result(tools = {}, errors = {}, error = None):
    return struct(tools = tools, errors = errors, error = error)

def _has_conflict_markers(text):
    # Looked for as a whole first: it is by far the usual case that there is none, and a lock can have 100,000 lines.
    if "<<<<<<< " not in text and ">>>>>>> " not in text:
        return False
    for line in text.split("\n"):
        for marker in _CONFLICT_MARKERS:
            if line.startswith(marker):
                return True
    return False

def _tool_error(tool):
    """What is wrong with a tool: (reason, code) or None."""
    if type(tool) != _OBJECT:
        return "it is not an object", "LT101"
    for key in ["recipe", "request"]:
        if type(tool.get(key)) != _OBJECT:
            return "it has no %s" % key, "LT101"
    for key in ["any", "host", "target"]:
        if type(tool.get(key, {})) != _OBJECT:
            return "its %s is not an object" % key, "LT101"
    for role, platform, part in tool_parts(tool):
        where = role + "/" + platform if platform else role
        if type(part) != _OBJECT or type(part.get("artifacts", {})) != _OBJECT:
            return "part %s is not an object" % where, "LT101"
        for id, artifact in part.get("artifacts", {}).items():
            error = _artifact_error(artifact)
            if error:
                reason, code = error
                return "artifact %s of %s: %s" % (id, where, reason), code
    return None

def _artifact_error(artifact):
    """What is wrong with an artifact: (reason, code) or None."""
    if type(artifact) != _OBJECT:
        return "it is not an object", "LT101"
    if "integrity" not in artifact:
        return "it has no integrity, and nothing is fetched without one", "LT104"
    reason = integrity_error(artifact["integrity"])
    if reason:
        return reason, "LT104"
    purl, urls = artifact.get("purl"), artifact.get("urls")
    if purl != None and (type(purl) != "string" or not purl.startswith("pkg:")):
        return "its purl %s is not one: it begins with pkg:" % repr(purl), "LT101"
    if urls != None and (type(urls) != _LIST or not urls or [url for url in urls if type(url) != "string"]):
        return "its urls are not a list of addresses", "LT101"
    if (purl == None) == (urls == None):
        return "it needs either a purl or urls", "LT101"
    return None
