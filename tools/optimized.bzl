"""A program that is compiled with optimization whatever `-c` the consumer's build has.

Unpacking archives takes some twenty times as long without it.
"""

def _opt_impl(_settings, _attr):
    return {
        "//command_line_option:compilation_mode": "opt",
        # A cache below a tool_binary is made by the same helper as any other; else it would be compiled once more.
        "//rules:host_is_target": False,
    }

_opt = transition(
    implementation = _opt_impl,
    inputs = [],
    outputs = [
        "//command_line_option:compilation_mode",
        "//rules:host_is_target",
    ],
)

def _optimized_binary_impl(ctx):
    # A list, because the attribute goes through a transition: https://bazel.build/extending/config#accessing-attributes
    binary = ctx.attr.binary[0][DefaultInfo].files_to_run.executable
    extension = ".exe" if binary.extension == "exe" else ""
    out = ctx.actions.declare_file(ctx.label.name + extension)
    ctx.actions.symlink(output = out, target_file = binary, is_executable = True)
    runfiles = ctx.runfiles([out]).merge(ctx.attr.binary[0][DefaultInfo].default_runfiles)
    return [DefaultInfo(executable = out, files = depset([out]), runfiles = runfiles)]

optimized_binary = rule(
    implementation = _optimized_binary_impl,
    attrs = {
        "binary": attr.label(cfg = _opt, executable = True, mandatory = True),
    },
    doc = "Another name for a program, built with `-c opt`.",
    executable = True,
)
