"""The module extension `lazy_tools`, for MODULE.bazel.

```starlark
lazy_tools = use_extension("@rules_lazytools//extensions:lazy_tools.bzl", "lazy_tools")
lazy_tools.lock(file = "//:lazy_tools.lock.json")
lazy_tools.tool(
    name = "bun",
    recipe = "bun",
    version = "1.4.5",
    platforms = ["linux_aarch64", "linux_x86_64"],
)
use_repo(lazy_tools, "lazy_tools")
```

`@lazy_tools//:bun` is then a `tool_cache`: the folder that bun would have filled by downloading. After a change here,
`bazel run //tools:update_pins` brings the lock up to date.

What the hub `@lazy_tools` holds for a tool NAME:

| label | is |
| --- | --- |
| `@lazy_tools//:NAME` | the cache: for a tool that runs in an action, for the platform that is built for |
| `@lazy_tools//parts:NAME.any`, `NAME.host`, `NAME.target` | its parts, for a `tool_cache` of your own |
| `@lazy_tools//:requests.json` | what this file asks for; `update_pins` reads it |
"""

load("//extensions/private:extension.bzl", _lazy_tools = "lazy_tools")

lazy_tools = _lazy_tools
