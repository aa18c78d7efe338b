"""A pinned tool, made by the extension lazy_tools from the lock."""

load("{hub_tool.bzl}", "hub_tool")

hub_tool(
    name = {name},
    tool_json = {value},
)
