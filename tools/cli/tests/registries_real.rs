//! The real package registries, one artifact of each type. Plain `cargo test` leaves this out, as it needs them.

mod support;

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

#[test]
#[ignore = "asks real package registries"]
fn one_of_each_type() {
    let mut recipe = "schema = 1\nname = \"thing\"\ndescription = \"All.\"\nneeds_version = true\n".to_owned();
    for (id, purl, format, _) in ARTIFACTS {
        recipe += &format!("[[artifacts]]\nid = \"{id}\"\npurl = \"{purl}\"\nformat = \"{format}\"\n");
        recipe += &format!("[[layout]]\nstep = \"place\"\nartifact = \"{id}\"\nto = \"{id}\"\n");
    }
    let workspace = Workspace::new(&recipe);
    let outcome = workspace.plain_command().output().unwrap();
    assert!(outcome.status.success(), "{}", String::from_utf8_lossy(&outcome.stderr));
    let lock: serde_json::Value = serde_json::from_str(&workspace.lock()).unwrap();
    let artifacts = &lock["tools"]["thing"]["any"]["artifacts"];
    for (id, purl, _, text) in ARTIFACTS {
        let pinned = &artifacts[id];
        assert!(pinned["purl"].as_str().unwrap().starts_with(purl), "{pinned}");
        assert!(pinned["size"].as_u64().unwrap() > 1000, "{pinned}");
        assert!(pinned.to_string().contains(text), "{pinned} has no {text}");
    }
}
