"""Builds one target for several platforms at once."""

def _each_platform_impl(_settings, attr):
    return {
        str(platform): {"//command_line_option:platforms": str(platform)}
        for platform in attr.outs
    }

_each_platform = transition(
    implementation = _each_platform_impl,
    inputs = [],
    outputs = ["//command_line_option:platforms"],
)

def _for_platforms_impl(ctx):
    outputs = []
    for platform, name in ctx.attr.outs.items():
        [file] = ctx.split_attr.src[str(platform.label)].files.to_list()
        declare = ctx.actions.declare_directory if file.is_directory else ctx.actions.declare_file
        output = declare(name)
        ctx.actions.symlink(output = output, target_file = file)
        outputs.append(output)
    return [DefaultInfo(
        files = depset(outputs),
        runfiles = ctx.runfiles(outputs),
    )]

for_platforms = rule(
    implementation = _for_platforms_impl,
    doc = "Builds `src`, one file or folder, for each platform, side by side in one build.",
    attrs = {
        "outs": attr.label_keyed_string_dict(
            doc = "For each platform the name of the file or folder.",
            mandatory = True,
        ),
        "src": attr.label(
            doc = "What is built.",
            cfg = _each_platform,
            mandatory = True,
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)
