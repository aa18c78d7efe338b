//! Purls of Maven artifacts, against a repository on the loopback.

mod support;

use support::packages::recipe;
use support::{Answer, Server, Workspace};

const PURL: &str = "pkg:maven/org.example/thing@{version}?classifier=bin&type=exe";
const FILE: &str = "/org/example/thing/1.0/thing-1.0-bin.exe";
const HEX: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const SRI: &str = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

fn text(text: &str) -> Answer {
    Answer::Bytes(text.as_bytes().to_vec())
}

fn declared() -> (Server, Workspace) {
    let server = Server::new();
    let workspace = Workspace::new(&recipe(PURL, "file", ""));
    workspace.declare(&[("maven", server.address("/m2/"))]);
    server.on(&format!("/m2{FILE}"), &[text("program")]);
    (server, workspace)
}

#[test]
fn a_digest_beside_the_file_needs_no_download() {
    let (server, workspace) = declared();
    server.on(&format!("/m2{FILE}.sha256"), &[text(&format!("{HEX}  thing-1.0-bin.exe\n"))]);
    workspace.pin_bare(&server, &[]).succeeded();
    let pinned = workspace.pinned();
    assert_eq!(pinned["purl"], "pkg:maven/org.example/thing@1.0?classifier=bin&type=exe");
    assert_eq!((pinned["integrity"].as_str(), pinned["size"].as_u64()), (Some(SRI), Some(7)));
    // The POM may say the licence; here there is none.
    let pom = "GET /m2/org/example/thing/1.0/thing-1.0.pom".to_owned();
    assert_eq!(server.seen(), [format!("GET /m2{FILE}.sha256"), pom, format!("HEAD /m2{FILE}")]);

    let (server, workspace) = declared();
    server.on(&format!("/m2{FILE}.sha512"), &[text(&"0".repeat(128))]);
    workspace.pin_bare(&server, &[]).succeeded();
    assert!(workspace.pinned()["integrity"].as_str().unwrap().starts_with("sha512-AAAA"));
}

#[test]
fn a_weak_digest_bears_witness() {
    let (server, workspace) = declared();
    server.on(&format!("/m2{FILE}.sha1"), &[text(&"0".repeat(40))]);
    workspace.pin_bare(&server, &[]).failed_with(&[
        "thing-1.0-bin.exe: its digest is sha1 ",
        "the registry says 0000",
        "(LT304)",
    ]);
    // sha1 of "program"
    server.on(&format!("/m2{FILE}.sha1"), &[text("81d9aeea0e1a408d65b6660a176c5de83dc98e7b  x\n")]);
    workspace.pin_bare(&server, &[]).succeeded();
    assert!(workspace.pinned()["integrity"].as_str().unwrap().starts_with("sha256-"));
}

#[test]
fn what_the_repository_says_wrong_is_told() {
    let (server, workspace) = declared();
    server.on(&format!("/m2{FILE}.sha256"), &[Answer::Page("<!DOCTYPE html>")]);
    workspace.pin_bare(&server, &[]).failed_with(&["bin.exe.sha256: it holds no sha256 digest (LT307)"]);
    let (server, workspace) = declared();
    server.on(&format!("/m2{FILE}"), &[Answer::Status(404, "")]);
    workspace.pin_bare(&server, &[]).failed_with(&["thing-1.0-bin.exe: the server answered 404", "(LT302)"]);
    assert_eq!(workspace.lock(), "");
}

#[test]
fn where_the_repository_is() {
    let server = Server::new();
    let workspace = Workspace::new(&recipe(PURL, "file", ""));
    let settings = |path: &str| {
        format!(
            "<settings><mirrors><mirror><mirrorOf>*</mirrorOf><url>{}</url></mirror></mirrors></settings>",
            server.address(path)
        )
    };
    for base in ["/tag", "/variable", "/user", "/maven"] {
        server.on(&format!("{base}{FILE}"), &[text("program")]);
        server.on(&format!("{base}{FILE}.sha256"), &[text(HEX)]);
    }
    let maven = workspace.path().join("store/maven");
    std::fs::create_dir_all(maven.join("conf")).unwrap();
    std::fs::write(maven.join("conf/settings.xml"), settings("/maven/")).unwrap();
    let home = ("MAVEN_HOME", maven.to_str().unwrap().to_owned());
    let asked = |path: &str, variables: &[(&str, String)]| {
        workspace.forget();
        workspace.pin_bare(&server, variables).succeeded();
        assert!(server.seen().last().unwrap().contains(&format!(" {path}{FILE}")), "{path}");
    };
    workspace.declare(&[("maven", server.address("/tag"))]);
    let variable = ("MVNW_REPOURL", server.address("/variable/"));
    asked("/tag", &[variable.clone(), home.clone()]);
    workspace.declare(&[]);
    workspace.at_home(".m2/settings.xml", &settings("/user/"));
    asked("/variable", &[variable, home.clone()]);
    asked("/user", std::slice::from_ref(&home));
    workspace.at_home(".m2/settings.xml", "<settings/>");
    asked("/maven", &[home]);
    workspace.forget();
    workspace
        .pin_bare(&server, &[])
        .failed_with(&["no address of the maven registry is known", "~/.m2/settings.xml (LT305)"]);
}
