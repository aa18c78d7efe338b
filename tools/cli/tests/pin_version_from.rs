//! `version_from`: the version follows a file that the team keeps anyway.

mod support;

use support::{tar_gz, Answer, Server, Workspace, DOWNLOADED};

/// A request for a tool `thing` whose version is that of a package in package-lock.json.
fn following(fields: &str) -> (Server, Workspace) {
    let server = Server::new();
    for version in ["1.0.0", "2.0.0"] {
        let bytes = tar_gz(&[("a.txt", version)]);
        server.on(&format!("/files/{version}/thing-x.tar.gz"), &[Answer::Bytes(bytes)]);
    }
    let recipe =
        DOWNLOADED.replace("needs_version = true\n", "needs_version = true\n[version_from]\nnpm = \"thing\"\n");
    let workspace = Workspace::new(&recipe);
    let requests = workspace.read("requests.json");
    let requests =
        requests.replace("\"version\": \"1.0\"", &format!("\"versionFrom\": \"//:package-lock.json\"{fields}"));
    let requests = requests.replace("\"recipePath\"", "\"versionFromPath\": \"package-lock.json\", \"recipePath\"");
    workspace.write("requests.json", &requests);
    (server, workspace)
}

fn lock_file(version: &str) -> String {
    format!(r#"{{"lockfileVersion": 3, "packages": {{"node_modules/thing": {{"version": "{version}"}}}}}}"#)
}

#[test]
fn the_version_follows_the_file_and_the_check_tells_when_they_part() {
    let (server, workspace) = following("");
    workspace.write("package-lock.json", &lock_file("1.0.0"));
    let outcome = workspace.pin(&server, &[]).succeeded();
    assert!(outcome.out.contains("added thing //:thing.toml 1.0.0"), "{}", outcome.out);
    let lock = workspace.lock();
    for text in [
        "\"versionFrom\": \"//:package-lock.json\"",
        "      \"version\": \"1.0.0\",\n",
        "https://files.example.org/1.0.0/thing-x.tar.gz",
    ] {
        assert!(lock.contains(text), "{lock}");
    }
    workspace.pin(&server, &["--check"]).succeeded();

    // Whatever else changes in the file does not matter.
    workspace.write("package-lock.json", &lock_file("1.0.0").replace("{\"node", "{\"node_modules/x\": {}, \"node"));
    workspace.pin(&server, &["--check"]).succeeded();

    workspace.write("package-lock.json", &lock_file("2.0.0"));
    workspace.pin(&server, &["--check"]).failed_with(&[
        "lazy_tools.lock.json is not current: run `bazel run //tools:update_pins` (LT309)",
        "thing: //:package-lock.json has version 2.0.0, and the lock has 1.0.0",
    ]);
    assert_eq!(workspace.lock(), lock);
    let outcome = workspace.pin(&server, &[]).succeeded();
    assert!(outcome.out.contains("changed thing //:thing.toml 1.0.0 -> //:thing.toml 2.0.0"), "{}", outcome.out);
    workspace.pin(&server, &["--check"]).succeeded();
}

#[test]
fn another_package_can_be_named() {
    let (server, workspace) = following(", \"versionPackage\": \"@other/thing\"");
    workspace.write("package-lock.json", &lock_file("1.0.0").replace("thing", "@other/thing"));
    workspace.pin(&server, &[]).succeeded();
    assert!(workspace.lock().contains("\"versionPackage\": \"@other/thing\""));
    workspace.pin(&server, &["--check"]).succeeded();
}

#[test]
fn what_the_file_does_not_say_is_told() {
    let (server, workspace) = following("");
    workspace.pin(&server, &[]).failed_with(&["tool thing: version_from = \"//:package-lock.json\": ", "(LT350)"]);
    workspace.write("package-lock.json", &lock_file("1.0.0").replace("thing", "thingy"));
    workspace.pin(&server, &[]).failed_with(&["it has no thing: did you mean \"thingy\"? (LT352)"]);
    let two = lock_file("1.0.0")
        .replace("{\"node", "{\"node_modules/a/node_modules/thing\": {\"version\": \"3.0.0\"}, \"node");
    workspace.write("package-lock.json", &two);
    workspace.pin(&server, &[]).failed_with(&[
        "it has several versions of thing: 1.0.0 (node_modules/thing); 3.0.0 (node_modules/a/node_modules/thing)",
        "(LT353)",
    ]);
    workspace.write("package-lock.json", &lock_file("next"));
    workspace.pin(&server, &[]).failed_with(&["thing is \"next\" there, which is no exact version", "(LT354)"]);
    assert_eq!(workspace.lock(), "");
    let requests = workspace.read("requests.json").replace("package-lock.json", "Cargo.lock");
    workspace.write("requests.json", &requests);
    workspace.pin(&server, &[]).failed_with(&["\"Cargo.lock\" is no file that versions are taken from", "(LT350)"]);
}
