//! Bills of materials. `UPDATE_GOLDEN=1 cargo test -p lazytools --test pin_sbom` writes `golden/`; tests/sbom holds these
//! files against the formats' own schemas.

mod support;

use std::path::PathBuf;

use support::{Answer, Outcome, Server, Workspace};

const SHA512: &str = "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";
const SHA384: &str = "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb";
const SHA256: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

/// An artifact of a registry for two platforms, one at a plain address with a mirror, one from a package-lock.json.
const RECIPE: &str = r#"
schema = 1
name = "thing"
description = "A thing."
needs_version = true

[platforms.linux_x86_64]
word = "x"

[platforms.linux_aarch64]
word = "a"

[[artifacts]]
id = "program"
for = "host"
purl = "pkg:npm/%40scope/thing-{platform.word}@{version}"
format = "tar.gz"

[[artifacts]]
id = "notes"
url = "https://files.example.org/{version}/notes.txt?a=b&c"
mirrors = ["https://mirror.example.org/notes.txt"]
format = "file"
digest = { from = "checksums", url = "https://files.example.org/{version}/notes.sha256", algorithm = "sha256" }
size = "unknown"

[files.package_lock]
doc = "package-lock.json"

[[packages]]
from = "npm_lock"
file = "package_lock"
to = "node_modules"
"#;

fn ready() -> (Server, Workspace) {
    let server = Server::new();
    for (word, licence) in [("x", "\"(MIT OR Apache-2.0)\""), ("a", "{\"type\": \"MIT\"}")] {
        let integrity = if word == "x" { SHA512 } else { SHA384 };
        let manifest = format!(r#"{{"license": {licence}, "dist": {{"integrity": "{integrity}"}}}}"#);
        server.on(&format!("/npm/@scope%2Fthing-{word}/1.0"), &[Answer::Bytes(manifest.into_bytes())]);
        server.on(&format!("/npm/@scope/thing-{word}/-/thing-{word}-1.0.tgz"), &[Answer::Bytes(vec![1, 2, 3])]);
    }
    let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    server.on("/files/1.0/notes.sha256", &[Answer::Bytes(hex.as_bytes().to_vec())]);
    server.on("/npm/odd/-/odd-2.0.0.tgz", &[Answer::Bytes(vec![1])]);
    let workspace = Workspace::new(RECIPE);
    workspace.request(&["linux_aarch64", "linux_x86_64"], "1.0");
    let requests = workspace.read("requests.json");
    let requests = requests.replace("\"params\": {}", "\"files\": {\"package_lock\": \"//:package-lock.json\"}");
    let requests =
        requests.replace("\"recipePath\"", "\"filePaths\": {\"package_lock\": \"package-lock.json\"}, \"recipePath\"");
    workspace.write("requests.json", &requests.replace("\"thing\": {", "\"my_thing\": {"));
    workspace.write(
        "package-lock.json",
        &format!(
            r#"{{"lockfileVersion": 3, "packages": {{"node_modules/odd": {{"version": "2.0.0", "license":
            "SEE LICENSE IN LICENSE.md", "integrity": "sha256-{SHA256}"}}}}}}"#
        ),
    );
    (server, workspace)
}

fn pin(server: &Server, workspace: &Workspace, arguments: &[&str], epoch: Option<&str>) -> Outcome {
    let mut command = workspace.command(server);
    command.args(arguments).env_remove("SOURCE_DATE_EPOCH");
    if let Some(epoch) = epoch {
        command.env("SOURCE_DATE_EPOCH", epoch);
    }
    Outcome::of(&command.output().unwrap())
}

/// A golden file: Bazel runs tests in the workspace's root, cargo in the crate's folder.
fn golden(name: &str) -> PathBuf {
    let here = PathBuf::from("tests/golden");
    let folder = if here.is_dir() { here } else { PathBuf::from("tools/cli/tests/golden") };
    folder.join(name)
}

#[test]
fn the_bills_are_golden_and_need_no_network() {
    let (server, workspace) = ready();
    pin(&server, &workspace, &[], None).succeeded();
    let asked = server.seen().len();
    for (format, file) in [("cyclonedx", "bill.cdx.json"), ("spdx", "bill.spdx.json")] {
        let argument = format!("{format}=bill.json");
        pin(&server, &workspace, &["--check", "--sbom", &argument], None).succeeded();
        let actual = workspace.read("bill.json");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(golden(file), &actual).unwrap();
        }
        let expected = std::fs::read_to_string(golden(file)).unwrap_or_default();
        assert_eq!(actual, expected, "UPDATE_GOLDEN=1 writes golden/{file} anew");
        assert!(!actual.contains("127.0.0.1"), "{actual}");
    }
    assert_eq!(server.seen().len(), asked);
}

#[test]
fn both_are_written_with_the_lock_or_not_at_all() {
    let (server, workspace) = ready();
    let arguments = ["--sbom", "cyclonedx=one.json", "--sbom", "spdx=two.json"];
    pin(&server, &workspace, &[&arguments[..], &["--check"]].concat(), None).failed_with(&["(LT309)"]);
    assert_eq!((workspace.read("one.json"), workspace.read("two.json")), (String::new(), String::new()));
    pin(&server, &workspace, &arguments, Some("1700000000")).succeeded();
    let (cyclonedx, spdx) = (workspace.read("one.json"), workspace.read("two.json"));
    assert!(cyclonedx.contains("\"timestamp\": \"2023-11-14T22:13:20Z\""), "{cyclonedx}");
    assert!(spdx.contains("\"created\": \"2023-11-14T22:13:20Z\""), "{spdx}");
    assert!(spdx.contains("\"extractedText\": \"SEE LICENSE IN LICENSE.md\""), "{spdx}");
    pin(&server, &workspace, &arguments, Some("1700000000")).succeeded();
    assert_eq!((workspace.read("one.json"), workspace.read("two.json")), (cyclonedx, spdx), "the same bytes again");
}

#[test]
fn what_is_wrong_is_told() {
    let (server, workspace) = ready();
    for wrong in ["cyclonedx", "spdx=", "swid=x"] {
        assert_eq!(pin(&server, &workspace, &["--sbom", wrong], None).code, Some(2), "{wrong}");
    }
    pin(&server, &workspace, &["--sbom", "spdx=bill.json"], Some("now"))
        .failed_with(&["SOURCE_DATE_EPOCH is \"now\"", "(LT358)"]);
    assert_eq!(workspace.lock(), "", "whole or not at all");
    pin(&server, &workspace, &["--sbom", "spdx=missing/bill.json"], None)
        .failed_with(&["missing/bill.json", "(LT310)"]);
    assert_eq!(workspace.lock(), "", "whole or not at all");
}
