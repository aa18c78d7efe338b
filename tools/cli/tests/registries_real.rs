//! The real package registries, one artifact of each type. Plain `cargo test` leaves this out, as it needs them.

mod support;

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Once;

use lazytools_fetch::{Client, ClientOptions, Purl, Registries};
use support::packages::recipe_of_all;
use support::Workspace;

/// What is asked for, and what has to be in the lock.
const ARTIFACTS: &[(&str, &str, &str, &str)] = &[
    ("cargo", "pkg:cargo/itoa@1.0.11", "tar.gz", "sha256-SfHxSHMzVFRQDVlhHxz0pLD3hvmsEfQxKnjkzyVmaVs="),
    (
        "deb",
        "pkg:deb/debian/hello@2.10-3?arch=amd64&distro=bookworm",
        "file",
        "pool/main/h/hello/hello_2.10-3_amd64.deb",
    ),
    (
        "golang",
        "pkg:golang/github.com/BurntSushi/toml@v1.4.0",
        "zip",
        "sha256-2SdNW//bf/CYiQVbQtnhI3g1Ze53bWOnMVIZ7BWpgnY=",
    ),
    ("maven", "pkg:maven/junit/junit@4.13.2", "file", "sha256-jklbY0Rp1k+4rPo0laBly6zIoP/1XOHjEAe+TBbcV9M="),
    ("npm", "pkg:npm/is-number@7.0.0", "tar.gz", "sha512-"),
    (
        "pypi",
        "pkg:pypi/six@1.17.0?file_name=six-1.17.0-py2.py3-none-any.whl",
        "zip",
        "sha256-RyHzke2QVB/drKtaz5R6oNPcfSey4ejtor6JcFhsMnQ=",
    ),
];

/// The packages that this machine can pin. A test under Bazel knows no HOME, where cargo's index is; and where there is
/// no gpgv, Debian's index cannot be checked, which is an error unless it comes over https.
fn artifacts() -> Vec<(&'static str, &'static str, &'static str, &'static str)> {
    static HOME: Once = Once::new();
    HOME.call_once(|| {
        #[allow(deprecated, reason = "it is right since 1.85, and no longer deprecated in 1.87")]
        if let Some(home) = std::env::home_dir().filter(|_| std::env::var_os("HOME").is_none()) {
            std::env::set_var("HOME", home);
        }
    });
    let gpgv = Command::new("gpgv").arg("--version").output().is_ok();
    ARTIFACTS.iter().copied().filter(|(ty, ..)| gpgv || *ty != "deb").collect()
}

#[test]
#[ignore = "asks real package registries"]
fn one_of_each_type() {
    let artifacts = artifacts();
    assert!(artifacts.len() >= 5);
    let recipe = recipe_of_all(artifacts.iter().map(|(id, purl, format, _)| (*id, *purl, *format)));
    let workspace = Workspace::new(&recipe);
    let outcome = workspace.plain_command().output().unwrap();
    assert!(outcome.status.success(), "{}", String::from_utf8_lossy(&outcome.stderr));
    let lock: serde_json::Value = serde_json::from_str(&workspace.lock()).unwrap();
    for (id, purl, _, text) in artifacts {
        let pinned = &lock["tools"]["thing"]["any"]["artifacts"][id];
        assert!(pinned["purl"].as_str().unwrap().starts_with(purl), "{pinned}");
        assert!(pinned["size"].as_u64().unwrap() > 1000, "{pinned}");
        assert!(pinned.to_string().contains(text), "{pinned} has no {text}");
    }
}

#[test]
#[ignore = "asks real package registries"]
fn debians_index_is_checked_or_refused() {
    let (id, purl, format, _) = ARTIFACTS[1];
    let workspace = Workspace::new(&recipe_of_all([(id, purl, format)]));
    let gpgv = artifacts().len() == ARTIFACTS.len();
    let outcome = workspace.plain_command().output().unwrap();
    let err = String::from_utf8_lossy(&outcome.stderr).into_owned();
    let refused = err.contains("/InRelease: its signature cannot be checked") && err.contains("plain http (LT325)");
    // Over https, the index is believed without a gpgv.
    assert!(outcome.status.success() || (!gpgv && refused), "{err}");
}

#[test]
#[ignore = "asks real package registries"]
fn all_know_their_releases() {
    let artifacts = artifacts();
    let client = Client::new(ClientOptions::default());
    let registries = Registries::new(client, std::env::temp_dir(), BTreeMap::new());
    for (ty, purl, _, _) in artifacts {
        let purl = Purl::parse(purl).unwrap();
        let releases = registries.releases(&purl).unwrap();
        let known = releases.iter().find(|release| release.version == purl.version());
        assert!(known.is_some_and(|release| !release.yanked), "{ty}: {releases:?}");
        // Debian's index has no dates, cargo's only those of late, and a mirror of Maven may have none.
        let dated = releases.iter().any(|release| release.published.is_some());
        assert!(dated || matches!(ty, "cargo" | "deb" | "maven"), "{ty}: {releases:?}");
    }
}
