"""airgap: `lazytools airgap` as a target."""

def _airgap_impl(ctx):
    extension = ".exe" if ctx.executable.cli.extension == "exe" else ""

    # A file of the target's own name would stand where the package tools/airgap has its folder.
    launcher = ctx.actions.declare_file(ctx.label.name + "_/lazytools" + extension)
    ctx.actions.symlink(output = launcher, target_file = ctx.executable.cli, is_executable = True)
    runfiles = ctx.runfiles([launcher]).merge(ctx.attr.cli[DefaultInfo].default_runfiles)
    return [DefaultInfo(executable = launcher, runfiles = runfiles)]

airgap = rule(
    implementation = _airgap_impl,
    doc = "The program `lazytools` as this target's own, so that its `args` can be those of `lazytools airgap`.",
    attrs = {
        "cli": attr.label(
            allow_files = True,
            cfg = "target",
            doc = "The program.",
            executable = True,
            mandatory = True,
        ),
    },
    executable = True,
)
