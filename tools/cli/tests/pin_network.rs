//! What servers do, and what `pin` makes of it.

mod support;

use support::{tar_gz, Answer, Server, Workspace, DOWNLOADED};

const FILE: &str = "/files/1.0/thing-x.tar.gz";

fn archive() -> Vec<u8> {
    tar_gz(&[("a.txt", "some text")])
}

/// A server that answers the one file, and a workspace that wants it.
fn with(answers: &[Answer]) -> (Server, Workspace) {
    let server = Server::new();
    server.on(FILE, answers);
    (server, Workspace::new(DOWNLOADED))
}

fn fails(answers: &[Answer], texts: &[&str]) -> usize {
    let (server, workspace) = with(answers);
    let outcome = workspace.pin(&server, &[]).failed_with(texts);
    assert!(outcome.err.contains("tool thing target linux_x86_64: thing"), "{}", outcome.err);
    assert_eq!(workspace.lock(), "", "nothing is written");
    assert_eq!(workspace.leftovers(), Vec::<String>::new());
    server.seen().len()
}

#[test]
fn an_error_that_stays_is_not_tried_again() {
    let requests = fails(&[Answer::Status(404, "")], &["1.0/thing-x.tar.gz: the server answered 404", "(LT302)"]);
    assert_eq!(requests, 1);
    fails(&[Answer::Status(403, "")], &["the server answered 403", "(LT302)"]);
}

#[test]
fn an_error_that_passes_is_tried_again() {
    let (server, workspace) = with(&[Answer::Status(500, ""), Answer::Status(503, ""), Answer::Bytes(archive())]);
    workspace.pin(&server, &[]).succeeded();
    assert_eq!(server.seen().len(), 3);
    assert!(workspace.lock().contains("\"integrity\": \"sha256-"));
    assert!(workspace.lock().contains(&format!("\"size\": {}", archive().len())));
}

#[test]
fn a_server_that_is_busy_is_waited_for() {
    let (server, workspace) = with(&[Answer::Status(429, "retry-after: 1\r\n"), Answer::Bytes(archive())]);
    let start = std::time::Instant::now();
    workspace.pin(&server, &[]).succeeded();
    assert!(start.elapsed().as_millis() >= 1000, "it waits as long as the server says");
}

#[test]
fn patience_ends() {
    let requests = fails(&[Answer::Status(500, "")], &["the server answered 500", "tried 5 times (LT301)"]);
    assert_eq!(requests, 5);
    fails(&[Answer::Close], &["tried 5 times (LT301)"]);
    fails(&[Answer::Hang], &["did not answer in time", "tried 5 times (LT301)"]);
}

#[test]
fn half_a_file_is_no_file() {
    fails(&[Answer::Half(archive())], &["broke off", "(LT301)"]);
    let (server, workspace) = with(&[Answer::Half(archive()), Answer::Bytes(archive())]);
    workspace.pin(&server, &[]).succeeded();
    assert!(workspace.lock().contains(&format!("\"size\": {}", archive().len())));
}

#[test]
fn an_error_page_is_no_file() {
    let page = Answer::Page("<!DOCTYPE html><title>Sign in</title>");
    let requests = fails(&[page], &["an HTML page with status 200 where tar.gz was declared", "(LT303)"]);
    assert_eq!(requests, 1);
}

#[test]
fn another_kind_is_refused() {
    let zip = Answer::Bytes(b"PK\x03\x04 and so on".to_vec());
    fails(&[zip], &["tar.gz is declared, and what came looks like a zip archive (LT303)"]);
    fails(&[Answer::Bytes(Vec::new())], &["an empty file", "(LT301)"]);
}

#[test]
fn a_redirect_is_followed() {
    let server = Server::new();
    let workspace = Workspace::new(DOWNLOADED);
    server.on(FILE, &[Answer::Status(302, "location: /elsewhere\r\n")]);
    server.on("/elsewhere", &[Answer::Bytes(archive())]);
    workspace.pin(&server, &[]).succeeded();
}

#[test]
fn the_same_bytes_for_two_platforms_are_refused() {
    let (server, workspace) = with(&[Answer::Bytes(archive())]);
    server.on("/files/1.0/thing-a.tar.gz", &[Answer::Bytes(archive())]);
    workspace.request(&["linux_aarch64", "linux_x86_64"], "1.0");
    workspace.pin(&server, &[]).failed_with(&[
        "artifact thing has the same digest for linux_aarch64 and linux_x86_64",
        "shared = true",
        "(LT308)",
    ]);
    assert_eq!(workspace.lock(), "");
    workspace.write("thing.toml", &DOWNLOADED.replace("id = \"thing\"", "id = \"thing\"\nshared = true"));
    workspace.pin(&server, &[]).succeeded();
}

