"""tool_binary and tool_test: a program that runs a tool on its caches."""

load(":providers.bzl", "ToolCacheInfo")
load(":run_spec.bzl", "STRICT_DOC", "check_caches", "check_program", "run_spec")
load(":toolchain.bzl", "TARGET_TOOLCHAIN_TYPE")

def _host_is_target_impl(_settings, _attr):
    return {"//rules:host_is_target": True}

# The tool runs on the platform that the launcher is built for, not on that of some action.
_host_is_target = transition(
    implementation = _host_is_target_impl,
    inputs = [],
    outputs = ["//rules:host_is_target"],
)

def _runfiles_path(ctx):
    """A function from a File to its path in the runfiles."""
    workspace = ctx.workspace_name

    def path(file):
        short = file.short_path
        return short[len("../"):] if short.startswith("../") else workspace + "/" + short

    return path

def _expand(ctx, attribute, text):
    located = ctx.expand_location(text, ctx.attr.data + ([ctx.attr.tool] if ctx.attr.tool else []))
    return ctx.expand_make_variables(attribute, located, {})

def _tool_binary_impl(ctx):
    check_program(ctx)
    helper = ctx.toolchains[TARGET_TOOLCHAIN_TYPE].lazytools
    caches = [target[ToolCacheInfo] for target in ctx.attr.caches]
    check_caches(ctx.label, caches)
    runfiles_path = _runfiles_path(ctx)
    if ctx.attr.tool:
        program = "{runfile:%s}" % runfiles_path(ctx.executable.tool)
    else:
        program = _expand(ctx, "program", ctx.attr.program)

    extension = ".exe" if helper.action.extension == "exe" else ""
    launcher = ctx.actions.declare_file(ctx.label.name + extension)
    ctx.actions.symlink(output = launcher, target_file = helper.action, is_executable = True)
    spec = ctx.actions.declare_file(launcher.basename + ".lazytools.json", sibling = launcher)
    ctx.actions.write(spec, run_spec(
        label = ctx.label,
        arguments = [_expand(ctx, "fixed_args", text) for text in ctx.attr.fixed_args],
        caches = caches,
        command = [program],
        environment = {name: _expand(ctx, "env", text) for name, text in ctx.attr.env.items()},
        network = ctx.attr.network,
        strict = ctx.attr.strict,
        runfiles_path = runfiles_path,
    ))

    own = [launcher, spec] + ctx.files.data
    for cache in caches:
        own += [cache.folder, cache.manifest]
    runfiles = ctx.runfiles(own).merge_all([
        target[DefaultInfo].default_runfiles
        for target in ctx.attr.data + ([ctx.attr.tool] if ctx.attr.tool else [])
    ] + [helper.runfiles])
    return [DefaultInfo(
        executable = launcher,
        files = depset([launcher, spec]),
        runfiles = runfiles,
    )]

_DOC = """

The tool runs in the current folder, with the caller's arguments after `fixed_args`, its caches in place, and without \
a network unless `network` says otherwise. What its caches hold for a host is for the platform that this target is \
built for.

In `program`, `fixed_args` and `env`, `$(rlocationpath LABEL)` and its kin are filled in for `data` and `tool`, then \
Make variables, and when the tool is started `{cache:NAME}`, `{home}` and `{tmp}`; in `program` and `fixed_args` also \
`{runfile:PATH}`, as in `{runfile:$(rlocationpath //my:config)}`. The attribute `args` is, as in any executable rule, \
for `bazel run` and `bazel test` alone."""

_ATTRS = {
    "caches": attr.label_list(
        cfg = _host_is_target,
        doc = "The tool's caches.",
        providers = [ToolCacheInfo],
    ),
    "data": attr.label_list(
        allow_files = True,
        doc = "What the tool reads: it is in the runfiles.",
    ),
    "env": attr.string_dict(doc = "Variables for the tool. They win over those of the caches."),
    "fixed_args": attr.string_list(doc = "Arguments that come before the caller's."),
    "network": attr.bool(doc = "Whether the tool may reach a network."),
    "program": attr.string(doc = "Instead of `tool`: the path of a program, as in `{cache:node}/bin/node`."),
    "strict": attr.bool(doc = STRICT_DOC),
    "tool": attr.label(
        allow_files = True,
        cfg = "target",
        doc = "The tool: an executable target. Either this or `program` is needed.",
        executable = True,
    ),
    "_allowlist_function_transition": attr.label(
        default = Label("@bazel_tools//tools/allowlists/function_transition_allowlist"),
    ),
}

tool_binary = rule(
    implementation = _tool_binary_impl,
    doc = "A tool with its caches as a program: for `bazel run`, for other rules' tools, for a test's `data`." + _DOC,
    attrs = _ATTRS,
    executable = True,
    toolchains = [TARGET_TOOLCHAIN_TYPE],
)

tool_test = rule(
    implementation = _tool_binary_impl,
    doc = "A test that runs a tool with its caches and passes if the tool exits with 0." + _DOC,
    attrs = _ATTRS,
    test = True,
    toolchains = [TARGET_TOOLCHAIN_TYPE],
)
