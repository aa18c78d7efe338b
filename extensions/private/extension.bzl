"""The module extension: from tags and locks to hubs and artifact repositories."""

load(":artifact.bzl", "artifact_repository")
load(":artifact_files.bzl", "artifact_slots")
load(":collect.bzl", "DEFAULT_HUB", "collect")
load(":hub.bzl", "hub_repository", "tool_repository")
load(":lock.bzl", "file_label", "read_lock")
load(":pins.bzl", "pins_repository")
load(":request.bzl", "make_request", "stale_error", "unpinned_error")

_HUB_DOC = """The hub that it belongs to: the name of the repository, `@lazy_tools` if nothing is said. A module \
that is not the root (a ruleset, say) has to choose a name of its own."""

_lock = tag_class(
    doc = """Names a hub's lock. Each hub has exactly one, in the module that the hub belongs to.

The file need not be there yet: `bazel run //tools:update_pins` writes it. Its package must have a BUILD file.""",
    attrs = {
        "file": attr.label(
            mandatory = True,
            doc = "The lock, as in `//:lazy_tools.lock.json`.",
        ),
        "hub": attr.string(default = DEFAULT_HUB, doc = _HUB_DOC),
    },
)

_registry = tag_class(
    doc = """Says where packages of a type are fetched from, for all hubs. Only the root module's are allowed.

Without one, the ecosystem's own configuration is asked, as in docs/mirrors.md: for npm `NPM_CONFIG_REGISTRY`, then \
`registry=` in the `.npmrc` of the workspace and of the user, then `npm config get registry`.""",
    attrs = {
        "type": attr.string(
            mandatory = True,
            doc = "A type of package URL: `cargo`, `deb`, `golang`, `maven`, `npm` or `pypi`.",
        ),
        "url": attr.string(
            mandatory = True,
            doc = "The base address: `https://HOST/PATH`, `http:` or `file:`. Credentials belong in `~/.netrc`.",
        ),
    },
)

_tool = tag_class(
    doc = """Asks for a tool: `@lazy_tools//:NAME` is then its cache.

What it asks for is pinned by `bazel run //tools:update_pins`. A tool that is not pinned, or was pinned for something \
else, fails only if a build needs it.""",
    attrs = {
        "artifact_files": attr.label_keyed_string_dict(
            allow_files = True,
            doc = """Files of the workspace that are taken instead of the recipe's downloads, for a build or copy of your own: \
label to the id of the recipe's artifact, as in `{"//electron:electron.zip": "zip"}`, or to `ID@PLATFORM` for one platform \
alone, which wins over `ID`; several with spaces between. It has to be a source file, which its package exports with \
`exports_files`. Nothing is fetched for it; the lock holds its digest, and a build fails if it has changed since.""",
        ),
        "files": attr.label_keyed_string_dict(
            allow_files = True,
            doc = "Files that the recipe reads when pinning: label to the parameter that it is for.",
        ),
        "hub": attr.string(default = DEFAULT_HUB, doc = _HUB_DOC),
        "name": attr.string(
            mandatory = True,
            doc = "The tool's name in the hub: a letter, then letters, digits, `_`, `-` and `.`.",
        ),
        "params": attr.string_dict(doc = "The recipe's parameters. Which there are is said in the recipe."),
        "platforms": attr.string_list(
            mandatory = True,
            doc = """The platforms to pin for: those that the tool runs on and those that it builds for, as in \
`["linux_x86_64", "macos_aarch64"]`.""",
        ),
        "recipe": attr.label(
            allow_files = True,
            mandatory = True,
            doc = "A recipe of rules_lazytools by its name, `bun`, or one of your own by its label, `//:my_tool.toml`.",
        ),
        "version": attr.string(doc = "The tool's version, exact. Whether one is needed is said in the recipe."),
        "version_from": attr.label(
            allow_files = True,
            doc = """A file that the version is taken from, instead of `version`, as in `//:package-lock.json`: \
`package-lock.json`, `pnpm-lock.yaml`, `yarn.lock`, `package.json` (its `packageManager`), `.nvmrc`, `.node-version`, \
`.tool-versions`, `go.mod`, `uv.lock`, `requirements.txt`, `maven-wrapper.properties` or `gradle-wrapper.properties`. Which package in it is meant is \
said in the recipe. When the two part, `--check` and `update_pins_test` fail.""",
        ),
        "version_package": attr.string(
            doc = "With `version_from`: whose version it is, where it is not the package that the recipe names.",
        ),
        "version_range": attr.string(
            doc = """The range that the version is chosen from, instead of `version`, as in `>=1.4, <2`, `^1.4`, `~1.4.2` or \
`1.x`. The lock holds the exact one, which stays until it is not in the range any more or `update_pins -- --latest` \
moves it.""",
        ),
    },
)

def _label_path(mctx, label):
    """A file's path: relative in the workspace, else absolute."""
    if label.repo_name:
        return str(mctx.path(label))
    return label.package + "/" + label.name if label.package else label.name

def _label_text(label, home):
    """A label as a request holds it: without its repository where that is the lock's own."""
    repository = "" if label.repo_name == home.repo_name else "@@" + label.repo_name
    return "%s//%s:%s" % (repository, label.package, label.name)

