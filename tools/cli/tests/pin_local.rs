//! Artifacts that are files of the workspace, against a server on the loopback that is asked for nothing.

mod support;

use std::fs;

use lazytools_lock::Algorithm;
use serde_json::Value;
use support::{tar_gz, Answer, Server, Workspace, DOWNLOADED};

/// The digest as its registry or publisher has it, and a signature: neither is for a file of one's own.
const STRICT: &str = "digest = { from = \"checksums\", url = \"https://files.example.org/{version}/sums\", algorithm = \"sha256\" }\n\
    signature = { from = \"minisign\", url = \"https://files.example.org/{version}/sums.minisig\", over = \"checksums\", \
    keys = [\"RWSGOq2NVecA2UPNdBUZykf1CCb147pkmdtYxgb3Ti+JO/wCYvhbAb/U\"] }";

fn archive(text: &str) -> Vec<u8> {
    tar_gz(&[("file", text)])
}

/// A workspace that takes `web/thing.tgz` instead of the download, and asks for both platforms.
fn ready(slot: &str) -> (Server, Workspace) {
    let workspace = Workspace::new(&DOWNLOADED.replace("digest = { from = \"download\" }", STRICT));
    workspace.request(&["linux_aarch64", "linux_x86_64"], "1.0");
    let requests = workspace.read("requests.json");
    let requests =
        requests.replace("\"params\": {}", &format!("\"artifactFiles\": {{\"{slot}\": \"//web:thing.tgz\"}}"));
    let paths = format!("\"artifactFilePaths\": {{\"{slot}\": \"web/thing.tgz\"}}, \"recipePath\"");
    workspace.write("requests.json", &requests.replace("\"recipePath\"", &paths));
    fs::create_dir(workspace.path().join("web")).unwrap();
    fs::write(workspace.path().join("web/thing.tgz"), archive("one")).unwrap();
    (Server::new(), workspace)
}

fn artifact(workspace: &Workspace, platform: &str) -> Value {
    let lock: Value = serde_json::from_str(&workspace.lock()).unwrap();
    lock["tools"]["thing"]["target"][platform]["artifacts"]["thing"].clone()
}

#[test]
fn nothing_is_fetched_for_a_file() {
    let (server, workspace) = ready("thing");
    workspace.pin(&server, &[]).succeeded();
    assert_eq!(server.seen(), [""; 0]);
    let bytes = archive("one");
    let expected = serde_json::json!({
        "file": "//web:thing.tgz",
        "format": "tar.gz",
        "integrity": Algorithm::Sha256.digest(&bytes).to_string(),
        "size": bytes.len(),
    });
    for platform in ["linux_aarch64", "linux_x86_64"] {
        assert_eq!(artifact(&workspace, platform), expected, "one file for two platforms is meant so");
    }
    assert!(
        workspace.lock().contains("\"artifactFiles\": {\n          \"thing\": \"//web:thing.tgz\""),
        "{}",
        workspace.lock()
    );
    workspace.pin(&server, &["--check"]).succeeded();
}

#[test]
fn a_file_that_changed_is_stale_and_pinned_anew() {
    let (server, workspace) = ready("thing");
    workspace.pin(&server, &[]).succeeded();
    fs::write(workspace.path().join("web/thing.tgz"), archive("two")).unwrap();
    workspace.pin(&server, &["--check"]).failed_with(&[
        "lazy_tools.lock.json is not current: run `bazel run //tools:update_pins` (LT309)",
        "thing: its file //web:thing.tgz has changed",
    ]);
    let outcome = workspace.pin(&server, &[]).succeeded();
    assert!(
        outcome.out.contains("changed thing //:thing.toml 1.0 (its file //web:thing.tgz has changed)"),
        "{}",
        outcome.out
    );
    let integrity = Algorithm::Sha256.digest(&archive("two")).to_string();
    assert_eq!(artifact(&workspace, "linux_x86_64")["integrity"], integrity.as_str());
    workspace.pin(&server, &["--check"]).succeeded();
}

