"""The parts of the hub's tools, for a tool_cache of one's own."""

load("{hub_tool.bzl}", "hub_part_aliases")

[hub_part_aliases(name, repository) for name, repository in {
{tools}}.items()]
