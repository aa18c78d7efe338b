"""tool_run: runs a tool in an action, on its caches and without a network."""

load(":providers.bzl", "ToolCacheInfo")
load(":run_spec.bzl", "STRICT_DOC", "add_caches", "add_sources", "check_caches", "check_program", "formatted", "package_relative", "run_options", "run_spec")
load(":toolchain.bzl", "EXEC_TOOLCHAIN_TYPE")

def _check(ctx):
    label = ctx.label
    check_program(ctx)
    if not ctx.outputs.outs and not ctx.attr.out_dirs and not ctx.outputs.stdout and not ctx.outputs.stderr:
        fail("%s has no outputs: name them in outs, out_dirs, stdout or stderr (LT607)" % label)
    if ctx.attr.collect and not ctx.attr.work:
        fail("%s: collect takes files from the work folder: add work = True (LT607)" % label)
    names = [package_relative(file, label.package) for file in ctx.outputs.outs] + ctx.attr.out_dirs
    for name in ctx.attr.collect:
        if name not in names:
            fail("%s: collect names %s, which is neither in outs nor in out_dirs: add it there (LT607)" % (label, name))

def _expand(ctx, attribute, text, variables):
    located = ctx.expand_location(text, ctx.attr.srcs + ([ctx.attr.tool] if ctx.attr.tool else []))
    return ctx.expand_make_variables(attribute, located, variables)

def _variables(ctx, outs):
    """Make variables besides those of the configuration, as a genrule has them."""
    package_folder = "/".join([part for part in [ctx.bin_dir.path, ctx.label.workspace_root, ctx.label.package] if part])
    variables = {
        "OUTS": " ".join([file.path for file in outs]),
        "RULEDIR": package_folder,
        "SRCS": " ".join([file.path for file in ctx.files.srcs]),
    }
    if len(ctx.outputs.outs) == 1:
        variables["@"] = ctx.outputs.outs[0].path
    if len(ctx.files.srcs) == 1:
        variables["<"] = ctx.files.srcs[0].path
    return variables

def _options(ctx, spec, caches, outs, variables):
    args = run_options(ctx, spec)
    add_caches(args, caches)
    if ctx.attr.work:
        package = ctx.label.package
        add_sources(args, ctx.files.srcs, package)
        for file in outs:
            name = package_relative(file, package)
            format = formatted(ctx.attr.collect.get(name, name)) + "=%s"
            args.add_all("--out", [file], format_each = format, expand_directories = False)
    if ctx.outputs.stdout:
        args.add("--stdout", ctx.outputs.stdout)
    if ctx.outputs.stderr:
        args.add("--stderr", ctx.outputs.stderr)
    if ctx.attr.chdir:
        args.add("--chdir", _expand(ctx, "chdir", ctx.attr.chdir, variables))
    args.add("--")
    if ctx.attr.tool:
        args.add(ctx.executable.tool, format = "{execroot}/%s")
    else:
        args.add(_expand(ctx, "program", ctx.attr.program, variables))
    return args

def _tool_run_impl(ctx):
    _check(ctx)
    helper = ctx.toolchains[EXEC_TOOLCHAIN_TYPE].lazytools
    caches = [target[ToolCacheInfo] for target in ctx.attr.caches + ctx.attr.exec_caches]
    check_caches(ctx.label, caches)

    outs = ctx.outputs.outs + [ctx.actions.declare_directory(name) for name in ctx.attr.out_dirs]
    outputs = outs + [file for file in [ctx.outputs.stdout, ctx.outputs.stderr] if file]
    variables = _variables(ctx, outs)
    spec = ctx.actions.declare_file(ctx.label.name + ".run.json")
    ctx.actions.write(spec, run_spec(
        label = ctx.label,
        arguments = [_expand(ctx, "args", text, variables) for text in ctx.attr.args],
        caches = caches,
        environment = {name: _expand(ctx, "env", text, variables) for name, text in ctx.attr.env.items()},
        network = ctx.attr.network,
        strict = ctx.attr.strict,
        work = ctx.attr.work,
    ))

    requirements = {"requires-network": ""} if ctx.attr.network else {"block-network": ""}
    ctx.actions.run(
        arguments = ["run", _options(ctx, spec, caches, outs, variables)],
        executable = helper.files_to_run,
        execution_requirements = requirements | ctx.attr.execution_requirements,
        inputs = depset(
            [spec] + [file for cache in caches for file in [cache.folder, cache.manifest]],
            transitive = [depset(ctx.files.srcs)],
        ),
        mnemonic = ctx.attr.mnemonic,
        outputs = outputs,
        progress_message = ctx.attr.progress_message or "Running %s %%{label}" % _tool_words(ctx),
        toolchain = EXEC_TOOLCHAIN_TYPE,
        tools = [ctx.attr.tool[DefaultInfo].files_to_run] if ctx.attr.tool else [],
        use_default_shell_env = True,
    )
    return [DefaultInfo(
        files = depset(outputs),
        runfiles = ctx.runfiles(outputs),
    )]

