"""The toolchains of the helper, `lazytools-action`.

There are two types, because there are two questions: actions need a helper for the platform that they run on, and a
`tool_binary` one for the platform that it is built for.
"""

load(":providers.bzl", "LazytoolsInfo")

EXEC_TOOLCHAIN_TYPE = Label("//rules:exec_toolchain_type")
TARGET_TOOLCHAIN_TYPE = Label("//rules:target_toolchain_type")

def _toolchain_impl(ctx):
    default = ctx.attr.action[DefaultInfo]
    return [platform_common.ToolchainInfo(
        lazytools = LazytoolsInfo(
            action = ctx.executable.action,
            files_to_run = default.files_to_run,
            runfiles = default.default_runfiles,
        ),
    )]

def _toolchain_rule(cfg, doc):
    return rule(
        implementation = _toolchain_impl,
        doc = doc,
        attrs = {
            "action": attr.label(
                allow_files = True,
                cfg = cfg,
                doc = "The program `lazytools-action`: a target that builds it, or a file.",
                executable = True,
                mandatory = True,
            ),
        },
    )

lazytools_exec_toolchain = _toolchain_rule(
    cfg = "exec",
    doc = """The helper for actions. Wrap it in a `toolchain` of type `@rules_lazytools//rules:exec_toolchain_type` \
with `exec_compatible_with`, and register that, to have another helper than the one built from source.""",
)

lazytools_target_toolchain = _toolchain_rule(
    cfg = "target",
    doc = """The helper inside a `tool_binary`. Wrap it in a `toolchain` of type \
`@rules_lazytools//rules:target_toolchain_type` with `target_compatible_with`, and register that.""",
)
