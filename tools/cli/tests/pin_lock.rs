//! What `pin` does with the lock that is there.

mod support;

use support::{tar_gz, Answer, Server, Workspace, DOWNLOADED};

/// A pinned tool `thing` 1.0, and a server that has 1.0 and 2.0.
fn pinned() -> (Server, Workspace) {
    let server = Server::new();
    for version in ["1.0", "2.0"] {
        let bytes = tar_gz(&[("a.txt", version)]);
        server.on(&format!("/files/{version}/thing-x.tar.gz"), &[Answer::Bytes(bytes)]);
    }
    let workspace = Workspace::new(DOWNLOADED);
    workspace.pin(&server, &[]).succeeded();
    (server, workspace)
}

#[test]
fn the_lock_is_sorted_and_ends_in_a_newline() {
    let (_, workspace) = pinned();
    let lock = workspace.lock();
    assert!(lock.starts_with("{\n  \"lockVersion\": 1,\n  \"tools\": {\n    \"thing\": {\n"), "{lock}");
    assert!(lock.ends_with("}\n"));
    assert!(!lock.contains("127.0.0.1"), "a mirror is not recorded");
}

#[test]
fn check_tells_what_is_stale_without_a_network() {
    let (server, workspace) = pinned();
    let before = server.seen().len();
    workspace.pin(&server, &["--check"]).succeeded();
    workspace.request(&["linux_x86_64"], "2.0");
    workspace.pin(&server, &["--check"]).failed_with(&[
        "lazy_tools.lock.json is not current: run `bazel run //tools:update_pins` (LT309)",
        "thing: MODULE.bazel asks for version 2.0 instead of 1.0",
    ]);
    workspace.request(&["linux_x86_64"], "1.0");
    workspace.write("thing.toml", &format!("{DOWNLOADED}\n# A comment changes nothing.\n"));
    workspace.pin(&server, &["--check"]).succeeded();
    workspace.write("thing.toml", &format!("{DOWNLOADED}\n[environment.set]\nTHING = \"1\"\n"));
    workspace.pin(&server, &["--check"]).failed_with(&["thing: recipe thing has changed"]);
    let outcome = workspace.pin(&server, &["--check", "--json"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.out.contains("\"kind\": \"stale\""), "{}", outcome.out);
    assert_eq!(server.seen().len(), before);
}

#[test]
fn a_dry_run_writes_nothing() {
    let (server, workspace) = pinned();
    let before = workspace.lock();
    workspace.request(&["linux_x86_64"], "2.0");
    let outcome = workspace.pin(&server, &["--dry-run", "--json"]).succeeded();
    for text in [
        "\"tool\": \"thing\"",
        "\"kind\": \"changed\"",
        "\"from\": \"//:thing.toml 1.0\"",
        "\"to\": \"//:thing.toml 2.0\"",
    ] {
        assert!(outcome.out.contains(text), "{}", outcome.out);
    }
    assert_eq!(workspace.lock(), before);
    workspace.pin(&server, &[]).succeeded();
    assert_ne!(workspace.lock(), before);
    let outcome = workspace.pin(&server, &[]).succeeded();
    assert!(outcome.out.contains("lazy_tools.lock.json is current"), "{}", outcome.out);
}

#[test]
fn what_fails_leaves_the_old_lock() {
    let (server, workspace) = pinned();
    let before = workspace.lock();
    workspace.request(&["linux_x86_64"], "3.0");
    workspace.pin(&server, &[]).failed_with(&["nothing was written", "404"]);
    assert_eq!(workspace.lock(), before);
    assert_eq!(workspace.leftovers(), Vec::<String>::new());
}

#[test]
fn what_nobody_asks_for_goes() {
    let (server, workspace) = pinned();
    let empty = workspace.read("requests.json");
    let empty = format!("{}\"tools\": {{}}}}", &empty[..empty.find("\"tools\"").unwrap()]);
    workspace.write("requests.json", &empty);
    workspace
        .pin(&server, &["--check"])
        .failed_with(&["thing: it is in the lock, and MODULE.bazel no longer asks for it"]);
    workspace.pin(&server, &[]).succeeded();
    assert!(!workspace.lock().contains("thing"));
}

#[test]
fn only_some_tools_are_pinned() {
    let (server, workspace) = pinned();
    let before = workspace.lock();
    workspace.request(&["linux_x86_64"], "2.0");
    let outcome = workspace.pin(&server, &["--only", "thin"]);
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.err.contains("did you mean \"thing\"?"), "{}", outcome.err);
    workspace.pin(&server, &["--only", "thing"]).succeeded();
    assert_ne!(workspace.lock(), before);
}