def _tool_words(ctx):
    return ctx.attr.tool.label.name if ctx.attr.tool else ctx.attr.program.rpartition("/")[2]

tool_run = rule(
    implementation = _tool_run_impl,
    doc = """Runs a tool in an action, with its caches in place and without a network.

The tool finds its caches by the variables that its recipe sets. It has a HOME and a TMPDIR of its own. It starts in \
the execution root, where the paths of `$(execpath LABEL)` are; or, with `work = True`, in a private folder that holds real \
copies of `srcs` at their paths in the package, from which the outputs are taken when it has succeeded.

```starlark
tool_run(
    name = "app",
    args = ["build", "--compile", "--target=bun-linux-arm64", "index.ts", "--outfile", "app.bin"],
    caches = ["@lazy_tools//:bun"],
    collect = {"app": "app.bin"},
    outs = ["app"],
    srcs = ["index.ts"],
    tool = "//:bun",
    work = True,
)
```

In `args`, `env`, `program` and `chdir` these are filled in, in this order:
- `$(execpath LABEL)` and its kin, for `srcs`, `tool` and the outputs; paths are relative to the execution root;
- Make variables: `$(RULEDIR)`, `$(SRCS)`, `$(OUTS)`, `$@`, `$<` as in a genrule, those of `toolchains`, and `$$` for `$`;
- when the tool is started, `{cache:NAME}` (that cache's folder), `{execroot}`, `{work}`, `{home}` and `{tmp}`, all \
absolute. Other braces stay as they are.""",
    attrs = {
        "args": attr.string_list(doc = "The tool's arguments."),
        "caches": attr.label_list(
            doc = """Caches in the configuration of this target: what a cache holds for a target platform is for the one \
that is built for; what it holds for the host is for the platform that the action runs on.""",
            providers = [ToolCacheInfo],
        ),
        "chdir": attr.string(
            doc = "The folder that the tool starts in, relative to where it would start. Default: there.",
        ),
        "collect": attr.string_dict(
            doc = """With `work`: where an output lies in the work folder: name in `outs` or `out_dirs` to path. Default: \
at its own name.""",
        ),
        "env": attr.string_dict(doc = "Variables for the tool. They win over those of the caches."),
        "exec_caches": attr.label_list(
            cfg = "exec",
            doc = """Caches for the platform that the action runs on alone: of a tool that this tool starts, or for a \
`program` that is inside a cache.""",
            providers = [ToolCacheInfo],
        ),
        "execution_requirements": attr.string_dict(
            doc = "More requirements of the action, as in `{\"no-remote\": \"1\"}`.",
        ),
        "mnemonic": attr.string(
            default = "LazyToolsRun",
            doc = "The action's mnemonic, for `--strategy=MNEMONIC=NAME` and the like: letters and digits.",
        ),
        "network": attr.bool(
            doc = """Whether the tool may reach a network. Default: no; the helper itself sees to it on Linux, and the \
action has the tag `block-network` for Bazel's sandbox.""",
        ),
        "out_dirs": attr.string_list(
            doc = "Folders that the tool makes, relative to the package. `$(RULEDIR)/NAME` is where.",
        ),
        "outs": attr.output_list(doc = "Files that the tool makes."),
        "program": attr.string(
            doc = "Instead of `tool`: the path of a program, as in `{cache:node}/bin/node`.",
        ),
        "progress_message": attr.string(
            doc = "What Bazel shows while the action runs. `%{label}`, `%{output}` and `%{input}` are filled in.",
        ),
        "srcs": attr.label_list(
            allow_files = True,
            doc = "What the tool reads. In the work folder, a file of another package is at its path in the workspace, " +
                  "one of another repository below `external/`.",
        ),
        "stderr": attr.output(doc = "A file for what the tool writes to standard error."),
        "stdout": attr.output(doc = "A file for what the tool writes to standard output."),
        "strict": attr.bool(doc = STRICT_DOC),
        "tool": attr.label(
            allow_files = True,
            cfg = "exec",
            doc = "The tool: an executable target. Either this or `program` is needed.",
            executable = True,
        ),
        "work": attr.bool(
            doc = """Whether the tool starts in a private folder that holds real copies of `srcs`, for tools that write \
beside their sources or follow links.""",
        ),
    },
    toolchains = [EXEC_TOOLCHAIN_TYPE],
)
