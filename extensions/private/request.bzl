"""What MODULE.bazel asks for, and whether the lock holds just that."""

load("//platforms:platforms.bzl", "PLATFORM_NAMES")
load(":lock.bzl", "UPDATE_COMMAND")

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_NAME_CHARACTERS = _LETTERS + "0123456789_-."

# The platforms, for looking one up.
PLATFORMS = {name: True for name in PLATFORM_NAMES}
_KEYS = [
    "recipe",
    "version",
    "versionFrom",
    "versionPackage",
    "versionRange",
    "params",
    "files",
    "artifactFiles",
    "platforms",
]
_DEFAULTS = {
    "artifactFiles": {},
    "files": {},
    "params": {},
    "version": "",
    "versionFrom": "",
    "versionPackage": "",
    "versionRange": "",
}

def name_error(text):
    """Says what is wrong with a name. The words are those of tools/lock/src/name.rs.

    Args:
        text: the name of a tool or parameter.

    Returns:
        A sentence without its final code, or None where the name is good.
    """

    # strip() leaves nothing of a text that holds only these characters.
    if not text or text[0] not in _LETTERS or len(text) > 100 or text.strip(_NAME_CHARACTERS):
        return "%s is not a name: a letter, then letters, digits, _, - and ., at most 100 characters" % repr(text)
    return None

def platform_error(text):
    """Says what is wrong with a platform. The words are those of tools/lock/src/platform.rs.

    Args:
        text: the name of a platform.

    Returns:
        A sentence without its final code, or None where there is such a platform.
    """
    if text in PLATFORMS:
        return None
    return "%s is not a platform: one of %s" % (repr(text), ", ".join(PLATFORM_NAMES))

def make_request(
        recipe,
        version,
        params,
        files,
        platforms,
        version_from = "",
        version_package = "",
        version_range = "",
        artifact_files = {}):
    """A request as it stands in requests.json and in the lock.

    Args:
        recipe: the recipe's name, or the label of its file.
        version: the tool's version, or "".
        params: parameter to value.
        files: parameter to label.
        platforms: names of platforms, in any order.
        version_from: the label of a file that the version is taken from, or "".
        version_package: whose version in that file it is, or "".
        version_range: the range that the version is chosen from, or "".
        artifact_files: slot to label.

    Returns:
        A dict.
    """
    return {
        "artifactFiles": artifact_files,
        "files": files,
        "params": params,
        "platforms": sorted(platforms),
        "recipe": recipe,
        "version": version,
        "versionFrom": version_from,
        "versionPackage": version_package,
        "versionRange": version_range,
    }

def unpinned_error(name, lock_path):
    """The message for a tool that is declared but not in the lock.

    Args:
        name: the tool.
        lock_path: the lock's name.

    Returns:
        The message.
    """
    return "tool %s is declared in MODULE.bazel and not yet pinned in %s: run `%s` (LT601)" % (
        name,
        lock_path,
        UPDATE_COMMAND,
    )

def stale_error(name, lock_path, pinned, asked):
    """The message for a tool whose pin was made for another request.

    Args:
        name: the tool.
        lock_path: the lock's name.
        pinned: the request in the lock.
        asked: the request of MODULE.bazel.

    Returns:
        The message, or None where the two are the same.
    """

    # The lock leaves out what is empty, so this is the usual case.
    if pinned == {key: value for key, value in asked.items() if value}:
        return None

    differences = []
    for key in _KEYS:
        before, now = pinned.get(key, _DEFAULTS.get(key)), asked[key]
        if before != now:
            differences.append("%s %s, pinned %s" % (key, _words(now), _words(before)))
    if not differences:
        return None
    return "the pin of tool %s in %s is stale, MODULE.bazel asks for %s: run `%s` (LT602)" % (
        name,
        lock_path,
        "; ".join(differences),
        UPDATE_COMMAND,
    )

def _words(value):
    if type(value) == type({}):
        return ", ".join(["%s=%s" % (key, repr(value[key])) for key in sorted(value)]) or "none"
    if type(value) == type([]):
        return ", ".join([str(item) for item in value]) or "none"
    return repr(value)
