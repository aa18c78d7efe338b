//! Purls of npm, against a registry on the loopback.

mod support;

use support::{tar_gz, Answer, Server, Workspace};

const RECIPE: &str = r#"
schema = 1
name = "thing"
description = "A package."
needs_version = true

[[artifacts]]
id = "package"
purl = "pkg:npm/%40scope/thing@{version}"
format = "tar.gz"

[[layout]]
step = "extract"
artifact = "package"
strip = 1
"#;

const SHA512: &str = "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";
const METADATA: &str = "/npm/@scope%2Fthing/1.0";
const TARBALL: &str = "/npm/@scope/thing/-/thing-1.0.tgz";

fn json(text: &str) -> Answer {
    Answer::Bytes(text.as_bytes().to_vec())
}

fn package() -> Vec<u8> {
    tar_gz(&[("package/package.json", "{}")])
}

#[test]
fn the_registrys_digest_is_used_without_a_download() {
    let server = Server::new();
    let workspace = Workspace::new(RECIPE);
    server.on(METADATA, &[json(&format!(r#"{{"dist": {{"integrity": "sha1-AAAA {SHA512}", "shasum": "00"}}}}"#))]);
    server.on(TARBALL, &[Answer::Bytes(package())]);
    workspace.pin(&server, &[]).succeeded();
    assert!(workspace.lock().contains(SHA512));
    assert!(workspace.lock().contains("\"purl\": \"pkg:npm/%40scope/thing@1.0\""));
    assert!(!workspace.lock().contains("127.0.0.1"), "no host is recorded");
    assert_eq!(server.seen(), [format!("GET {METADATA}"), format!("HEAD {TARBALL}")]);
}

#[test]
fn a_registry_that_knows_only_whole_packages_is_asked_for_one() {
    let server = Server::new();
    let workspace = Workspace::new(RECIPE);
    server.on(
        "/npm/@scope%2Fthing",
        &[json(&format!(r#"{{"versions": {{"1.0": {{"dist": {{"integrity": "{SHA512}"}}}}}}}}"#))],
    );
    server.on(TARBALL, &[Answer::Bytes(package())]);
    workspace.pin(&server, &[]).succeeded();
    assert!(workspace.lock().contains(SHA512));
}

#[test]
fn an_old_package_is_downloaded_and_its_weak_digest_compared() {
    let server = Server::new();
    let workspace = Workspace::new(RECIPE);
    server.on(TARBALL, &[Answer::Bytes(package())]);
    server.on(METADATA, &[json(r#"{"dist": {"shasum": "0000000000000000000000000000000000000000"}}"#)]);
    workspace.pin(&server, &[]).failed_with(&["its digest is sha1 ", "the registry says 00000", "(LT304)"]);
    server.on(METADATA, &[json(r#"{"dist": {}}"#)]);
    workspace.pin(&server, &[]).succeeded();
    assert!(workspace.lock().contains("\"integrity\": \"sha512-"));
}

#[test]
fn what_the_registry_says_wrong_is_told() {
    let server = Server::new();
    let workspace = Workspace::new(RECIPE);
    server.on(METADATA, &[Answer::Page("<!DOCTYPE html>")]);
    workspace.pin(&server, &[]).failed_with(&["@scope%2Fthing/1.0: the server sent a page", "(LT303)"]);
    server.on(METADATA, &[json("{}")]);
    workspace.pin(&server, &[]).failed_with(&["what the registry says cannot be read", "(LT307)"]);
    server.on(METADATA, &[Answer::Status(404, "")]);
    server.on("/npm/@scope%2Fthing", &[json(r#"{"versions": {}}"#)]);
    workspace.pin(&server, &[]).failed_with(&["there is no version 1.0 of @scope/thing (LT307)"]);
}

#[test]
fn where_the_registry_is() {
    let server = Server::new();
    let workspace = Workspace::new(RECIPE);
    server.on("/other/@scope%2Fthing/1.0", &[json(&format!(r#"{{"dist": {{"integrity": "{SHA512}"}}}}"#))]);
    server.on("/other/@scope/thing/-/thing-1.0.tgz", &[Answer::Bytes(package())]);
    let other = server.address("/other/");
    // MODULE.bazel comes before the variable.
    let requests = workspace.read("requests.json");
    let declared = requests.replace("\"registries\": {}", &format!("\"registries\": {{\"npm\": \"{other}\"}}"));
    workspace.write("requests.json", &declared);
    workspace.pin(&server, &["--dry-run"]).succeeded();
    // Without either, the workspace's .npmrc.
    workspace.write("requests.json", &requests);
    workspace.write(".npmrc", &format!("registry={other}\n"));
    let mut command = workspace.command(&server);
    command.env_remove("npm_config_registry").arg("--dry-run");
    assert!(command.status().unwrap().success());
    // With nothing at all, an error.
    workspace.write(".npmrc", "");
    let mut command = workspace.command(&server);
    let home = workspace.path().join("store");
    let output = command
        .env_remove("npm_config_registry")
        .env_remove("NPM_CONFIG_USERCONFIG")
        .env_remove("npm_config_userconfig")
        .env("HOME", home)
        .env("PATH", "")
        .arg("--dry-run")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("lazy_tools.registry(type = \"npm\"") && text.contains("(LT305)"), "{text}");
}

#[test]
fn a_closure_is_pinned_from_its_lock_file() {
    let server = Server::new();
    let recipe = r#"
schema = 1
name = "thing"
description = "node_modules"

[files.package_lock]
doc = "package-lock.json"

[platforms.linux_x86_64]
[platforms.macos_aarch64]

[[packages]]
from = "npm_lock"
file = "package_lock"
to = "node_modules"
"#;
    let workspace = Workspace::new(recipe);
    let requests = workspace.read("requests.json");
    let requests = requests
        .replace("\"version\": \"1.0\"", "\"files\": {\"package_lock\": \"//:package-lock.json\"}")
        .replace("\"linux_x86_64\"", "\"linux_x86_64\", \"macos_aarch64\"")
        .replace("\"recipePath\"", "\"filePaths\": {\"package_lock\": \"package-lock.json\"}, \"recipePath\"");
    workspace.write("requests.json", &requests);
    let package = |path: &str, more: &str| format!(r#""{path}": {{"version": "1.0", "integrity": "{SHA512}"{more}}}"#);
    let packages = [
        package("node_modules/a", r#", "bin": {"run-a": "./cli.js"}"#),
        package("node_modules/a/node_modules/@scope/b", ""),
        package("node_modules/mac", r#", "os": ["darwin"], "optional": true"#),
    ];
    let lock = format!(r#"{{"lockfileVersion": 3, "packages": {{"": {{}}, {}}}}}"#, packages.join(", "));
    workspace.write("package-lock.json", &lock);
    for tarball in ["a/-/a-1.0.tgz", "@scope/b/-/b-1.0.tgz", "mac/-/mac-1.0.tgz"] {
        server.on(&format!("/npm/{tarball}"), &[Answer::Bytes(self::package())]);
    }
    workspace.pin(&server, &[]).succeeded();
    let pinned = workspace.lock();
    for text in [
        "\"to\": \"node_modules/a/node_modules/@scope/b\"",
        "\"target\": \"../a/cli.js\"",
        "\"to\": \"node_modules/.bin/run-a\"",
        "\"linux_x86_64\": {}",
        "\"mac-1.0\": {",
    ] {
        assert!(pinned.contains(text), "no {text} in {pinned}");
    }
    assert!(server.seen().iter().all(|request| request.starts_with("HEAD ")), "{:?}", server.seen());
    // Another lock file makes the pin stale.
    workspace.write("package-lock.json", &format!("{lock}\n"));
    workspace.pin(&server, &["--check"]).failed_with(&["thing: its input file package_lock has changed"]);
    workspace.write("package-lock.json", "{}");
    workspace
        .pin(&server, &[])
        .failed_with(&["tool thing: input file package_lock:1: this is no package-lock.json", "(LT211)"]);
}
