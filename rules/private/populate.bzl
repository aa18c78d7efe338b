"""populate: a cache that only the tool itself can write, made by running the tool once."""

load(":environment.bzl", "make_variables")
load(":providers.bzl", "ToolCacheInfo")
load(":run_spec.bzl", "STRICT_DOC", "add_caches", "add_sources", "check_caches", "check_program", "run_options", "run_spec")
load(":toolchain.bzl", "EXEC_TOOLCHAIN_TYPE")

_MODES = ["readonly", "copy", "layered"]

def _check(ctx, caches):
    label = ctx.label
    check_program(ctx)
    check_caches(label, caches)
    first, rest = label.name[:1], label.name
    bad = [char for char in rest.elems() if not char.isalnum() and char not in "_-."]
    if bad or not first.isalpha() or len(rest) > 100:
        fail("%s: the name is the cache's, as in {cache:NAME}: begin it with a letter, and take letters, digits, _, - and . \
alone, at most 100 (LT607)" % label)
    for cache in caches:
        if cache.name == rest:
            fail("%s is made by a cache of the name %s: give it another name, because {cache:%s} could be either (LT607)" % (
                label,
                rest,
                rest,
            ))
    for files, pairs in ctx.attr.replace.items():
        if not pairs or len(pairs) % 2:
            fail("%s: replace[%s] has to be a list of pairs: a pattern and its replacement (LT607)" % (
                label,
                repr(files),
            ))
    both = [name for name in ctx.attr.environment if name in ctx.attr.clear]
    if both:
        fail("%s: %s is in both environment and clear: take it out of one (LT607)" % (label, ", ".join(both)))
    if ctx.attr.copy_paths and ctx.attr.access != "copy":
        fail("%s: copy_paths says what a private copy has: add access = \"copy\" (LT607)" % label)

def _expand(ctx, attribute, text):
    located = ctx.expand_location(text, ctx.attr.srcs + ([ctx.attr.tool] if ctx.attr.tool else []))
    return ctx.expand_make_variables(attribute, located, {})

def _populate_spec(ctx):
    """What is done with the folder (tools/lock/src/run_spec.rs)."""
    return {
        "accept": ctx.attr.accept,
        "exclude": ctx.attr.exclude,
        "name": ctx.label.name,
        "replace": [
            {"files": files, "pattern": pairs[at], "text": pairs[at + 1]}
            for files, pairs in ctx.attr.replace.items()
            for at in range(0, len(pairs), 2)
        ],
    }

def _options(ctx, spec, caches, folder, manifest):
    args = run_options(ctx, spec)
    add_caches(args, caches)
    add_sources(args, ctx.files.srcs, ctx.label.package)
    args.add_all("--populate", [folder], expand_directories = False)
    args.add("--populate-manifest", manifest)
    if ctx.attr.chdir:
        args.add("--chdir", _expand(ctx, "chdir", ctx.attr.chdir))
    args.add("--")
    if ctx.attr.tool:
        args.add(ctx.executable.tool, format = "{execroot}/%s")
    else:
        args.add(_expand(ctx, "program", ctx.attr.program))
    return args

def execution_requirements(reproducible, more):
    """What the action asks of Bazel.

    Args:
        reproducible: whether two runs give the same bytes. Without, what others took from a remote cache would not fit
            what they have built already.
        more: the rule's own requirements, which win.

    Returns:
        A dict.
    """
    return {"block-network": ""} | ({} if reproducible else {"no-remote-cache": ""}) | more

