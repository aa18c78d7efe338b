//! The real npm registry. Bazel always runs it; by hand: `cargo test -p lazytools --test pin_real -- --ignored`.

mod support;

use support::Workspace;

/// Digests as they were when these versions were run by hand.
const KNOWN: &[(&str, &str)] = &[
    (
        "pkg:npm/%40oven/bun-linux-x64@1.4.5",
        "sha512-IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==",
    ),
    (
        "pkg:npm/%40oven/bun-linux-aarch64@1.4.5",
        "sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==",
    ),
    (
        "pkg:npm/pnpm@10.34.9",
        "sha512-9JtajqD97bRLs8DB1ldQkqU8KVDZW3rRXfEfF5dId6LeOgHAfpNOmyjOcW5RwJqUlixzBtCb4uHksYqMh2L9Mg==",
    ),
];

/// The digests that the tables in pkg-fetch have for base binaries of two projects and two platforms.
const BASES: &[&str] =
    &["sha256-JepY4hLsrGw23wMoFnasqTT0/sagX+nw2o0+AXeN8Sw=", "sha256-JCkXvbJqG1Nyb4JIO8aM4GCcyHct9AGy6xY9xrPW3f4="];

#[test]
#[ignore = "needs the npm registry"]
fn real_packages_are_pinned() {
    let workspace = Workspace::new("");
    workspace.write(
        "requests.json",
        r#"{"requestsVersion": 1, "hub": "lazy_tools", "lock": "lazy_tools.lock.json", "registries": {}, "tools": {
            "bun": {"request": {"recipe": "bun", "version": "1.4.5", "platforms": ["linux_aarch64", "linux_x86_64"]}},
            "pkg": {"request": {"recipe": "vercel_pkg", "version": "3.4", "params": {"node": "18.5.0"},
                "platforms": ["linux_x86_64", "macos_aarch64"]}},
            "pnpm": {"request": {"recipe": "corepack", "version": "10.34.9", "params": {"manager": "pnpm"},
                "platforms": ["linux_x86_64"]}}}}"#,
    );
    let output = workspace.plain_command().output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lock = workspace.lock();
    for (purl, integrity) in KNOWN {
        assert!(lock.contains(purl) && lock.contains(integrity), "{purl}");
    }
    for integrity in BASES {
        assert!(lock.contains(integrity), "{integrity}");
    }
}
