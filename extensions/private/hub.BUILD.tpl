"""The hub of the extension lazy_tools: one target for each tool."""

load("{hub_tool.bzl}", "hub_alias")

exports_files(
    ["requests.json"],
    visibility = ["//visibility:public"],
)

[hub_alias(name, repository) for name, repository in {
{tools}}.items()]
