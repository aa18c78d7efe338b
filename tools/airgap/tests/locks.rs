//! Lock files of each form that Bazel 7.2 to 9.2 writes; see data/locks/README.md.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use lazytools_airgap::bazel_version::BazelVersion;
use lazytools_airgap::collection::Version;
use lazytools_airgap::digest::Algorithm;
use lazytools_airgap::lock_check::check;
use lazytools_airgap::lock_file::LockFile;
use lazytools_airgap::manifest::{FileEntry, FileKind, Manifest, Registry};
use tempfile::TempDir;

const FIRST: &str = "https://first.example";
const SECOND: &str = "https://second.example/bazel";

/// The forms, by their numbers, with a Bazel that writes each and one that takes it for empty.
const FORMS: [(&str, u64, &str, &str); 7] = [
    (include_str!("data/locks/v13.json"), 13, "7.2.0", "8.0.0"),
    (include_str!("data/locks/v14.json"), 14, "7.7.1", "8.0.0"),
    (include_str!("data/locks/v16.json"), 16, "8.0.0", "7.7.1"),
    (include_str!("data/locks/v18.json"), 18, "8.4.2", "8.7.0"),
    (include_str!("data/locks/v24.json"), 24, "8.7.0", "8.2.1"),
    (include_str!("data/locks/v26.json"), 26, "9.1.1", "9.2.0"),
    (include_str!("data/locks/v28.json"), 28, "9.2.0", "9.1.0"),
];

fn workspace(lock: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("MODULE.bazel.lock"), lock).unwrap();
    folder
}

/// The bundle of what the lock files say.
fn manifest() -> Manifest {
    let registry = |url: &str, path: &str| Registry { url: url.parse().unwrap(), path: path.parse().unwrap() };
    let mut manifest = Manifest {
        manifest_version: Version,
        bazel: "7.7.1".to_owned(),
        targets: BTreeSet::new(),
        platforms: BTreeSet::new(),
        registries: vec![registry(FIRST, "registries/first"), registry(SECOND, "registries/second")],
        files: BTreeMap::new(),
        chains: BTreeMap::new(),
        not_included: Vec::new(),
        since: None,
        removed: BTreeSet::new(),
    };
    file(&mut manifest, "second/bazel_registry.json", "{}\n");
    file(&mut manifest, "second/modules/greet/1.0/MODULE.bazel", "module(name = \"greet\")\n");
    file(&mut manifest, "second/modules/greet/1.0/source.json", "{\"greet\": 1}\n");
    manifest
}

fn file(manifest: &mut Manifest, path: &str, text: &str) {
    let entry = serde_json::json!({
        "sha256": Algorithm::Sha256.digest(text.as_bytes()), "size": text.len(), "kind": FileKind::RegistryFile,
    });
    let entry: FileEntry = serde_json::from_value(entry).unwrap();
    manifest.files.insert(format!("registries/{path}").parse().unwrap(), entry);
}

fn version(text: &str) -> BazelVersion {
    text.parse().unwrap()
}

#[test]
fn each_form_is_read_and_belongs_to_its_bazel() {
    for (text, number, writes, other) in FORMS {
        let folder = workspace(text);
        let lock = LockFile::read(&folder.path().join("MODULE.bazel.lock")).unwrap();
        assert_eq!(lock.version, Some(number));
        assert_eq!(lock.registry_files.len(), 5, "version {number}");
        assert_eq!(lock.registry_files[&format!("{FIRST}/modules/greet/1.0/MODULE.bazel")], None, "version {number}");
        assert!(lock.registry_files[&format!("{SECOND}/modules/greet/1.0/MODULE.bazel")].is_some());
        assert_eq!(check(folder.path(), version(writes), &manifest()).unwrap().unwrap(), lock, "version {number}");
        let error = check(folder.path(), version(other), &manifest()).unwrap_err().to_string();
        let says =
            format!("its lockFileVersion {number} is of another Bazel than {other}, which would take it for empty");
        assert!(error.contains(&says) && error.ends_with("(LT702)"), "{error}");
    }
}

#[test]
fn what_a_lock_and_a_bundle_do_not_agree_on_is_named() {
    let folder = workspace(FORMS[3].0);
    let mut manifest = manifest();
    file(&mut manifest, "first/modules/greet/1.0/MODULE.bazel", "module(name = \"greet\", compatibility_level = 1)\n");
    file(&mut manifest, "second/bazel_registry.json", "{\"mirrors\": []}\n");
    manifest.files.remove(&"registries/second/modules/greet/1.0/source.json".parse().unwrap());
    let error = check(folder.path(), version("8.4.2"), &manifest).unwrap_err().to_string();
    for part in [
        "first.example/modules/greet/1.0/MODULE.bazel is \"not found\" in the lock, so that Bazel asked the next registry",
        "second.example/bazel/bazel_registry.json has another digest in the lock than in the bundle",
        "second.example/bazel/modules/greet/1.0/source.json is in the lock, and not in the bundle",
        "Check out the commit that was collected, or collect and bundle again (LT725)",
    ] {
        assert!(error.contains(part), "{part}\n{error}");
    }
    // What the bundle does not mirror says nothing, nor does a lock of which Debian's Bazel writes nothing.
    manifest.registries.clear();
    assert!(check(folder.path(), version("8.4.2"), &manifest).unwrap().is_some());
    assert!(check(workspace("{}").path(), version("7.7.1"), &manifest).unwrap().is_none());
    assert!(check(Path::new("/nowhere"), version("7.7.1"), &manifest).unwrap().is_none());
}

#[test]
fn a_hostile_lock_is_refused() {
    for (text, says) in [
        ("[", "EOF while parsing"),
        (r#"{"lockFileVersion": -1}"#, "at lockFileVersion: invalid value"),
        (r#"{"lockFileVersion": 18, "lockFileVersion": 18}"#, "duplicate field `lockFileVersion`"),
        (r#"{"lockFileVersion": 18, "registryFileHashes": []}"#, "at registryFileHashes: invalid type"),
        (
            r#"{"lockFileVersion": 18, "registryFileHashes": {"u": "NOT FOUND"}}"#,
            "is \"NOT FOUND\", which is no SHA-256",
        ),
    ] {
        let error = check(workspace(text).path(), version("8.4.2"), &manifest()).unwrap_err().to_string();
        assert!(error.contains(says), "{says}\n{error}");
    }
    // What is not read is passed over, however deep it is.
    let deep = format!("{{\"facts\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(check(workspace(&deep).path(), version("8.4.2"), &manifest()).unwrap().is_none());
}