const SUMMED: &str = "digest = { from = \"checksums\", url = \"https://files.example.org/SHA256SUMS\", \
                      file = \"thing-{platform.word}.tar.gz\", algorithm = \"sha256\" }";

fn summed() -> String {
    DOWNLOADED.replace("digest = { from = \"download\" }", SUMMED)
}

#[test]
fn a_published_digest_needs_no_download() {
    let server = Server::new();
    let workspace = Workspace::new(&summed());
    let digest = "0".repeat(64);
    server.on("/files/SHA256SUMS", &[Answer::Bytes(format!("{digest}  thing-x.tar.gz\n").into_bytes())]);
    server.on(FILE, &[Answer::Bytes(archive())]);
    workspace.pin(&server, &[]).succeeded();
    assert!(workspace.lock().contains("sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
    assert!(!server.seen().contains(&format!("GET {FILE}")), "{:?}", server.seen());
}

#[test]
fn a_published_digest_is_held_against_what_is_downloaded() {
    let server = Server::new();
    let workspace = Workspace::new(&summed());
    let digest = "0".repeat(64);
    server.on("/files/SHA256SUMS", &[Answer::Bytes(format!("{digest}  thing-x.tar.gz\n").into_bytes())]);
    // The size is not given for the asking, so the file has to be downloaded for it.
    server.on(FILE, &[Answer::Status(405, ""), Answer::Bytes(archive())]);
    workspace.pin(&server, &[]).failed_with(&["its digest is sha256-", "SHA256SUMS says sha256-AAAA", "(LT304)"]);
}

#[test]
fn a_checksum_file_that_is_none_is_told() {
    let server = Server::new();
    let workspace = Workspace::new(&summed());
    server.on("/files/SHA256SUMS", &[Answer::Page("<!DOCTYPE html>")]);
    workspace.pin(&server, &[]).failed_with(&["SHA256SUMS: ", "HTML page", "(LT303)"]);
    server.on("/files/SHA256SUMS", &[Answer::Bytes(b"nothing\n".to_vec())]);
    workspace.pin(&server, &[]).failed_with(&["it has no sha256 digest of thing-x.tar.gz (LT307)"]);
}

#[test]
fn all_failures_are_told_sorted() {
    let (server, workspace) = with(&[Answer::Status(404, "")]);
    workspace.request(&["linux_aarch64", "linux_x86_64"], "1.0");
    let outcome = workspace.pin(&server, &[]).failed_with(&["2 things failed"]);
    let lines: Vec<&str> = outcome.err.lines().filter(|line| line.starts_with("tool ")).collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].contains("linux_aarch64") && lines[1].contains("linux_x86_64"), "{lines:?}");
}

#[test]
fn secrets_stay_secret() {
    let server = Server::new();
    let recipe = DOWNLOADED
        .replace("https://files.example.org/", "https://me:hush@files.invalid/")
        .replace("thing-{platform.word}.tar.gz", "thing-{platform.word}.tar.gz?token=hush");
    let workspace = Workspace::new(&recipe);
    let outcome = workspace.pin(&server, &[]).failed_with(&["https://files.invalid/1.0/thing-x.tar.gz"]);
    assert!(!outcome.err.contains("hush") && !outcome.out.contains("hush"), "{}", outcome.err);
}

#[test]
fn nothing_is_downloaded_twice() {
    let (server, workspace) = with(&[Answer::Bytes(archive())]);
    workspace.pin(&server, &[]).succeeded();
    workspace.pin(&server, &[]).succeeded();
    assert_eq!(server.seen().len(), 1, "what is current is not asked for");
}

#[test]
fn a_page_is_told_even_where_nothing_is_downloaded() {
    let server = Server::new();
    let workspace = Workspace::new(&summed());
    let digest = "0".repeat(64);
    server.on("/files/SHA256SUMS", &[Answer::Bytes(format!("{digest}  thing-x.tar.gz\n").into_bytes())]);
    server.on(FILE, &[Answer::Page("<!DOCTYPE html>")]);
    workspace.pin(&server, &[]).failed_with(&["an HTML page with status 200", "(LT303)"]);
}

#[test]
fn names_and_passwords_come_from_netrc() {
    let (server, workspace) = with(&[Answer::Bytes(archive())]);
    server.guard("Basic bWU6aHVzaA==");
    workspace.pin(&server, &[]).failed_with(&["401", "(LT302)"]);
    let netrc = workspace.path().join("netrc");
    std::fs::write(&netrc, "machine 127.0.0.1 login me password hush\n").unwrap();
    let mut command = workspace.command(&server);
    let status = command.env("NETRC", &netrc).env("LAZYTOOLS_STORE", workspace.path().join("store2")).status().unwrap();
    assert!(status.success());
}
