"""update_pins: brings locks up to date."""

def _update_pins_impl(ctx):
    extension = ".exe" if ctx.executable.cli.extension == "exe" else ""
    launcher = ctx.actions.declare_file(ctx.label.name + extension)
    ctx.actions.symlink(output = launcher, target_file = ctx.executable.cli, is_executable = True)
    runfiles = ctx.runfiles([launcher] + ctx.files.data).merge(ctx.attr.cli[DefaultInfo].default_runfiles)
    return [DefaultInfo(executable = launcher, runfiles = runfiles)]

_update_pins = rule(
    implementation = _update_pins_impl,
    doc = "The program `lazytools` as this target's own, so that its `args` are those of `lazytools pin`.",
    attrs = {
        "cli": attr.label(
            allow_files = True,
            cfg = "target",
            doc = "The program `lazytools`.",
            executable = True,
            mandatory = True,
        ),
        "data": attr.label_list(
            allow_files = True,
            doc = "The hubs' requests.json.",
            mandatory = True,
        ),
    },
    executable = True,
)

def update_pins(name, requests = ["@lazy_tools//:requests.json"], cli = Label("//tools/cli:lazytools"), **kwargs):
    """Brings locks up to date: `bazel run //tools:update_pins`.

    It resolves what MODULE.bazel asks for, for all tools and platforms, and writes each lock whole or not at all.
    More arguments can follow: `bazel run //tools:update_pins -- --check` says whether the locks are current,
    `--dry-run --json` what would change, `--only TOOL` looks at one tool alone.

    It needs neither the locks nor anything that they pin, so it works when a lock is missing, damaged or stale.

    Args:
        name: the target's name. The messages of rules_lazytools say `//tools:update_pins`.
        requests: labels of the hubs' `requests.json`, seen from the BUILD file that calls this.
        cli: the program `lazytools`. Default: built from source.
        **kwargs: attributes that any rule has, as in `visibility` and `tags`.
    """
    _update_pins(
        name = name,
        args = ["pin"] + ["--requests=../$(rlocationpath %s)" % label for label in requests],
        cli = cli,
        data = requests,
        **kwargs
    )
