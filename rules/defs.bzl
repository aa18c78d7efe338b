"""The rules of rules_lazytools.

```starlark
load("@rules_lazytools//rules:defs.bzl", "tool_run", "update_pins")
```

The tools themselves come from the module extension, `@rules_lazytools//extensions:lazy_tools.bzl`: each is a
`tool_cache` of its own, `@lazy_tools//:NAME`.
"""

load("//rules/private:populate.bzl", _populate = "populate")
load("//rules/private:providers.bzl", _ToolCacheInfo = "ToolCacheInfo")
load("//rules/private:tool_binary.bzl", _tool_binary = "tool_binary", _tool_test = "tool_test")
load("//rules/private:tool_cache.bzl", _tool_cache = "tool_cache")
load("//rules/private:tool_run.bzl", _tool_run = "tool_run")
load(
    "//rules/private:toolchain.bzl",
    _lazytools_exec_toolchain = "lazytools_exec_toolchain",
    _lazytools_target_toolchain = "lazytools_target_toolchain",
)
load("//rules/private:update_pins.bzl", _update_pins = "update_pins", _update_pins_test = "update_pins_test")

ToolCacheInfo = _ToolCacheInfo
lazytools_exec_toolchain = _lazytools_exec_toolchain
lazytools_target_toolchain = _lazytools_target_toolchain
populate = _populate
tool_binary = _tool_binary
tool_cache = _tool_cache
tool_run = _tool_run
tool_test = _tool_test
update_pins = _update_pins
update_pins_test = _update_pins_test
