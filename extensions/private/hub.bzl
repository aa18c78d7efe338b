"""The hub, which has aliases alone, and the repository of each tool, which is made when the tool is asked for.

So a lock of a thousand tools costs a build that needs one of them little more than reading it.
"""

load(":lock.bzl", "tool_error")

def _write_build_file(rctx, folder, template, values):
    text = rctx.read(template)
    for key, value in values.items():
        text = text.replace(key, value)
    rctx.file(folder + "BUILD.bazel", text, executable = False)

def _reproducible(rctx):
    return rctx.repo_metadata(reproducible = True) if hasattr(rctx, "repo_metadata") else None

def _hub_repository_impl(rctx):
    values = {
        "{hub_tool.bzl}": str(Label("//rules/private:hub_tool.bzl")),
        "{pins}": repr(rctx.attr.pins),
        "{tools}": "".join(["    %s: %s,\n" % (repr(k), repr(v)) for k, v in rctx.attr.tools.items()]),
    }
    _write_build_file(rctx, "", Label(":hub.BUILD.tpl"), values)

    # A package of their own, because few builds ask for parts and loading them takes longer than loading the tools.
    _write_build_file(rctx, "parts/", Label(":parts.BUILD.tpl"), values)
    rctx.file("requests.json", rctx.attr.requests, executable = False)
    return _reproducible(rctx)

hub_repository = repository_rule(
    implementation = _hub_repository_impl,
    doc = "The hub: `:NAME` for each tool, `parts:NAME.ROLE` for its parts, `:requests.json` and `:pins`.",
    attrs = {
        "pins": attr.string(mandatory = True, doc = "The repository of its pins."),
        "requests": attr.string(mandatory = True, doc = "What requests.json holds."),
        "tools": attr.string_dict(doc = "Name to repository."),
    },
)

def _tool_repository_impl(rctx):
    error = rctx.attr.error or tool_error(json.decode(rctx.attr.entry), rctx.attr.tool, rctx.attr.lock)
    _write_build_file(rctx, "", Label(":failing_tool.BUILD.tpl") if error else Label(":tool.BUILD.tpl"), {
        "{hub_tool.bzl}": str(Label("//rules/private:hub_tool.bzl")),
        "{name}": repr(rctx.attr.tool),
        "{value}": repr(error or rctx.attr.entry),
    })
    return _reproducible(rctx)

tool_repository = repository_rule(
    implementation = _tool_repository_impl,
    doc = "A tool: its cache as `:NAME`, and its parts.",
    attrs = {
        "entry": attr.string(doc = "The lock's entry, JSON, with the labels of the artifacts' files."),
        "error": attr.string(doc = "Why the tool cannot be used; empty where that is not known to be so."),
        "lock": attr.string(doc = "The lock's name, for messages."),
        "tool": attr.string(mandatory = True, doc = "The tool's name."),
    },
)
