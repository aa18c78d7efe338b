"""A rule of one's own that takes a tool's cache."""

load("@rules_lazytools//rules:defs.bzl", "ToolCacheInfo")

def _proto_stubs_impl(ctx):
    cache = ctx.attr.protoc[ToolCacheInfo]
    args = ctx.actions.args()
    args.add(ctx.file.src.dirname, format = "--proto_path=%s")
    args.add(ctx.outputs.out.dirname, format = "--pyi_out=%s")
    args.add(ctx.file.src.basename)
    ctx.actions.run(
        # The folder is one input, whatever is in it.
        inputs = [
            cache.folder,
            ctx.file.src,
        ],
        outputs = [ctx.outputs.out],
        executable = cache.folder.path + "/bin/protoc",
        arguments = [args],
        mnemonic = "ProtoStubs",
    )
    return [DefaultInfo(files = depset([ctx.outputs.out]))]

proto_stubs = rule(
    implementation = _proto_stubs_impl,
    doc = "Python stubs of a .proto file.",
    attrs = {
        "out": attr.output(
            doc = "The stubs.",
            mandatory = True,
        ),
        "protoc": attr.label(
            # The tool runs in an action of this rule.
            cfg = "exec",
            doc = "The cache of protoc.",
            mandatory = True,
            providers = [ToolCacheInfo],
        ),
        "src": attr.label(
            allow_single_file = [".proto"],
            doc = "The file.",
            mandatory = True,
        ),
    },
)
