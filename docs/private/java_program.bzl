"""A ready-made jar as a program for actions.

`java_binary` would do the same, but it asks for a whole Java toolchain, which a machine without a network does not have.
"""

_RUNTIME = "@bazel_tools//tools/jdk:runtime_toolchain_type"

def _java_program_impl(ctx):
    runtime = ctx.toolchains[_RUNTIME].java_runtime
    program = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.expand_template(
        is_executable = True,
        output = program,
        substitutions = {
            "{jar}": ctx.file.jar.short_path,
            "{java}": runtime.java_executable_runfiles_path,
            "{workspace}": ctx.workspace_name,
        },
        template = ctx.file._template,
    )
    return [DefaultInfo(
        executable = program,
        runfiles = ctx.runfiles([ctx.file.jar], transitive_files = runtime.files),
    )]

java_program = rule(
    implementation = _java_program_impl,
    doc = "A jar as a program that actions can run.",
    attrs = {
        "jar": attr.label(
            allow_single_file = [".jar"],
            doc = "The jar, with a main class in its manifest.",
            mandatory = True,
        ),
        "_template": attr.label(
            allow_single_file = True,
            default = Label(":java_program.sh.tpl"),
        ),
    },
    executable = True,
    toolchains = [_RUNTIME],
)
