//! Purls of Debian packages, against an archive on the loopback.

mod support;

use std::io::Write as _;

use lazytools_lock::Algorithm;
use support::packages::recipe;
use support::{Answer, Server, Workspace};

const PURL: &str = "pkg:deb/debian/thing@{version}?distro=stable&arch=amd64";
const HEX: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const SRI: &str = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
const RELEASE: &str = "/debian/dists/stable/InRelease";
const INDEX: &str = "/debian/dists/stable/main/binary-amd64/Packages.gz";

fn gz(text: &str) -> Vec<u8> {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(text.as_bytes()).unwrap();
    gz.finish().unwrap()
}

fn stanza(name: &str, version: &str, digest: &str) -> String {
    format!(
        "Package: {name}\nVersion: {version}\nDescription: of\n .\n many lines\nArchitecture: amd64\n\
         Filename: pool/main/t/{name}/{name}_{version}_amd64.deb\nSize: 77\nSHA256: {digest}\n\n"
    )
}

/// An archive with a package.
fn archive(server: &Server) -> String {
    let other = "1".repeat(64);
    let packages = [stanza("thing-doc", "1.0", &other), stanza("thing", "0.9", &other), stanza("thing", "1.0", HEX)];
    let index = gz(&packages.concat());
    let digest = Algorithm::Sha256.digest(&index).hex();
    let release = format!("Suite: stable\nSHA256:\n {digest} {} main/binary-amd64/Packages.gz\n", index.len());
    server.on(INDEX, &[Answer::Bytes(index)]);
    server.on(RELEASE, &[Answer::Bytes(release.clone().into_bytes())]);
    release
}

fn declared() -> (Server, Workspace) {
    let server = Server::new();
    let workspace = Workspace::new(&recipe(PURL, "file", ""));
    workspace.declare(&[("deb", server.address("/debian/"))]);
    archive(&server);
    (server, workspace)
}

/// A workspace whose apt knows the archive, with a key.
fn with_apt(server: &Server) -> Workspace {
    let workspace = Workspace::new(&recipe(PURL, "file", ""));
    let parts = workspace.path().join("store/parts");
    std::fs::create_dir_all(&parts).unwrap();
    let key = workspace.path().join("store/key.gpg");
    std::fs::write(&key, "a key").unwrap();
    let uri = server.address("/debian");
    let source = format!("Types: deb\nURIs: {uri}\nSuites: stable\nComponents: main\nSigned-By: {}\n", key.display());
    std::fs::write(parts.join("x.sources"), source).unwrap();
    workspace.client("apt-config", &format!("echo \"LIST='/dev/null'\"; echo \"PARTS='{}/'\"", parts.display()));
    workspace
}

#[test]
fn an_index_says_digest_size_and_place() {
    let (server, workspace) = declared();
    workspace.pin_bare(&server, &[]).succeeded();
    let pinned = workspace.pinned();
    assert_eq!(
        pinned["purl"],
        "pkg:deb/debian/thing@1.0?arch=amd64&distro=stable&path=pool/main/t/thing/thing_1.0_amd64.deb"
    );
    assert_eq!((pinned["integrity"].as_str(), pinned["size"].as_u64()), (Some(SRI), Some(77)));
    assert_eq!(server.seen(), [format!("GET {RELEASE}"), format!("GET {INDEX}")]);
    // The index is in the store, under the digest that Release has for it.
    workspace.forget();
    workspace.pin_bare(&server, &[]).succeeded();
    assert_eq!(server.seen()[2..], [format!("GET {RELEASE}")]);
}

#[test]
fn an_index_that_is_not_the_one_of_release_is_refused() {
    let (server, workspace) = declared();
    server.on(INDEX, &[Answer::Bytes(gz(&stanza("thing", "1.0", &"2".repeat(64))))]);
    workspace.pin_bare(&server, &[]).failed_with(&[
        "Packages.gz: its digest is sha256-",
        "the suite's Release says",
        "(LT304)",
    ]);
    assert_eq!(workspace.lock(), "");
}

#[test]
fn an_archive_that_is_being_updated_still_has_the_index_of_its_release() {
    let (server, workspace) = declared();
    let release = archive(&server);
    server.on(RELEASE, &[Answer::Bytes(format!("Acquire-By-Hash: yes\n{release}").into_bytes())]);
    // A mirror without that folder.
    workspace.pin_bare(&server, &[]).succeeded();
    let by_hash = server.seen()[1].strip_prefix("GET ").unwrap().to_owned();
    assert!(by_hash.starts_with("/debian/dists/stable/main/binary-amd64/by-hash/SHA256/"), "{by_hash}");
    // One with it, whose index has another name's bytes already.
    let (other, workspace) = declared();
    let index = gz(&[
        stanza("thing-doc", "1.0", &"1".repeat(64)),
        stanza("thing", "0.9", &"1".repeat(64)),
        stanza("thing", "1.0", HEX),
    ]
    .concat());
    other.on(&by_hash, &[Answer::Bytes(index)]);
    other.on(INDEX, &[Answer::Bytes(gz("tomorrow's"))]);
    other.on(RELEASE, &[Answer::Bytes(format!("Acquire-By-Hash: yes\n{release}").into_bytes())]);
    workspace.pin_bare(&other, &[]).succeeded();
    assert_eq!(workspace.pinned()["integrity"], SRI);
}

#[test]
fn what_the_archive_lacks_is_told() {
    let (server, workspace) = declared();
    workspace.request(&["linux_x86_64"], "2.0");
    workspace.declare(&[("deb", server.address("/debian"))]);
    workspace.pin_bare(&server, &[]).failed_with(&["suite stable has no thing 2.0 for amd64", "(LT307)"]);
    server.on(RELEASE, &[Answer::Page("<!DOCTYPE html>")]);
    workspace.pin_bare(&server, &[]).failed_with(&["it names no index with a sha256 digest (LT307)"]);
    server.on(RELEASE, &[Answer::Status(500, "")]);
    workspace.pin_bare(&server, &[]).failed_with(&["the server answered 500", "(LT301)"]);
}

#[cfg(unix)]
#[test]
fn apts_sources_say_where_and_whose_key() {
    let server = Server::new();
    let release = archive(&server);
    let workspace = with_apt(&server);
    // The last word of the command is the file; what is signed comes out.
    workspace.client("gpgv", "[ \"$1\" = --keyring ] || exit 3; while [ $# -gt 1 ]; do shift; done; while read -r l; do echo \"$l\"; done <\"$1\"");
    let signed = release.replace("\n ", "\n  ");
    server.on(RELEASE, &[Answer::Bytes(signed.into_bytes())]);
    let outcome = workspace.pin_bare(&server, &[]);
    assert!(outcome.err.contains("it names no index"), "what gpgv gives out counts: {}", outcome.err);
    workspace.client("gpgv", "[ \"$1\" = --keyring ] || exit 3; while [ $# -gt 1 ]; do shift; done; while IFS= read -r l; do echo \"$l\"; done <\"$1\"");
    workspace.pin_bare(&server, &[]).succeeded();
    workspace.forget();
    workspace.client("gpgv", "echo 'gpgv: BAD signature from someone' >&2; exit 1");
    workspace.pin_bare(&server, &[]).failed_with(&[
        "InRelease: its signature is not by a key that its source trusts: BAD signature from someone (LT325)",
    ]);
    assert_eq!(workspace.lock(), "");
    let recipe = workspace.read("thing.toml").replace("distro=stable", "distro=other");
    workspace.write("thing.toml", &recipe);
    workspace.pin_bare(&server, &[]).failed_with(&["no apt source of this machine has the suite other", "(LT324)"]);
}
