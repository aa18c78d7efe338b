//! Which releases a registry knows, and what licence a package has, against registries on the loopback.

mod support;

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use lazytools_fetch::retry::Patience;
use lazytools_fetch::{Client, ClientOptions, Purl, Registries, Release};
use support::{Answer, Server};

fn text(text: &str) -> Answer {
    Answer::Bytes(text.as_bytes().to_vec())
}

/// A registry of this type at `/base`.
fn registries(server: &Server, ty: &str) -> Registries {
    let patience = Patience { attempts: 1, ..Patience::default() };
    let client = Client::new(ClientOptions { patience, ..ClientOptions::default() });
    let declared = BTreeMap::from([(ty.to_owned(), server.address("/base"))]);
    Registries::new(client, std::env::temp_dir(), declared)
}

/// The releases as `VERSION SECONDS`, with `!` behind those that upstream took back.
fn releases(server: &Server, purl: &str) -> Vec<String> {
    let purl = Purl::parse(purl).unwrap();
    let shown = |release: Release| {
        let seconds = release.published.map(|time| time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs());
        let seconds = seconds.map_or("?".to_owned(), |seconds| seconds.to_string());
        format!("{} {seconds}{}", release.version, if release.yanked { "!" } else { "" })
    };
    registries(server, purl.ty()).releases(&purl).unwrap().into_iter().map(shown).collect()
}

fn licence(server: &Server, purl: &str) -> Option<String> {
    let purl = Purl::parse(purl).unwrap();
    registries(server, purl.ty()).licence(&purl).unwrap()
}

#[test]
fn npm() {
    let server = Server::new();
    let packument =
        r#"{"versions": {"1.0.0": {"deprecated": "no"}, "1.1.0": {}}, "time": {"1.1.0": "1970-01-01T00:01:00Z"}}"#;
    server.on("/base/thing", &[text(packument)]);
    server.on("/base/thing/1.1.0", &[text(r#"{"license": "MIT", "dist": {}}"#)]);
    assert_eq!(releases(&server, "pkg:npm/thing@0.0.0"), ["1.0.0 ?!", "1.1.0 60"]);
    assert_eq!(licence(&server, "pkg:npm/thing@1.1.0").as_deref(), Some("MIT"));
}

#[test]
fn pypi() {
    let server = Server::new();
    let file =
        |name: &str, more: &str| format!(r#"{{"filename": "{name}", "url": "/f/{name}", "hashes": {{}}{more}}}"#);
    let files = [
        file("thing-1.0.tar.gz", r#", "upload-time": "1970-01-01T00:01:00Z", "yanked": true"#),
        file("thing-1.0-py3-none-any.whl", r#", "upload-time": "1970-01-01T00:02:00.5Z", "core-metadata": true"#),
        file("thing-2.0.zip", r#", "yanked": "broken""#),
        file("notes.txt", ""),
    ];
    server.on("/base/thing/", &[text(&format!("{{\"files\": [{}]}}", files.join(", ")))]);
    server.on(
        "/f/thing-1.0-py3-none-any.whl.metadata",
        &[text("Name: thing\nLicense-Expression: MIT OR Apache-2.0\n\n")],
    );
    let wheel = "pkg:pypi/thing@1.0?file_name=thing-1.0-py3-none-any.whl";
    assert_eq!(releases(&server, wheel), ["1.0 120", "2.0 ?!"], "a release is as young as its newest file");
    assert_eq!(licence(&server, wheel).as_deref(), Some("MIT OR Apache-2.0"));
    assert_eq!(licence(&server, "pkg:pypi/thing@1.0?file_name=thing-1.0.tar.gz"), None);
}

#[test]
fn cargo() {
    let server = Server::new();
    let lines = r#"{"vers": "1.0.0", "cksum": "x", "yanked": true}
{"vers": "1.1.0", "cksum": "x", "pubtime": "1970-01-01T00:01:00Z"}"#;
    server.on("/base/th/in/thing", &[text(lines)]);
    server.on("/base/config.json", &[text(&format!(r#"{{"dl": "x", "api": "{}"}}"#, server.address("")))]);
    server.on("/api/v1/crates/thing/1.1.0", &[text(r#"{"version": {"license": "MIT"}}"#)]);
    assert_eq!(releases(&server, "pkg:cargo/thing@0.1.0"), ["1.0.0 ?!", "1.1.0 60"]);
    assert_eq!(licence(&server, "pkg:cargo/thing@1.1.0").as_deref(), Some("MIT"));
    assert_eq!(licence(&server, "pkg:cargo/thing@1.0.0"), None, "a mirror without that part of the API");
}

#[test]
fn golang() {
    let server = Server::new();
    server.on("/base/a.example/x/@v/list", &[text("v1.2.0\nv1.10.0\nv1.1.0\nnonsense\n")]);
    for (version, time) in
        [("v1.1.0", "1970-01-01T00:00:01Z"), ("v1.2.0", "1970-01-01T00:00:02Z"), ("v1.10.0", "1970-01-01T00:00:10Z")]
    {
        let info = format!(r#"{{"Version": "{version}", "Time": "{time}"}}"#);
        server.on(&format!("/base/a.example/x/@v/{version}.info"), &[text(&info)]);
    }
    server.on("/base/a.example/x/@v/v1.10.0.mod", &[text("module a.example/x\nretract v1.1.0\n")]);
    assert_eq!(releases(&server, "pkg:golang/a.example/x@v0.0.1"), ["v1.1.0 1!", "v1.10.0 10", "v1.2.0 2"]);
}

#[test]
fn maven() {
    let server = Server::new();
    let metadata = "<metadata><version>no</version><versioning><versions><version>1.0</version><version> 1.1 </version></versions></versioning></metadata>";
    server.on("/base/g/thing/maven-metadata.xml", &[text(metadata)]);
    server.on("/base/g/thing/1.0/thing-1.0.pom", &[Answer::Status(200, "")]);
    server.on(
        "/base/g/thing/1.1/thing-1.1.pom",
        &[Answer::Status(200, "last-modified: Thu, 01 Jan 1970 00:01:00 GMT\r\n")],
    );
    assert_eq!(releases(&server, "pkg:maven/g/thing@0"), ["1.0 ?", "1.1 60"]);
    let pom = "<project xmlns=\"http://maven.apache.org/POM/4.0.0\"><name>no</name><licenses><license><name> Apache-2.0 </name></license></licenses></project>";
    server.on("/base/g/thing/1.0/thing-1.0.pom", &[text(pom)]);
    assert_eq!(licence(&server, "pkg:maven/g/thing@1.0").as_deref(), Some("Apache-2.0"));
}

#[test]
fn deb() {
    let server = Server::new();
    let index = "Package: thing\nVersion: 1:2.0-1\nFilename: pool/a\nSHA256: {0}\n\nPackage: thing\nVersion: 1.0\nFilename: pool/b\nSHA256: {0}\n";
    let index = index.replace("{0}", &"0".repeat(64));
    let digest = lazytools_lock::Algorithm::Sha256.digest(index.as_bytes()).hex();
    server.on("/base/dists/stable/InRelease", &[text(&format!("SHA256:\n {digest} 1 main/binary-amd64/Packages\n"))]);
    server.on("/base/dists/stable/main/binary-amd64/Packages", &[text(&index)]);
    let purl = "pkg:deb/debian/thing@0?arch=amd64&distro=stable";
    assert_eq!(releases(&server, purl), ["1.0 ?", "1:2.0-1 ?"]);
    assert_eq!(licence(&server, "pkg:deb/debian/thing@1.0?arch=amd64&distro=stable"), None);
}