def _populate_impl(ctx):
    caches = [target[ToolCacheInfo] for target in ctx.attr.caches + ctx.attr.exec_caches]
    _check(ctx, caches)
    helper = ctx.toolchains[EXEC_TOOLCHAIN_TYPE].lazytools
    name = ctx.label.name
    folder = ctx.actions.declare_directory(name)
    manifest = ctx.actions.declare_file(name + ".manifest.json")
    spec = ctx.actions.declare_file(name + ".run.json")
    ctx.actions.write(spec, run_spec(
        label = ctx.label,
        arguments = [_expand(ctx, "args", text) for text in ctx.attr.args],
        caches = caches,
        environment = {variable: _expand(ctx, "env", text) for variable, text in ctx.attr.env.items()},
        network = False,
        populate = _populate_spec(ctx),
        strict = ctx.attr.strict,
        work = True,
    ))

    ctx.actions.run(
        arguments = ["run", _options(ctx, spec, caches, folder, manifest)],
        executable = helper.files_to_run,
        execution_requirements = execution_requirements(ctx.attr.reproducible, ctx.attr.execution_requirements),
        inputs = depset(
            [spec] + [file for cache in caches for file in [cache.folder, cache.manifest]],
            transitive = [depset(ctx.files.srcs)],
        ),
        mnemonic = "LazyToolsPopulate",
        outputs = [folder, manifest],
        progress_message = "Populating the cache %{label}",
        toolchain = EXEC_TOOLCHAIN_TYPE,
        tools = [ctx.attr.tool[DefaultInfo].files_to_run] if ctx.attr.tool else [],
        use_default_shell_env = True,
    )

    environment = struct(
        set = {variable: ctx.attr.environment[variable] for variable in sorted(ctx.attr.environment)},
        clear = sorted(ctx.attr.clear),
    )
    access = {"mode": ctx.attr.access}
    if ctx.attr.copy_paths:
        access["paths"] = ctx.attr.copy_paths
    return [
        DefaultInfo(
            files = depset([folder]),
            runfiles = ctx.runfiles([folder, manifest]),
        ),
        OutputGroupInfo(manifest = depset([manifest])),
        ToolCacheInfo(
            access = access,
            environment = environment,
            folder = folder,
            host = None,
            manifest = manifest,
            name = name,
            reaches = [{"host": host, "remedy": ctx.attr.reaches[host]} for host in sorted(ctx.attr.reaches)],
            recipe = "made by %s" % str(ctx.label).removeprefix("@@"),
            runtime_files = [],
            target = None,
        ),
        platform_common.TemplateVariableInfo(make_variables(name, folder.path, environment)),
    ]

