"""A tool that is not pinned as MODULE.bazel asks for it, made by the extension lazy_tools."""

load("{hub_tool.bzl}", "failing_hub_tool")

failing_hub_tool(
    name = {name},
    message = {value},
)
