"""update_pins: brings locks up to date. update_pins_test: fails where they are not."""

def _update_pins_impl(ctx):
    extension = ".exe" if ctx.executable.cli.extension == "exe" else ""
    launcher = ctx.actions.declare_file(ctx.label.name + extension)
    ctx.actions.symlink(output = launcher, target_file = ctx.executable.cli, is_executable = True)
    runfiles = ctx.runfiles([launcher] + ctx.files.data).merge_all(
        [target[DefaultInfo].default_runfiles for target in [ctx.attr.cli] + ctx.attr.data],
    )
    return [DefaultInfo(executable = launcher, runfiles = runfiles)]

_ATTRS = {
    "cli": attr.label(
        allow_files = True,
        cfg = "target",
        doc = "The program.",
        executable = True,
        mandatory = True,
    ),
    "data": attr.label_list(
        allow_files = True,
        doc = "The hubs' requests.json.",
        mandatory = True,
    ),
}

_update_pins = rule(
    implementation = _update_pins_impl,
    doc = "The program `lazytools` as this target's own, so that its `args` are those of `lazytools pin`.",
    attrs = _ATTRS,
    executable = True,
)

_update_pins_test = rule(
    implementation = _update_pins_impl,
    doc = "The program `lazytools-check` as this target's own.",
    attrs = _ATTRS,
    test = True,
)

def _requests_arguments(labels):
    return ["--requests=../$(rlocationpath %s)" % label for label in labels]

def update_pins(name, requests = ["@lazy_tools//:requests.json"], cli = Label("//tools/cli:lazytools"), **kwargs):
    """Brings locks up to date: `bazel run //tools:update_pins`.

    It resolves what MODULE.bazel asks for, for all tools and platforms, and writes each lock whole or not at all.
    More arguments can follow: `bazel run //tools:update_pins -- --check` says whether the locks are current,
    `--dry-run --json` what would change, `--only TOOL` looks at one tool alone, `--latest` moves tools with a
    `version_range` to the newest release in it, `--sbom cyclonedx=FILE` writes a bill of what is pinned.

    It needs neither the locks nor anything that they pin, so it works when a lock is missing, damaged or stale.

    Args:
        name: the target's name. The messages of rules_lazytools say `//tools:update_pins`.
        requests: labels of the hubs' `requests.json`, seen from the BUILD file that calls this.
        cli: the program `lazytools`. Default: built from source.
        **kwargs: attributes that any rule has, as in `visibility` and `tags`.
    """
    _update_pins(
        name = name,
        args = ["pin"] + _requests_arguments(requests),
        cli = cli,
        data = requests,
        **kwargs
    )

def update_pins_test(name, pins = ["@lazy_tools//:pins"], check = Label("//tools/check:lazytools-check"), **kwargs):
    """Fails where MODULE.bazel asks for what a lock does not hold: `bazel test //tools:update_pins_test`.

    A tool that is not pinned, was pinned for another request or by another recipe, whose input file has changed, or whose
    `version_from` file names another version than the lock: each is told, with the command that mends it. It needs no
    network, and what runs has no client for one. What the locks pin is not downloaded for it.

    Args:
        name: the target's name.
        pins: labels of the hubs' `pins`, seen from the BUILD file that calls this.
        check: the program `lazytools-check`. Default: built from source.
        **kwargs: attributes that any test has, as in `tags` and `size` (default: `small`).
    """
    _update_pins_test(
        name = name,
        size = kwargs.pop("size", "small"),
        args = _requests_arguments(pins),
        cli = check,
        data = pins,
        **kwargs
    )
