//! A bundle is served, and asked for what it has and what it has not.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::mpsc;

use lazytools_airgap::digest::Algorithm;
use lazytools_airgap::serve::{addresses, start, Serving};
use serde_json::json;
use tempfile::TempDir;

const LIST: &str = "0123456789";

/// A bundle with a replay, a download and a registry's file.
fn bundle() -> TempDir {
    let lab = tempfile::tempdir().unwrap();
    let mut files = serde_json::Map::new();
    let mut add = |path: &str, kind: &str, text: &str, source: &str| {
        let file = lab.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
        let sha256 = Algorithm::Sha256.digest(text.as_bytes()).to_string();
        files.insert(path.to_owned(), json!({"sha256": sha256, "size": text.len(), "kind": kind, "sources": [source]}));
    };
    let hex = |text: &str| Algorithm::Sha256.digest(text.as_bytes()).hex();
    let cached = format!("repository_cache/content_addressable/sha256/{}/file", hex("archive"));
    add(&cached, "download", "archive", "https://h.example:8443/a.tar?…");
    add("registries/r.example-1/modules/m/1.0/MODULE.bazel", "registryFile", "module()", "https://r.example/x?…");
    add(&format!("replay/{}", hex(LIST)), "replay", LIST, "https://h.example/List?…");
    let index = json!({"indexVersion": 1, "downloads": {"https://h.example/List?Of=A%2Fb": {
        "sha256": Algorithm::Sha256.digest(LIST.as_bytes()).to_string(), "size": LIST.len()}}});
    add("replay/index.json", "replay", &index.to_string(), "https://h.example/List?…");
    let manifest = json!({
        "manifestVersion": 1, "bazel": "7.7.1", "targets": [], "platforms": [], "notIncluded": [], "files": files,
        "registries": [{"url": "https://R.example:443/reg", "path": "registries/r.example-1"}],
    });
    fs::write(lab.path().join("manifest.json"), manifest.to_string()).unwrap();
    lab
}

fn serve(bundle: &Path) -> Serving {
    start(addresses(bundle).unwrap().0, 0, |_| {}).unwrap()
}

/// The head and the body of an answer.
fn ask(serving: &Serving, method: &str, target: &str, headers: &str) -> (String, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", serving.port())).unwrap();
    let request = format!("{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

#[test]
fn what_the_bundle_has_is_served() {
    let bundle = bundle();
    let serving = serve(bundle.path());
    for (target, expected) in [
        ("/from/h.example/List?Of=A%2Fb", LIST),
        ("/from/H.Example:443/List?Of=A%2Fb", LIST),
        ("/from/h.example:8443/a.tar?token=hush", "archive"),
        ("/from/r.example/reg/modules/m/1.0/MODULE.bazel", "module()"),
    ] {
        let (head, body) = ask(&serving, "GET", target, "");
        assert!(head.starts_with("HTTP/1.1 200 "), "{target}: {head}");
        assert!(head.contains(&format!("\r\nContent-Length: {}", expected.len())), "{head}");
        assert_eq!(body, expected);
    }
    let (head, body) = ask(&serving, "HEAD", "/from/h.example/List?Of=A%2Fb", "");
    assert!(head.contains("200 OK") && head.contains("Content-Length: 10") && body.is_empty(), "{head}");
    let (head, body) = ask(&serving, "GET", "/from/h.example/List?Of=A%2Fb", "Range: bytes=4-6\r\n");
    assert!(head.starts_with("HTTP/1.1 206") && head.contains("Content-Range: bytes 4-6/10"), "{head}");
    assert_eq!(body, "456");
    let (head, _) = ask(&serving, "GET", "/from/h.example/List?Of=A%2Fb", "Range: bytes=10-\r\n");
    assert!(head.starts_with("HTTP/1.1 416") && head.contains("Content-Range: bytes */10"), "{head}");
    let asked = serving.asked();
    assert_eq!((asked.len(), asked[2].address.as_str(), asked[2].status), (7, "h.example:8443/a.tar?…", 200));
    assert!(!format!("{asked:?}").contains("hush"));
}

#[test]
fn nothing_else_is_served() {
    let bundle = bundle();
    let (send, noted) = mpsc::channel();
    let note = move |asked: &lazytools_airgap::serve::Asked| drop(send.send(asked.clone()));
    let serving = start(addresses(bundle.path()).unwrap().0, 0, note).unwrap();
    let digest = Algorithm::Sha256.digest(LIST.as_bytes()).hex();
    let replay = format!("/replay/{digest}");
    for target in [
        "/",
        "/from/",
        "/from/h.example/list?Of=A%2Fb",
        "/from/h.example/List",
        "/from/../manifest.json",
        "/from/r.example/reg/../../manifest.json",
        "/from/r.example/reg/%2e%2e/%2e%2e/manifest.json",
        "/from//etc/passwd",
        "/../../../../etc/passwd",
        "/manifest.json",
        &replay,
    ] {
        let (head, body) = ask(&serving, "GET", target, "");
        assert!(head.starts_with("HTTP/1.1 404"), "{target}: {head}");
        assert!(!body.contains("root:") && !body.contains("manifestVersion"), "{target}: {body}");
        assert_eq!(noted.recv().unwrap().status, 404);
    }
    for method in ["POST", "DELETE"] {
        assert!(ask(&serving, method, "/from/h.example/List?Of=A%2Fb", "Content-Length: 0\r\n").0.contains(" 405 "));
    }
    let port = serving.port();
    let error = start(addresses(bundle.path()).unwrap().0, port, |_| {}).err().unwrap().to_string();
    assert!(error.starts_with(&format!("127.0.0.1:{port}: ")) && error.ends_with("with --port=0 (LT743)"), "{error}");
    serving.stop();
    // The listener itself is closed by a thread that ends a moment later.
    let free = (0..50).any(|_| {
        let started = start(addresses(bundle.path()).unwrap().0, port, |_| {}).is_ok();
        std::thread::sleep(std::time::Duration::from_millis(if started { 0 } else { 100 }));
        started
    });
    assert!(free, "the port was not let go");
}

#[test]
fn many_ask_at_once() {
    let bundle = bundle();
    let serving = serve(bundle.path());
    std::thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| assert_eq!(ask(&serving, "GET", "/from/h.example/List?Of=A%2Fb", "").1, LIST));
        }
    });
    assert_eq!(serving.asked().len(), 64);
}
