"""The hub of the extension lazy_tools: one target for each tool."""

load("{hub_tool.bzl}", "hub_alias")

exports_files(
    ["requests.json"],
    visibility = ["//visibility:public"],
)

# For update_pins_test.
hub_alias("pins", {pins})

[hub_alias(name, repository) for name, repository in {
{tools}}.items()]
