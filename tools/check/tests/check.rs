//! `lazytools-check`, on files as the extension lays them out for `update_pins_test`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

const REQUESTS: &str = r#"{"requestsVersion": 1, "hub": "lazy_tools", "lock": "lazy_tools.lock.json", "registries": {},
    "tools": {"bun": {"request": {"recipe": "bun", "versionFrom": "//:package-lock.json", "platforms": ["linux_x86_64"]},
                      "versionFromPath": "package-lock.json"}}}"#;

const SHA: &str = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

struct Pins(TempDir);

impl Pins {
    fn new() -> Self {
        let pins = Self(tempfile::tempdir().unwrap());
        fs::create_dir(pins.0.path().join("files")).unwrap();
        pins.write("requests.json", REQUESTS);
        pins
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).unwrap();
    }

    fn package_lock(&self, version: &str) {
        let text =
            format!(r#"{{"lockfileVersion": 3, "packages": {{"node_modules/bun": {{"version": "{version}"}}}}}}"#);
        self.write("files/package-lock.json", &text);
    }

    /// A lock for this version and with this digest of the recipe.
    fn lock(&self, version: &str, digest: &str) {
        let text = format!(
            r#"{{"lockVersion": 1, "tools": {{"bun": {{"recipe": {{"name": "bun", "digest": "{digest}"}}, "request":
            {{"recipe": "bun", "versionFrom": "//:package-lock.json", "platforms": ["linux_x86_64"]}},
            "version": "{version}"}}}}}}"#
        );
        self.write("files/lazy_tools.lock.json", &text);
    }

    /// The exit status, and all that was said.
    fn check(&self) -> (Option<i32>, String) {
        let built = option_env!("CARGO_BIN_EXE_lazytools-check").map(PathBuf::from);
        let program = std::env::var_os("LAZYTOOLS_CHECK").map(PathBuf::from).or(built);
        let program = fs::canonicalize(program.expect("LAZYTOOLS_CHECK names the program")).unwrap();
        let output = Command::new(program).arg("--requests").arg(self.0.path().join("requests.json")).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).unwrap())
    }

    fn fails_with(&self, texts: &[&str]) {
        let (code, said) = self.check();
        assert_eq!(code, Some(1), "{said}");
        for text in texts {
            assert!(said.contains(text), "no {text:?} in {said}");
        }
        assert!(!said.contains(self.0.path().to_str().unwrap()), "the test's own folders are nobody's concern: {said}");
    }
}

/// The digest of the built-in recipe, which the message about a lock that lacks it cannot tell.
fn digest() -> String {
    let here = PathBuf::from("recipes/bun.toml");
    let file = if here.exists() { here } else { PathBuf::from("../../recipes/bun.toml") };
    lazytools_lock::Algorithm::Sha256.digest(&fs::read(file).unwrap()).to_string()
}

#[test]
fn what_is_current_passes() {
    let pins = Pins::new();
    pins.package_lock("1.4.5");
    pins.lock("1.4.5", &digest());
    assert_eq!(pins.check(), (Some(0), "lazy_tools.lock.json is current\n".to_owned()));
}

#[test]
fn a_missing_lock_is_told() {
    let pins = Pins::new();
    pins.package_lock("1.4.5");
    pins.fails_with(&[
        "lazy_tools.lock.json is not current: run `bazel run //tools:update_pins` (LT309)",
        "bun: it is not in the lock",
    ]);
}

#[test]
fn a_version_that_parted_from_its_file_is_told_with_both() {
    let pins = Pins::new();
    pins.package_lock("1.4.6");
    pins.lock("1.4.5", &digest());
    pins.fails_with(&[
        "run `bazel run //tools:update_pins` (LT309)",
        "bun: //:package-lock.json has version 1.4.6, and the lock has 1.4.5",
    ]);
}

#[test]
fn a_recipe_that_changed_is_told() {
    let pins = Pins::new();
    pins.package_lock("1.4.5");
    pins.lock("1.4.5", SHA);
    pins.fails_with(&["bun: recipe bun has changed"]);
}

#[test]
fn a_file_that_is_taken_instead_of_a_download_has_to_be_as_pinned() {
    let pins = Pins::new();
    pins.write(
        "requests.json",
        &REQUESTS
            .replace(
                "\"versionFrom\": \"//:package-lock.json\"",
                "\"version\": \"1.4.5\", \"artifactFiles\": {\"bun\": \"//:bun.tgz\"}",
            )
            .replace("\"versionFromPath\": \"package-lock.json\"", "\"artifactFilePaths\": {\"bun\": \"bun.tgz\"}"),
    );
    let integrity = lazytools_lock::Algorithm::Sha256.digest(b"as it was").to_string();
    let lock = format!(
        r#"{{"lockVersion": 1, "tools": {{"bun": {{"recipe": {{"name": "bun", "digest": "{}"}}, "request":
        {{"recipe": "bun", "version": "1.4.5", "artifactFiles": {{"bun": "//:bun.tgz"}}, "platforms": ["linux_x86_64"]}},
        "target": {{"linux_x86_64": {{"artifacts": {{"bun": {{"file": "//:bun.tgz", "format": "tar.gz", "integrity":
        "{integrity}"}}}}}}}}}}}}}}"#,
        digest()
    );
    pins.write("files/lazy_tools.lock.json", &lock);
    pins.fails_with(&["artifact_files = {\"//:bun.tgz\": \"bun\"}: bun.tgz: No such file", "(LT346)"]);
    pins.write("files/bun.tgz", "as it was");
    assert_eq!(pins.check(), (Some(0), "lazy_tools.lock.json is current\n".to_owned()));
    pins.write("files/bun.tgz", "as it is now");
    pins.fails_with(&["run `bazel run //tools:update_pins` (LT309)", "bun: its file //:bun.tgz has changed"]);
}

#[test]
fn what_cannot_be_read_is_told_by_its_name_in_the_workspace() {
    let pins = Pins::new();
    pins.lock("1.4.5", &digest());
    pins.fails_with(&["tool bun: version_from = \"//:package-lock.json\": package-lock.json: ", "(LT350)"]);
    pins.write("files/lazy_tools.lock.json", "<<<<<<< HEAD\n");
    pins.fails_with(&["lazy_tools.lock.json:1: git left conflict markers", "(LT101)"]);
}