def _requests(mctx, hub, registries):
    """What requests.json holds."""
    lock = hub.lock.file
    tools = {}
    for name, tag in hub.tools.items():
        files = {parameter: file for file, parameter in tag.files.items()}
        artifact_files, _ = artifact_slots(tag.artifact_files, tag.platforms)
        by_label = tag.recipe.name.endswith(".toml")
        entry = {
            "request": make_request(
                recipe = _label_text(tag.recipe, lock) if by_label else tag.recipe.name,
                version = tag.version,
                params = tag.params,
                files = {parameter: _label_text(file, lock) for parameter, file in files.items()},
                platforms = tag.platforms,
                version_from = _label_text(tag.version_from, lock) if tag.version_from else "",
                version_package = tag.version_package,
                version_range = tag.version_range,
                artifact_files = {slot: _label_text(file, lock) for slot, file in artifact_files.items()},
            ),
        }
        if by_label:
            entry["recipePath"] = _label_path(mctx, tag.recipe)
        if files:
            entry["filePaths"] = {parameter: _label_path(mctx, file) for parameter, file in files.items()}
        if artifact_files:
            entry["artifactFilePaths"] = {slot: _label_path(mctx, file) for slot, file in artifact_files.items()}
        if tag.version_from:
            entry["versionFromPath"] = _label_path(mctx, tag.version_from)
        tools[name] = entry
    return {
        "hub": hub.name,
        "lock": _label_path(mctx, lock),
        "registries": registries,
        "requestsVersion": 1,
        "tools": tools,
    }

def _read(mctx, label):
    """The file's text, or None if there is no file (yet)."""
    path = mctx.path(label)
    mctx.watch(path)
    return mctx.read(path) if path.exists else None

def _parts(tool):
    """The parts of a tool with the beginning of their artifacts' names, as far as the entry has its form."""
    parts = [("any.", tool["any"])] if "any" in tool else []
    for role in ["host", "target"]:
        if role in tool and type(tool[role]) == "dict":
            parts += [(role + "." + platform + ".", part) for platform, part in tool[role].items()]
    return parts

def _declare_artifacts(prefix, tool, registries, declared, home):
    """Declares the repositories of a tool's artifacts, and writes the labels of their files into the artifacts.

    This runs for every artifact of a lock, however few of them a build needs, so it does no more than it must: what has
    not its form is passed over, and what an artifact says is looked into by its own repository and the tool's.

    Args:
        prefix: the beginning of the repositories' names.
        tool: the tool's JSON, decoded; changed in place.
        registries: type to address, or None where there are none.
        declared: a struct of `by_artifact` (artifact to repository) and `names` (repositories), what has been declared
            for the hub so far; changed in place.
        home: the canonical name of the lock's repository.
    """
    by_artifact, names = declared.by_artifact, declared.names
    for part_prefix, part in _parts(tool):
        if type(part) != "dict" or "artifacts" not in part or type(part["artifacts"]) != "dict":
            continue
        for id, artifact in part["artifacts"].items():
            text = json.encode(artifact)
            if text[0] != "{":
                continue
            if "file" in artifact:
                # A file of the workspace has no repository; what is wrong with it is for the tool's own to say.
                artifact["label"] = file_label(str(artifact["file"]), home)
                continue
            if text in by_artifact:
                artifact["label"] = by_artifact[text]
                continue
            repository = prefix + part_prefix + id
            if repository in names:
                repository += ".%d" % len(names)
            artifact["label"] = "@%s//:file" % repository
            by_artifact[text], names[repository] = artifact["label"], True
            if registries and "purl" in artifact:
                artifact_repository(name = repository, artifact = text, registries = registries)
            else:
                artifact_repository(name = repository, artifact = text)

def _problem(name, tool, lock, lock_path, request):
    """Why a tool cannot be used, as far as that is known without looking into its entry; or None."""
    if lock.error:
        return lock.error
    if tool == None:
        return unpinned_error(name, lock_path)
    pinned = tool.get("request") if type(tool) == "dict" else None
    return stale_error(name, lock_path, pinned, request) if type(pinned) == "dict" else None

def _declare_hub(mctx, hub, registries):
    requests = _requests(mctx, hub, registries)
    lock_path = requests["lock"]
    lock = read_lock(_read(mctx, hub.lock.file), lock_path)

    repositories = {name: hub.name + "." + name for name in sorted(hub.tools)}
    declared = struct(by_artifact = {}, names = {repository: True for repository in repositories.values()})
    for name, repository in repositories.items():
        tool = lock.tools[name] if name in lock.tools else None
        error = _problem(name, tool, lock, lock_path, requests["tools"][name]["request"])
        if error:
            tool_repository(name = repository, tool = name, error = error)
        else:
            if type(tool) == "dict":
                _declare_artifacts(repository + ".", tool, registries, declared, hub.lock.file.repo_name)
            tool_repository(name = repository, tool = name, entry = json.encode(tool), lock = lock_path)

    # No tool's name begins with a digit.
    pins = hub.name + ".1pins"
    pins_repository(name = pins, requests = json.encode(requests))
    hub_repository(
        name = hub.name,
        pins = pins,
        requests = json.encode_indent(requests, indent = "  ") + "\n",
        tools = repositories,
    )

def _lazy_tools_impl(mctx):
    collected = collect(mctx.modules)
    if collected.error:
        fail(collected.error)
    for name in sorted(collected.hubs):
        _declare_hub(mctx, collected.hubs[name], collected.registries)

    own = [hub for hub in collected.hubs.values() if hub.module.is_root]
    return mctx.extension_metadata(
        reproducible = True,
        root_module_direct_deps = [hub.name for hub in own if not mctx.is_dev_dependency(hub.lock)],
        root_module_direct_dev_deps = [hub.name for hub in own if mctx.is_dev_dependency(hub.lock)],
    )

lazy_tools = module_extension(
    implementation = _lazy_tools_impl,
    doc = """Pinned tools: from `lazy_tools.lock.json` to one repository for each artifact and one for the hub.

Nothing is downloaded before a build needs it. A lock that is missing, damaged or stale fails only the targets that \
need it, so that `bazel run //tools:update_pins` can always mend it.""",
    tag_classes = {
        "lock": _lock,
        "registry": _registry,
        "tool": _tool,
    },
)
