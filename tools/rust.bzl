"""The Rust crates under tools/: each with its unit tests, its format check and its lints."""

load("@lazytools_crates//:defs.bzl", "aliases", "all_crate_deps")
load("@rules_rust//rust:defs.bzl", "rust_binary", "rust_clippy", "rust_library", "rust_test", "rustfmt_test")
load(":optimized.bzl", "optimized_binary")

# The layout crate does the work; the others read a few files and start it.
_FLAGS = {"lazytools_layout": []}
_COLD_FLAGS = ["-Copt-level=1"]

# Tests are compiled more often than their seconds of running are worth.
_TEST_FLAGS = ["-Copt-level=0"]

def _crate(rule, name, crate_name, deps, compile_data, **kwargs):
    """A crate of the Cargo workspace with everything that belongs to it."""
    sources = native.glob(["src/**/*.rs"])
    rule(
        name = name,
        srcs = sources,
        aliases = aliases(),
        compile_data = compile_data,
        crate_name = crate_name,
        deps = deps + all_crate_deps(normal = True),
        edition = "2021",
        proc_macro_deps = all_crate_deps(proc_macro = True),
        rustc_env = {"CARGO_BIN_NAME": name},
        rustc_flags = _FLAGS.get(name, _COLD_FLAGS),
        # As Cargo.toml has it: programs say it, and so do bills of materials.
        version = native.module_version() or "0.0.0",
        **kwargs
    )

def _checks(name, deps, test_data, test_env, registry_tests = []):
    rust_test(
        name = "unit_test",
        size = "medium",
        crate = name,
        data = test_data,
        deps = all_crate_deps(normal_dev = True),
        env = test_env,
        proc_macro_deps = all_crate_deps(proc_macro_dev = True),
        rustc_flags = _TEST_FLAGS,
    )
    checked = [name, ":unit_test"]
    for source in native.glob(["tests/*.rs"], allow_empty = True):
        test = source.removeprefix("tests/").removesuffix(".rs")
        of_registry = test in registry_tests
        rust_test(
            name = test,
            size = "medium",
            srcs = [source] + native.glob(["tests/*/**/*.rs"], allow_empty = True),
            aliases = aliases(),
            # Plain `cargo test` needs no registry, so there these tests are asked for.
            args = ["--include-ignored"] if of_registry else [],
            # What they include.
            compile_data = native.glob(["tests/data/**"], allow_empty = True),
            crate_root = source,
            data = test_data + native.glob(["tests/**"], exclude = ["**/*.rs"], allow_empty = True),
            deps = deps + all_crate_deps(normal = True, normal_dev = True),
            edition = "2021",
            env = test_env,
            proc_macro_deps = all_crate_deps(proc_macro = True, proc_macro_dev = True),
            rustc_flags = _TEST_FLAGS,
            tags = ["no-sandbox", "requires-network"] if of_registry else [],
        )
        checked.append(":" + test)
    rustfmt_test(
        name = "fmt_test",
        size = "medium",
        targets = checked,
    )
    rust_clippy(
        name = "clippy",
        testonly = True,
        deps = checked,
    )

def crate_library(name, deps = [], compile_data = [], test_data = [], test_env = {}):
    """A library of the Cargo workspace.

    Args:
        name: the crate's name.
        deps: other crates of the workspace; those of others come from Cargo.toml.
        compile_data: files that the sources include.
        test_data: files that the tests read.
        test_env: variables of the tests.
    """
    _crate(rust_library, name, name, deps, compile_data, visibility = ["//:__subpackages__"])
    _checks(":" + name, deps + [":" + name], test_data, test_env)

def crate_binary(name, deps = [], compile_data = [], test_data = [], test_env = {}, registry_tests = []):
    """A program of the Cargo workspace: `name`, optimized whatever -c says, and `name_debug`, which is not.

    Args:
        name: the program's name.
        deps: other crates of the workspace; those of others come from Cargo.toml.
        compile_data: files that the sources include.
        test_data: files that the tests read. The program itself is always among them.
        test_env: variables of the tests.
        registry_tests: those of the files in tests/, without .rs, that ask a real package registry.
    """
    plain = name + "_plain"
    _crate(rust_binary, plain, name.replace("-", "_"), deps, compile_data, visibility = ["//visibility:private"])
    optimized_binary(
        name = name,
        binary = plain,
        visibility = ["//visibility:public"],
    )
    _checks(":" + plain, deps, test_data, test_env, registry_tests)
