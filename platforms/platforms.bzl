"""The platforms that tools are pinned for.

`tools/lock/src/platform.rs` holds the same names for Rust; `//platforms/tests:names_test` compares the two.
"""

_OS = {
    "freebsd": Label("@platforms//os:freebsd"),
    "linux": Label("@platforms//os:linux"),
    "macos": Label("@platforms//os:macos"),
    "windows": Label("@platforms//os:windows"),
}

_CPU = {
    "aarch64": Label("@platforms//cpu:aarch64"),
    "armv7": Label("@platforms//cpu:armv7"),
    "ppc64le": Label("@platforms//cpu:ppc64le"),
    "riscv64": Label("@platforms//cpu:riscv64"),
    "s390x": Label("@platforms//cpu:s390x"),
    "x86_64": Label("@platforms//cpu:x86_64"),
}

_LIBC = {
    "": Label("//platforms:glibc"),
    "_musl": Label("//platforms:musl"),
}

# All names, sorted. Keep one a line: a test reads them.
PLATFORM_NAMES = [
    "freebsd_x86_64",
    "linux_aarch64",
    "linux_aarch64_musl",
    "linux_armv7",
    "linux_ppc64le",
    "linux_riscv64",
    "linux_s390x",
    "linux_x86_64",
    "linux_x86_64_musl",
    "macos_aarch64",
    "macos_x86_64",
    "windows_aarch64",
    "windows_x86_64",
]

def platform_constraints(name):
    """The constraint values that make a platform.

    Args:
        name: one of `PLATFORM_NAMES`.

    Returns:
        A list of labels: the operating system, the processor and, on Linux, the C library.
    """
    libc = "_musl" if name.endswith("_musl") else ""
    os, _, cpu = name.removesuffix(libc).partition("_")
    constraints = [_OS[os], _CPU[cpu]]
    return constraints + [_LIBC[libc]] if os == "linux" else constraints

def declare_platform(name):
    """Declares a `config_setting` NAME and a `platform` NAME_platform.

    Args:
        name: one of `PLATFORM_NAMES`.
    """
    native.config_setting(
        name = name,
        constraint_values = platform_constraints(name),
        visibility = ["//visibility:public"],
    )
    native.platform(
        name = name + "_platform",
        constraint_values = platform_constraints(name),
        visibility = ["//visibility:public"],
    )
