"""Which artifacts of a recipe the files of a `lazy_tools.tool` are taken for."""

load(":request.bzl", "name_error", "platform_error")

def artifact_slots(artifact_files, platforms):
    """Reads the `artifact_files` of a tag.

    Args:
        artifact_files: label to slots, with spaces between: `ID`, or `ID@PLATFORM` for one platform alone.
        platforms: the tag's platforms.

    Returns:
        (slots, error): a dict from slot to label, sorted by slot, and what is wrong, with its code, or None.
    """
    slots = {}
    for label, text in artifact_files.items():
        words = [word for word in text.split(" ") if word]
        error = None if words else _no_slot(text)
        for word in words:
            error = error or _slot_problem(word, platforms)
            if not error and word in slots:
                error = "a second file for this artifact, beside %s: take one out (LT605)" % _shown(slots[word])
            slots[word] = label
        if error:
            return {}, "artifact_files = {\"%s\": %s}: %s" % (_shown(label), repr(text), error)
    return {slot: slots[slot] for slot in sorted(slots)}, None

def _shown(label):
    """A label as it stands in the root module."""
    return str(label).removeprefix("@@") if str(label).startswith("@@//") else str(label)

def _slot_problem(slot, platforms):
    id, separator, platform = slot.partition("@")
    if name_error(id):
        return _no_slot(slot)
    if not separator:
        return None
    error = platform_error(platform)
    if error:
        return error + " (LT105)"
    if platform not in platforms:
        return "the tool is not asked for on %s: add it to platforms, or take the file out (LT345)" % platform
    return None

def _no_slot(text):
    # The words are those of tools/lock/src/artifact_slot.rs.
    return (
        "%s names no artifact: write its id in the recipe, as in \"zip\", or ID@PLATFORM, as in " +
        "\"zip@linux_x86_64\" (LT116)"
    ) % repr(text)
