"""The hub: a package for each tool, and aliases in the root package."""

def _hub_repository_impl(rctx):
    values = {"{hub_tool.bzl}": str(Label("//rules/private:hub_tool.bzl"))}
    good = _filled(rctx.read(Label(":hub_tool.BUILD.tpl")), values)
    for name, tool in rctx.attr.tools.items():
        rctx.file(name + "/BUILD.bazel", good.replace("{name}", repr(name)).replace("{tool}", repr(tool)), executable = False)
    bad = _filled(rctx.read(Label(":hub_failing_tool.BUILD.tpl")), values)
    for name, error in rctx.attr.errors.items():
        rctx.file(name + "/BUILD.bazel", bad.replace("{name}", repr(name)).replace("{message}", repr(error)), executable = False)

    names = sorted(list(rctx.attr.tools) + list(rctx.attr.errors))
    root = _filled(rctx.read(Label(":hub.BUILD.tpl")), values)
    lines = "".join(["    %s,\n" % repr(name) for name in names])
    rctx.file("BUILD.bazel", root.replace("{names}", lines), executable = False)
    rctx.file("requests.json", rctx.attr.requests, executable = False)
    if hasattr(rctx, "repo_metadata"):
        return rctx.repo_metadata(reproducible = True)
    return None

def _filled(text, values):
    for key, value in values.items():
        text = text.replace(key, value)
    return text

hub_repository = repository_rule(
    implementation = _hub_repository_impl,
    doc = "The hub: `:NAME` for each tool, and `:requests.json`.",
    attrs = {
        "errors": attr.string_dict(doc = "Tools that cannot be used: name to message."),
        "requests": attr.string(mandatory = True, doc = "What requests.json holds."),
        "tools": attr.string_dict(doc = "Tools: name to the lock's entry, JSON, with the artifacts' repositories."),
    },
)
