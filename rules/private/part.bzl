"""A part of a tool's cache: its artifacts and its steps, before anything is laid out."""

load(":providers.bzl", "ToolPartInfo")

def _tool_part_impl(ctx):
    artifacts = []
    for target, ids in ctx.attr.artifacts.items():
        files = target[DefaultInfo].files.to_list()
        if len(files) != 1:
            fail("artifact %s of tool %s is %d files where one is needed (LT607)" % (ids, ctx.attr.tool, len(files)))
        artifacts += [(id, files[0]) for id in ids.split(" ")]
    return [
        DefaultInfo(files = depset([file for _, file in artifacts])),
        ToolPartInfo(
            access = json.decode(ctx.attr.access),
            artifacts = sorted(artifacts),
            part = json.decode(ctx.attr.part),
            platform = ctx.attr.platform or None,
            reaches = json.decode(ctx.attr.reaches),
            recipe = ctx.attr.recipe,
            role = ctx.attr.role,
            tool = ctx.attr.tool,
        ),
    ]

tool_part = rule(
    implementation = _tool_part_impl,
    doc = "A part of a tool's cache. The hub makes them from the lock.",
    attrs = {
        "access": attr.string(default = "{}", doc = "The lock's `access`, JSON."),
        "artifacts": attr.label_keyed_string_dict(
            allow_files = True,
            doc = "The artifacts: label to the ids that it has in this part, with a space between.",
        ),
        "part": attr.string(default = "{}", doc = "The lock's part, JSON."),
        "platform": attr.string(doc = "The platform; empty for `any`."),
        "reaches": attr.string(default = "[]", doc = "The lock's `reaches`, JSON."),
        "recipe": attr.string(doc = "The recipe's name and version."),
        "role": attr.string(mandatory = True, values = ["any", "host", "target"], doc = "For whom it is."),
        "tool": attr.string(mandatory = True, doc = "The tool's name."),
    },
    provides = [ToolPartInfo],
)

def _failing_tool_impl(ctx):
    fail(ctx.attr.message)

failing_tool = rule(
    implementation = _failing_tool_impl,
    doc = "A target that cannot be used, and says why.",
    attrs = {
        "message": attr.string(mandatory = True, doc = "What is wrong and what to do."),
    },
)