#[test]
fn a_file_for_one_platform_leaves_the_others_to_upstream() {
    let (server, workspace) = ready("thing@linux_x86_64");
    workspace.write("thing.toml", DOWNLOADED);
    server.on("/files/1.0/thing-a.tar.gz", &[Answer::Bytes(archive("upstream"))]);
    workspace.pin(&server, &[]).succeeded();
    assert_eq!(server.seen(), ["GET /files/1.0/thing-a.tar.gz"]);
    assert_eq!(artifact(&workspace, "linux_x86_64")["file"], "//web:thing.tgz");
    assert_eq!(artifact(&workspace, "linux_aarch64")["file"], Value::Null);
    // The pin is of that request: with another one it is stale.
    let requests = workspace.read("requests.json").replace("thing@linux_x86_64", "thing@linux_aarch64");
    workspace.write("requests.json", &requests);
    workspace
        .pin(&server, &["--check"])
        .failed_with(&["thing: MODULE.bazel asks for artifact_files thing@linux_aarch64=//web:thing.tgz instead of \
         thing@linux_x86_64=//web:thing.tgz"]);
}

#[test]
fn what_is_wrong_with_a_file_is_told() {
    let (server, workspace) = ready("thing");
    let file = workspace.path().join("web/thing.tgz");
    let write = |bytes: &[u8]| fs::write(&file, bytes).unwrap();
    write(b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n");
    workspace.pin(&server, &[]).failed_with(&[
        "tool thing target linux_x86_64: thing: //web:thing.tgz is the pointer that Git LFS leaves in a file's place: run \
         `git lfs pull` (LT347)",
    ]);
    write(b"PK\x03\x04");
    workspace.pin(&server, &[]).failed_with(&[
        "//web:thing.tgz looks like a zip archive, and the recipe declares tar.gz: take a file of that format (LT347)",
    ]);
    write(b"");
    let start = "tool thing: artifact_files = {\"//web:thing.tgz\": \"thing\"}: ";
    let end = "It has to be a file that lies there before anything is built (LT346)";
    workspace.pin(&server, &[]).failed_with(&[start, "web/thing.tgz: it is empty. ", end]);
    fs::remove_file(&file).unwrap();
    workspace.pin(&server, &[]).failed_with(&[start, "web/thing.tgz: No such file or directory", end]);
    workspace.pin(&server, &["--check"]).failed_with(&[start, end]);
    fs::create_dir(&file).unwrap();
    workspace.pin(&server, &[]).failed_with(&[start, "web/thing.tgz: it is not a file. ", end]);
    assert_eq!((workspace.lock().as_str(), server.seen().len()), ("", 0));
}

#[test]
fn a_file_for_no_artifact_is_told() {
    let (server, workspace) = ready("thang");
    workspace.pin(&server, &[]).failed_with(&[
        "tool thing: artifact_files = {\"//web:thing.tgz\": \"thang\"}: recipe thing has no artifact \"thang\": did you mean \
         \"thing\"? (LT345)",
    ]);
}

#[test]
fn a_bill_has_its_name_and_digest_and_no_address() {
    let (server, workspace) = ready("thing");
    workspace.pin(&server, &["--sbom", "cyclonedx=one.json", "--sbom", "spdx=two.json"]).succeeded();
    let (one, two) = (workspace.read("one.json"), workspace.read("two.json"));
    let digest = Algorithm::Sha256.digest(&archive("one")).hex();
    for text in [&one, &two] {
        assert!(text.contains(&digest) && text.contains("\"name\": \"thing.tgz\""), "{text}");
        assert!(text.contains("//web:thing.tgz") && !text.contains("pkg:") && !text.contains("example.org"), "{text}");
    }
    assert!(!one.contains("externalReferences") && !one.contains("\"purl\""), "{one}");
    assert!(!two.contains("externalRefs") && two.contains("\"downloadLocation\": \"NOASSERTION\""), "{two}");
}

#[test]
fn digests_in_texts_are_the_files_own() {
    let (server, workspace) = ready("thing");
    let recipe = workspace.read("thing.toml")
        + "\n[[layout]]\nfor = \"target\"\nstep = \"write\"\nto = \"{artifact.thing.sha256hex}\"\ntext = \"x\"\n";
    workspace.write("thing.toml", &recipe);
    workspace.pin(&server, &[]).succeeded();
    assert!(workspace.lock().contains(&format!("\"to\": \"{}\"", Algorithm::Sha256.digest(&archive("one")).hex())));
}