#[test]
fn a_lock_that_is_none_is_told() {
    let (server, workspace) = pinned();
    let good = workspace.lock();
    let lock = |text: &str| workspace.write("lazy_tools.lock.json", text);
    lock(&format!("<<<<<<< HEAD\n{good}=======\n{good}>>>>>>> other\n"));
    workspace.pin(&server, &[]).failed_with(&[
        "lazy_tools.lock.json:1: git left conflict markers",
        "git checkout --ours",
        "(LT101)",
    ]);
    lock(&good[..good.len() / 2]);
    workspace.pin(&server, &[]).failed_with(&["lazy_tools.lock.json is not JSON", "(LT102)"]);
    lock(&good.replace("\"lockVersion\": 1", "\"lockVersion\": 2"));
    workspace.pin(&server, &[]).failed_with(&["has lockVersion 2", "(LT103)"]);
}

#[test]
fn a_wrong_pin_does_not_stand_in_the_way_of_a_right_one() {
    let (server, workspace) = pinned();
    let good = workspace.lock();
    let at = good.find("\"integrity\"").unwrap();
    let line_end = good[at..].find('\n').unwrap() + at + 1;
    workspace.write("lazy_tools.lock.json", &format!("{}{}", &good[..at], &good[line_end..]));
    workspace.pin(&server, &["--check"]).failed_with(&["tools.thing.target.linux_x86_64.artifacts.thing", "(LT104)"]);
    let outcome = workspace.pin(&server, &[]).succeeded();
    assert!(outcome.err.contains("pinned anew"), "{}", outcome.err);
    assert_eq!(workspace.lock(), good);
}

#[test]
fn a_request_that_does_not_fit_is_told() {
    let (server, workspace) = pinned();
    let lock = workspace.lock();
    workspace.request(&["macos_aarch64"], "");
    workspace.pin(&server, &[]).failed_with(&[
        "tool thing: recipe thing does not know platform macos_aarch64: it declares linux_aarch64, linux_x86_64 (LT205)",
        "tool thing: recipe thing needs a version",
        "(LT210)",
    ]);
    assert_eq!(workspace.lock(), lock);
}

#[cfg(unix)]
#[test]
fn killed_at_any_moment_the_lock_is_whole() {
    let (server, workspace) = pinned();
    let old = workspace.lock();
    let bytes = tar_gz(&[("a.txt", "new")]);
    server.on("/files/9.0/thing-x.tar.gz", &[Answer::Bytes(bytes)]);
    workspace.request(&["linux_x86_64"], "9.0");
    let mut new = None;
    for milliseconds in [0, 5, 10, 20, 40, 80, 160] {
        let mut child = workspace.command(&server).stderr(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
        let _ = child.kill();
        child.wait().unwrap();
        let lock = workspace.lock();
        if lock != old {
            assert_eq!(*new.get_or_insert(lock.clone()), lock, "killed after {milliseconds} ms");
        }
    }
    workspace.pin(&server, &[]).succeeded();
    workspace.pin(&server, &["--check"]).succeeded();
    assert_eq!(new.unwrap_or_else(|| workspace.lock()), workspace.lock());
}