populate = rule(
    implementation = _populate_impl,
    doc = """Makes a cache by running a tool once, without a network: for what only the tool itself can write, such as \
pnpm's store or Gradle's modules.

The tool starts in a private folder that holds real copies of `srcs`, as a `tool_run` with `work` does, and fills the \
empty folder `{out}`. What it filled is a cache like those of a hub: `tool_run`, `tool_binary` and `tool_test` take it in \
`caches` or `exec_caches`, and `$(NAME_CACHE)` is its folder. [populate.md](populate.md) has whole examples.

```starlark
populate(
    name = "pnpm_store",
    srcs = ["pnpm-lock.yaml", "@rules_lazytools//populate:serve.js"],
    access = "copy",
    args = [
        "{execroot}/$(execpath @rules_lazytools//populate:serve.js)",
        "{cache:pnpm_packages}/registry",
        "{cache:node}/bin/node",
        "{cache:pnpm}/bin/pnpm.cjs",
        "fetch",
        "--registry={served}",
        "--store-dir={out}",
    ],
    copy_paths = ["v10/projects"],
    environment = {"npm_config_store_dir": "{root}"},
    exclude = ["v10/projects"],
    exec_caches = ["@lazy_tools//:node", "@lazy_tools//:pnpm", "@lazy_tools//:pnpm_packages"],
    program = "{cache:node}/bin/node",
    replace = {"v10/index/**": ['"checkedAt":[0-9]+', '"checkedAt":32503680000000']},
    reproducible = True,
)
```

In `args`, `env`, `program` and `chdir`, `$(execpath LABEL)` and Make variables are filled in; and when the tool is started, \
`{out}`, `{cache:NAME}`, `{execroot}`, `{work}`, `{home}` and `{tmp}`, all absolute.

The folder has to hold a file in the end. Links that leave it, and files with paths of this run in them, are errors that \
name them, because elsewhere they would name nothing. Files that are compressed are not looked into. Modes become 0644 or \
0755. The output group `manifest` holds the digest of each file: two targets that are made in one way have the same one if \
the tool writes the same bytes every time.""",
    attrs = {
        "accept": attr.string_list(
            doc = """Globs of files in `{out}` that may have paths of this run in them, because no tool minds, and of links \
that may leave the folder, because what they name is on every machine.""",
        ),
        "access": attr.string(
            default = "readonly",
            doc = """What a tool that uses the cache may do to it: read it (`readonly`), have a private copy (`copy`), or \
read it and write to `{upper}` (`layered`).""",
            values = _MODES,
        ),
        "args": attr.string_list(doc = "The tool's arguments."),
        "caches": attr.label_list(
            doc = "Caches that the tool needs, in the configuration of this target, as in `tool_run`.",
            providers = [ToolCacheInfo],
        ),
        "chdir": attr.string(
            doc = "The folder that the tool starts in, relative to the work folder. Default: there.",
        ),
        "clear": attr.string_list(
            doc = "Variables that must not be set for a tool that uses the cache.",
        ),
        "copy_paths": attr.string_list(
            doc = "With `access = \"copy\"`: only these paths are copied, and the rest is read where it is.",
        ),
        "env": attr.string_dict(doc = "Variables for the tool that fills the folder. They win over those of the caches."),
        "environment": attr.string_dict(
            doc = """Variables for a tool that uses the cache. `{root}` is the folder, `{upper}` an empty writable folder, \
`{home}` and `{tmp}` the tool's own; `{{` and `}}` are braces.""",
        ),
        "exclude": attr.string_list(
            doc = """Globs of what is left out of `{out}`, such as locks and logs: `*` does not cross `/`, `**` does. A \
folder goes with all that is in it.""",
        ),
        "exec_caches": attr.label_list(
            cfg = "exec",
            doc = "Caches that the tool needs, for the platform that the action runs on alone.",
            providers = [ToolCacheInfo],
        ),
        "execution_requirements": attr.string_dict(
            doc = "More requirements of the action, as in `{\"no-remote-exec\": \"1\"}`.",
        ),
        "program": attr.string(
            doc = "Instead of `tool`: the path of a program, as in `{cache:node}/bin/node`.",
        ),
        "reaches": attr.string_dict(
            doc = """For messages: hosts that a tool which uses the cache reaches for when the cache lacks something, as in \
`registry:npm` or `repo.example.org`, and the sentence that says what to do then.""",
        ),
        "replace": attr.string_list_dict(
            doc = """What is replaced in files: glob to a list of regular expressions (in the syntax of Rust's `regex`), each \
followed by what its matches become (`$1` is a group). It is for time stamps and the like. One that matches nothing is an \
error.""",
        ),
        "reproducible": attr.bool(
            doc = """Whether the tool writes the same bytes every time, after `exclude` and `replace`. Default: no, and then \
the action has the tag `no-remote-cache`: what depends on a cache that others cannot make would have keys in the remote \
cache that nobody else asks for.""",
        ),
        "srcs": attr.label_list(
            allow_files = True,
            doc = """What the tool reads: in the work folder, each at its path in the package; a file of another package is \
at its path in the workspace, one of another repository below `external/`.""",
        ),
        "strict": attr.bool(doc = STRICT_DOC),
        "tool": attr.label(
            allow_files = True,
            cfg = "exec",
            doc = "The tool: an executable target. Either this or `program` is needed.",
            executable = True,
        ),
    },
    provides = [ToolCacheInfo, platform_common.TemplateVariableInfo],
    toolchains = [EXEC_TOOLCHAIN_TYPE],
)
