//! Purls of Python projects, against an index on the loopback.

mod support;

use support::packages::recipe;
use support::{Answer, Server, Workspace};

const PURL: &str = "pkg:pypi/Thing.X@{version}?file_name=thing_x-{version}-py3-none-any.whl";
const FILE: &str = "thing_x-1.0-py3-none-any.whl";
const HEX: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const SRI: &str = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
const PAGE: &str = "/simple/thing-x/";

fn text(text: &str) -> Answer {
    Answer::Bytes(text.as_bytes().to_vec())
}

fn json(hashes: &str, more: &str) -> Answer {
    text(&format!(
        r#"{{"files": [{{"filename": "{FILE}", "url": "../../files/x.whl", "hashes": {{{hashes}}}{more}}}]}}"#
    ))
}

fn zip() -> Answer {
    Answer::Bytes(b"PK\x05\x06 and so on".to_vec())
}

/// A server, and a workspace that declares it as index.
fn declared() -> (Server, Workspace) {
    let server = Server::new();
    let workspace = Workspace::new(&recipe(PURL, "zip", ""));
    workspace.declare(&[("pypi", server.address("/simple/"))]);
    (server, workspace)
}

#[test]
fn an_index_in_json_says_all() {
    let (server, workspace) = declared();
    server.on(PAGE, &[json(&format!("\"sha256\": \"{HEX}\""), ", \"size\": 1234")]);
    workspace.pin_bare(&server, &[]).succeeded();
    let pinned = workspace.pinned();
    assert_eq!(pinned["purl"], format!("pkg:pypi/thing-x@1.0?file_name={FILE}"));
    assert_eq!((pinned["integrity"].as_str(), pinned["size"].as_u64()), (Some(SRI), Some(1234)));
    assert_eq!(server.seen(), [format!("GET {PAGE}")], "neither the file nor its size is asked for");
    assert!(!workspace.lock().contains("127.0.0.1"), "no host is recorded");
}

#[test]
fn an_index_in_html_says_the_digest() {
    let (server, workspace) = declared();
    let page =
        format!("<!DOCTYPE html><html><body><a href=\"../../files/x.whl#sha256={HEX}\">{FILE}</a></body></html>");
    server.on(PAGE, &[Answer::Page(page.leak())]);
    server.on("/files/x.whl", &[zip()]);
    workspace.pin_bare(&server, &[]).succeeded();
    assert_eq!(workspace.pinned()["integrity"], SRI);
    assert_eq!(server.seen(), [format!("GET {PAGE}"), "HEAD /files/x.whl".to_owned()]);
}

#[test]
fn a_weak_digest_bears_witness() {
    let (server, workspace) = declared();
    server.on(PAGE, &[json("\"md5\": \"00000000000000000000000000000000\"", "")]);
    server.on("/files/x.whl", &[zip()]);
    workspace.pin_bare(&server, &[]).failed_with(&[
        "files/x.whl: its digest is md5 ",
        "the registry says 0000",
        "(LT304)",
    ]);
    server.on(PAGE, &[json("", "")]);
    workspace.pin_bare(&server, &[]).succeeded();
    assert!(workspace.pinned()["integrity"].as_str().unwrap().starts_with("sha256-"));
}

#[test]
fn what_the_index_lacks_is_told() {
    let (server, workspace) = declared();
    server.on(PAGE, &[text("{}")]);
    workspace.pin_bare(&server, &[]).failed_with(&["what the index says cannot be read", "(LT307)"]);
    server.on(PAGE, &[Answer::Page("<html>Sign in</html>")]);
    workspace
        .pin_bare(&server, &[])
        .failed_with(&["/simple/thing-x/: it has no file", "there is no version 1.0 (LT307)"]);
    server.on(PAGE, &[text(r#"{"files": [{"filename": "thing-x-1.0.tar.gz", "url": "x", "hashes": {}}]}"#)]);
    workspace.pin_bare(&server, &[]).failed_with(&["version 1.0 has thing-x-1.0.tar.gz (LT307)"]);
    server.on(PAGE, &[text("nothing")]);
    workspace.pin_bare(&server, &[]).failed_with(&["no page of a Python package index (LT307)"]);
    server.on(PAGE, &[Answer::Status(404, "")]);
    workspace.pin_bare(&server, &[]).failed_with(&["the server answered 404", "(LT302)"]);
    assert_eq!(workspace.lock(), "");
}

#[test]
fn where_the_index_is() {
    let server = Server::new();
    let workspace = Workspace::new(&recipe(PURL, "zip", ""));
    let base = |name: &str| server.address(&format!("/{name}/simple"));
    let names = ["tag", "pip", "uv", "uv_old", "conf", "client"];
    for name in names {
        server.on(&format!("/{name}/simple/thing-x/"), &[json(&format!("\"sha256\": \"{HEX}\""), ", \"size\": 1")]);
    }
    workspace.client("pip", &format!("echo '  -i, --index-url <url>  Base URL (default {}). This'", base("client")));
    workspace.at_home(".config/pip/pip.conf", &format!("[global]\nindex-url = {}\n", base("conf")));
    workspace.declare(&[("pypi", base("tag"))]);
    let variables =
        [("PIP_INDEX_URL", base("pip")), ("UV_DEFAULT_INDEX", base("uv")), ("UV_INDEX_URL", base("uv_old"))];
    // One after the other is taken away.
    for (at, name) in names.iter().enumerate() {
        if at == 1 {
            workspace.declare(&[]);
        } else if at == 5 {
            workspace.at_home(".config/pip/pip.conf", "");
        }
        workspace.forget();
        workspace.pin_bare(&server, &variables[at.saturating_sub(1).min(3)..]).succeeded();
        assert_eq!(server.seen().last().unwrap(), &format!("GET /{name}/simple/thing-x/"));
    }
    workspace.client("pip", "exit 1");
    workspace.forget();
    workspace.pin_bare(&server, &[]).failed_with(&[
        "no address of the pypi registry is known: add lazy_tools.registry(type = \"pypi\"",
        "set PIP_INDEX_URL (LT305)",
    ]);
}

#[test]
fn a_password_in_the_indexs_address_stays_secret() {
    let server = Server::new();
    let workspace = Workspace::new(&recipe(PURL, "zip", ""));
    server.guard("Basic bWU6aHVzaA==");
    server.on(PAGE, &[json(&format!("\"sha256\": \"{HEX}\""), "")]);
    server.on("/files/x.whl", &[zip()]);
    let index = server.address("/simple").replace("http://", "http://me:hush@");
    let outcome = workspace.pin_bare(&server, &[("PIP_INDEX_URL", index.clone())]).succeeded();
    for text in [&outcome.out, &outcome.err, &workspace.lock()] {
        assert!(!text.contains("hush"), "{text}");
    }
    workspace.request(&["linux_x86_64"], "2.0");
    let outcome = workspace.pin_bare(&server, &[("PIP_INDEX_URL", index)]).failed_with(&["it has no file", "(LT307)"]);
    assert!(!outcome.err.contains("hush"), "{}", outcome.err);
}
