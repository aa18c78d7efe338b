"""What update_pins_test looks at: the requests of a hub with the files that they name.

A repository of its own, so that only who runs the test has it made, and so that files need not be exported from their
packages, nor be there at all: a lock that is missing is for the test to tell.
"""

def pins_files(requests):
    """Where the files of a hub lie in its pins repository.

    Args:
        requests: what requests.json holds.

    Returns:
        (requests, files): the requests with paths below `files/`, and a dict from these to the paths as they were.
    """
    files = {}
    moved = {}
    for name, entry in requests["tools"].items():
        entry = dict(entry)
        for key in ["recipePath", "versionFromPath"]:
            if key in entry:
                entry[key] = _place(files, entry[key])
        for key in ["filePaths", "artifactFilePaths"]:
            if key in entry:
                entry[key] = {name: _place(files, path) for name, path in entry[key].items()}
        moved[name] = entry
    return requests | {"lock": _place(files, requests["lock"]), "tools": moved}, files

def _place(files, path):
    if not path.startswith("/") and path[1:2] != ":":
        files[path] = path
        return path
    for known, other in files.items():
        if other == path:
            return known
    placed = "external/%d/%s" % (len(files), path.replace("\\", "/").rpartition("/")[2])
    files[placed] = path
    return placed

def _pins_repository_impl(rctx):
    requests, files = pins_files(json.decode(rctx.attr.requests))
    for placed, path in files.items():
        path = rctx.path(path) if path.startswith("/") or path[1:2] == ":" else rctx.workspace_root.get_child(path)
        rctx.watch(path)
        if path.exists:
            rctx.symlink(path, "files/" + placed)
    rctx.file("requests.json", json.encode_indent(requests, indent = "  ") + "\n", executable = False)
    rctx.template("BUILD.bazel", Label(":pins.BUILD.tpl"), executable = False)

pins_repository = repository_rule(
    implementation = _pins_repository_impl,
    doc = "`:pins`, a hub's requests.json with the files that it names.",
    attrs = {
        "requests": attr.string(mandatory = True, doc = "What the hub's requests.json holds."),
    },
)
