//! Purls of crates, against a sparse index on the loopback.

mod support;

use support::packages::recipe;
use support::{Answer, Server, Workspace};

const PURL: &str = "pkg:cargo/Thing_x@{version}";
const HEX: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const SRI: &str = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

fn text(text: &str) -> Answer {
    Answer::Bytes(text.as_bytes().to_vec())
}

/// An index at a path, whose downloads are at `/dl`.
fn index(server: &Server, path: &str, version: &str) {
    server.on(&format!("{path}/config.json"), &[text(&format!("{{\"dl\": \"{}\"}}", server.address("/dl")))]);
    let line =
        |version: &str, cksum: &str| format!(r#"{{"name": "Thing_x", "vers": "{version}", "cksum": "{cksum}"}}"#);
    let lines = format!("{}\n{}\n", line("0.9.0", "00"), line(version, HEX));
    server.on(&format!("{path}/th/in/thing_x"), &[text(&lines)]);
    server.on("/dl/Thing_x/1.0.0/download", &[Answer::Bytes(b"\x1f\x8b and so on".to_vec())]);
}

fn workspace() -> Workspace {
    let workspace = Workspace::new(&recipe(PURL, "tar.gz", ""));
    workspace.request(&["linux_x86_64"], "1.0.0");
    workspace
}

#[test]
fn the_indexs_digest_is_used_without_a_download() {
    let (server, workspace) = (Server::new(), workspace());
    index(&server, "/index", "1.0.0");
    workspace.declare(&[("cargo", format!("sparse+{}", server.address("/index/")))]);
    workspace.pin_bare(&server, &[]).succeeded();
    let pinned = workspace.pinned();
    assert_eq!((pinned["purl"].as_str(), pinned["integrity"].as_str()), (Some("pkg:cargo/Thing_x@1.0.0"), Some(SRI)));
    let mut seen = server.seen();
    seen.sort();
    assert_eq!(seen, ["GET /index/config.json", "GET /index/th/in/thing_x", "HEAD /dl/Thing_x/1.0.0/download"]);
}

#[test]
fn what_the_index_says_wrong_is_told() {
    let (server, workspace) = (Server::new(), workspace());
    workspace.declare(&[("cargo", server.address("/index"))]);
    index(&server, "/index", "1.1.0");
    workspace.pin_bare(&server, &[]).failed_with(&["th/in/thing_x: there is no version 1.0.0 of Thing_x (LT307)"]);
    server.on("/index/th/in/thing_x", &[text("{\"name\": \"x\", \"vers\": \"1.0.0\", \"cksum\": \"no\"}")]);
    workspace.pin_bare(&server, &[]).failed_with(&["its cksum of 1.0.0 is no sha256 digest (LT307)"]);
    server.on("/index/th/in/thing_x", &[Answer::Page("<!DOCTYPE html>")]);
    workspace.pin_bare(&server, &[]).failed_with(&["what the registry says cannot be read", "(LT307)"]);
    server.on("/index/th/in/thing_x", &[Answer::Status(404, "")]);
    workspace.pin_bare(&server, &[]).failed_with(&["the server answered 404", "(LT302)"]);
    workspace.write("thing.toml", &recipe("pkg:cargo/Thing_x@{version}", "tar.gz", "").replace("{version}", "1"));
    workspace
        .pin_bare(&server, &[])
        .failed_with(&["pkg:cargo/Thing_x@1\" names version \"1\", which is none", "(LT209)"]);
}

#[test]
fn where_the_index_is() {
    let (server, workspace) = (Server::new(), workspace());
    for path in ["/workspace", "/home", "/tag"] {
        index(&server, path, "1.0.0");
    }
    let config = |path: &str| {
        format!(
            "[source.crates-io]\nreplace-with = \"mirror\"\n[source.mirror]\nregistry = \"sparse+{}\"\n",
            server.address(path)
        )
    };
    let asked = |path: &str| {
        workspace.forget();
        workspace.pin_bare(&server, &[]).succeeded();
        let seen = server.seen();
        assert!(seen[seen.len() - 3..].contains(&format!("GET {path}/th/in/thing_x")), "{path}: {seen:?}");
    };
    workspace.at_home(".cargo/config.toml", &config("/home/"));
    asked("/home");
    std::fs::create_dir(workspace.path().join(".cargo")).unwrap();
    workspace.write(".cargo/config.toml", &config("/workspace/"));
    asked("/workspace");
    workspace.declare(&[("cargo", server.address("/tag"))]);
    asked("/tag");
    workspace.declare(&[]);
    workspace.write(".cargo/config.toml", "");
    workspace.at_home(".cargo/config.toml", "");
    workspace.forget();
    workspace
        .pin_bare(&server, &[])
        .failed_with(&["no address of the cargo registry is known", ".cargo/config.toml (LT305)"]);
}
