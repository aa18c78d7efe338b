"""tool_cache: lays a tool's cache out."""

load(":environment.bzl", "make_variables", "merge_environments")
load(":providers.bzl", "ToolCacheInfo", "ToolPartInfo")
load(":toolchain.bzl", "EXEC_TOOLCHAIN_TYPE")

_PART_ATTRS = ["any", "host", "target_host", "target"]

def _parts(ctx):
    """The parts, in the order any, host, target."""
    parts = [getattr(ctx.attr, name)[ToolPartInfo] for name in _PART_ATTRS if getattr(ctx.attr, name)]
    if not parts:
        fail("%s has no parts: give at least one of any, host and target (LT607)" % ctx.label)
    if ctx.attr.host and ctx.attr.target_host:
        fail("%s has both host and target_host: only one of them can say what the tool runs on (LT607)" % ctx.label)
    for part in parts[1:]:
        if part.tool != parts[0].tool:
            fail("%s mixes parts of the tools %s and %s: a cache is one tool's (LT607)" % (
                ctx.label,
                parts[0].tool,
                part.tool,
            ))
    return parts

def _plan(parts):
    """The plan as `lazytools-action assemble` reads it (tools/lock/src/plan.rs)."""
    plan_parts = []
    for part in parts:
        plan_part = {key: part.part[key] for key in ["artifacts", "check", "layout"] if part.part.get(key)}
        if not plan_part:
            continue
        plan_part["role"] = part.role
        if part.platform:
            plan_part["platform"] = part.platform
        plan_parts.append(plan_part)
    return {"parts": plan_parts, "planVersion": 1, "tool": parts[0].tool}

def _platform_of(parts, role):
    for part in parts:
        if part.role == role:
            return part.platform
    return None

def _tool_cache_impl(ctx):
    parts = _parts(ctx)
    helper = ctx.toolchains[EXEC_TOOLCHAIN_TYPE].lazytools
    tool, name = parts[0].tool, ctx.label.name
    host, target = _platform_of(parts, "host"), _platform_of(parts, "target")

    plan = ctx.actions.declare_file(name + ".plan.json")
    folder = ctx.actions.declare_directory(name)
    manifest = ctx.actions.declare_file(name + ".manifest.json")
    ctx.actions.write(plan, json.encode_indent(_plan(parts), indent = "  ") + "\n")

    command = ctx.actions.args()
    command.add("assemble")
    args = ctx.actions.args()
    args.set_param_file_format("multiline")
    args.use_param_file("@%s")
    args.add("--plan", plan)
    inputs = [plan]
    for part in parts:
        for id, file in part.artifacts:
            args.add("--artifact", file, format = "%s/%s=%%s" % (part.role, id))
            inputs.append(file)
    args.add_all("--out", [folder], expand_directories = False)
    args.add("--manifest", manifest)
    ctx.actions.run(
        arguments = [command, args],
        executable = helper.files_to_run,
        execution_requirements = {"block-network": "", "supports-path-mapping": ""},
        inputs = inputs,
        mnemonic = "LazyToolsAssemble",
        outputs = [folder, manifest],
        progress_message = "Laying out the cache of %s %%{label}" % tool,
        toolchain = EXEC_TOOLCHAIN_TYPE,
    )

    environment = merge_environments([part.part.get("environment", {}) for part in parts])
    return [
        DefaultInfo(
            files = depset([folder]),
            runfiles = ctx.runfiles([folder, manifest]),
        ),
        OutputGroupInfo(
            manifest = depset([manifest]),
            plan = depset([plan]),
        ),
        ToolCacheInfo(
            access = parts[0].access,
            environment = environment,
            folder = folder,
            host = host,
            manifest = manifest,
            name = tool,
            reaches = parts[0].reaches,
            recipe = parts[0].recipe,
            runtime_files = [file for part in parts for file in part.part.get("runtimeFiles", [])],
            target = target,
        ),
        platform_common.TemplateVariableInfo(make_variables(tool, folder.path, environment)),
    ]

tool_cache = rule(
    implementation = _tool_cache_impl,
    doc = """Lays a tool's cache out: the folder that the tool would have filled by downloading.

Each tool of a hub is one, `@lazy_tools//:bun`, and most users need no other. It gives `ToolCacheInfo` for `tool_run` \
and `tool_binary`, and `TemplateVariableInfo` for rules that expand Make variables: `$(NAME_CACHE)`, with the tool's \
name in upper case and `_` for what is no letter or digit, is the folder, and each variable of the tool's environment \
that only needs the folder has its own name. So with a genrule, name the cache in both `srcs` and `toolchains`.

What is the same everywhere, what depends on the platform that the tool runs on, and what depends on the platform that \
is built for, are three parts. The hub's `@lazy_tools//parts:bun.any`, `bun.host` and `bun.target` can be put together anew, for \
example with `exec_compatible_with`, where a tool's actions can only run on some of the execution platforms:

```starlark
tool_cache(
    name = "pkg",
    any = "@lazy_tools//parts:pkg.any",
    host = "@lazy_tools//parts:pkg.host",
    target = "@lazy_tools//parts:pkg.target",
    exec_compatible_with = ["@platforms//os:macos"],
)
```

The output groups `manifest` and `plan` hold the layout's own account of the folder and the plan it was made by.""",
    attrs = {
        "any": attr.label(
            doc = "The part that is the same on every platform.",
            providers = [ToolPartInfo],
        ),
        "host": attr.label(
            cfg = "exec",
            doc = "The part for the platform that the tool runs on, chosen for the execution platform.",
            providers = [ToolPartInfo],
        ),
        "target": attr.label(
            doc = "The part for the platform that is built for.",
            providers = [ToolPartInfo],
        ),
        "target_host": attr.label(
            doc = """Instead of `host`: the part for the platform that the tool runs on, where that is the one that is \
built for. So it is in a `tool_binary`; a hub's caches choose between the two themselves.""",
            providers = [ToolPartInfo],
        ),
    },
    provides = [ToolCacheInfo, platform_common.TemplateVariableInfo],
    toolchains = [EXEC_TOOLCHAIN_TYPE],
)
