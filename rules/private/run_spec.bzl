"""What `lazytools-action run` is told (tools/lock/src/run_spec.rs), for tool_run and tool_binary."""

RUN_SPEC_VERSION = 1

STRICT_DOC = """Whether it is an error that the tool tried to reach something, even if it then succeeds. Default: no, \
because many tools look for a newer version of themselves and do without. A test with it shows that a cache is whole."""

def check_caches(label, caches):
    """Fails if two caches have one name, because `{cache:NAME}` could then mean either.

    Args:
        label: the target, for the message.
        caches: a list of ToolCacheInfo.
    """
    seen = {}
    for cache in caches:
        if cache.name in seen:
            fail("%s has two caches of the name %s: take one out, or pin the tool a second time by another name (LT608)" % (
                label,
                cache.name,
            ))
        seen[cache.name] = True

def check_program(ctx):
    """Fails unless the target says in one way what to run.

    Args:
        ctx: the rule's context.
    """
    if bool(ctx.attr.tool) == bool(ctx.attr.program):
        fail("%s needs either tool (a target) or program (a path, as in \"{cache:node}/bin/node\") (LT607)" % ctx.label)

def package_relative(file, package):
    """Where a source lies in the work folder: below the package as it is, else by its whole path.

    Args:
        file: the File.
        package: the package of the target.

    Returns:
        A path.
    """
    path = file.short_path
    if path.startswith("../"):
        return "external/" + path[len("../"):]
    return path.removeprefix(package + "/") if package else path

def formatted(text):
    """A text that stands in a format of `Args` as it is.

    Args:
        text: the text.

    Returns:
        The text with each % doubled.
    """
    return text.replace("%", "%%")

def run_options(ctx, spec):
    """Begins the command line of `lazytools-action run`, all paths as Files.

    It is in a file, where it may have any length, and any characters: on a command line Bazel writes only those that the
    locale of its server has.

    Args:
        ctx: the rule's context.
        spec: the File of the run spec.

    Returns:
        Args, to be added to.
    """
    args = ctx.actions.args()
    args.set_param_file_format("multiline")
    args.use_param_file("@%s", use_always = True)
    args.add("--spec", spec)
    return args

def add_caches(args, caches):
    """Adds the options that say where the caches are.

    Args:
        args: the Args of `lazytools-action run`.
        caches: a list of ToolCacheInfo.
    """
    for cache in caches:
        format = cache.name + "=%s"
        args.add_all("--cache", [cache.folder], format_each = format, expand_directories = False)
        args.add("--cache-manifest", cache.manifest, format = format)

def add_sources(args, files, package):
    """Adds the options that say where the sources are, and where each lies in the work folder.

    Args:
        args: the Args of `lazytools-action run`.
        files: the sources: a list of File.
        package: the package of the target.
    """
    for file in files:
        format = "%s=" + formatted(package_relative(file, package))
        args.add_all("--src", [file], format_each = format, expand_directories = False)

def run_spec(
        label,
        caches,
        environment,
        network,
        arguments = [],
        strict = False,
        work = False,
        command = [],
        populate = None,
        runfiles_path = None):
    """Makes a run spec.

    Args:
        label: the target, for messages.
        caches: a list of ToolCacheInfo.
        environment: variables of the rule itself.
        network: whether the tool may reach a network.
        arguments: the tool's arguments.
        strict: whether it is an error that a tool which succeeds had tried to reach something.
        work: whether the tool starts in a private folder with copies of the sources.
        command: for a launcher: the program.
        populate: what is done with the folder that the tool makes as a cache: a dict.
        runfiles_path: for a launcher: a function from a File to its path in the runfiles.

    Returns:
        The spec as JSON.
    """
    spec = {
        "caches": [_cache_spec(cache, runfiles_path) for cache in caches],
        "environment": environment,
        "label": str(label).removeprefix("@@") if str(label).startswith("@@//") else str(label),
        "network": network,
        "specVersion": RUN_SPEC_VERSION,
        "strict": strict,
        "work": work,
    }
    if arguments:
        spec["arguments"] = arguments
    if command:
        spec["command"] = command
    if populate:
        spec["populate"] = populate
    return json.encode_indent(spec, indent = "  ") + "\n"

def _cache_spec(cache, runfiles_path):
    spec = {
        "access": cache.access,
        "environment": {"clear": cache.environment.clear, "set": cache.environment.set},
        "name": cache.name,
        "reaches": cache.reaches,
        "recipe": cache.recipe,
        "runtimeFiles": cache.runtime_files,
    }
    if cache.host:
        spec["host"] = cache.host
    if cache.target:
        spec["target"] = cache.target
    if runfiles_path:
        spec["folder"] = runfiles_path(cache.folder)
        spec["manifest"] = runfiles_path(cache.manifest)
    return spec
