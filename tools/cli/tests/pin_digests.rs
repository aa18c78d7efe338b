//! Digests that are published elsewhere than in checksum files, against a server on the loopback.

mod support;

use support::{Answer, Server, Workspace, DOWNLOADED};

const HEX: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const SRI: &str = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
const RELEASE: &str = "/api/repos/owner/thing/releases/tags/v1.0";
const FILE: &str = "/files/1.0/thing-x.tar.gz";

fn text(text: &str) -> Answer {
    Answer::Bytes(text.as_bytes().to_vec())
}

fn with_digest(digest: &str) -> String {
    DOWNLOADED.replace("digest = { from = \"download\" }", digest)
}

fn on_github() -> Workspace {
    Workspace::new(&with_digest("digest = { from = \"github\" }").replace(
        "https://files.example.org/{version}/",
        "https://github.com/owner/thing/releases/download/v{version}/",
    ))
}

fn release(digest: &str) -> Answer {
    text(&format!(
        r#"{{"assets": [{{"name": "other", "digest": null}},
            {{"name": "thing-x.tar.gz", "size": 4321, "digest": {digest}}},
            {{"name": "thing-a.tar.gz", "size": 4322, "digest": "sha256:{}"}}]}}"#,
        "1".repeat(64)
    ))
}

fn api(server: &Server) -> [(&'static str, String); 1] {
    [("GITHUB_API_URL", server.address("/api"))]
}

#[test]
fn a_release_is_asked_for_once() {
    let (server, workspace) = (Server::new(), on_github());
    workspace.request(&["linux_aarch64", "linux_x86_64"], "1.0");
    server.on(RELEASE, &[release(&format!("\"sha256:{HEX}\""))]);
    workspace.pin_bare(&server, &api(&server)).succeeded();
    let lock = workspace.lock();
    assert!(lock.contains(SRI) && lock.contains("\"size\": 4321") && lock.contains("\"size\": 4322"), "{lock}");
    assert_eq!(server.seen(), [format!("GET {RELEASE}")], "neither asset is asked for");
}

#[test]
fn what_github_lacks_is_told() {
    let (server, workspace) = (Server::new(), on_github());
    server.on(RELEASE, &[release("null")]);
    workspace
        .pin_bare(&server, &api(&server))
        .failed_with(&["GitHub publishes no digest of thing-x.tar.gz", "digest = { from = \"download\" } (LT320)"]);
    server.on(RELEASE, &[text("{\"assets\": []}")]);
    workspace.pin_bare(&server, &api(&server)).failed_with(&["release v1.0 has no asset thing-x.tar.gz (LT307)"]);
    server.on(RELEASE, &[Answer::Status(403, "")]);
    workspace.pin_bare(&server, &api(&server)).failed_with(&["set GITHUB_TOKEN, or try again later (LT321)"]);
    workspace.write("thing.toml", &with_digest("digest = { from = \"github\" }"));
    workspace.pin_bare(&server, &api(&server)).failed_with(&["no address of a release's asset", "(LT320)"]);
}

#[test]
fn the_token_goes_to_the_api_and_nowhere_else() {
    let (server, workspace) = (Server::new(), on_github());
    server.guard("Bearer hush-hush");
    server.on(RELEASE, &[release(&format!("\"sha256:{HEX}\""))]);
    let [api] = api(&server);
    let token = ("GITHUB_TOKEN", "hush-hush".to_owned());
    workspace.pin_bare(&server, std::slice::from_ref(&api)).failed_with(&["401"]);
    let outcome = workspace.pin_bare(&server, &[api.clone(), token.clone()]).succeeded();
    for place in [&outcome.out, &outcome.err, &workspace.lock()] {
        assert!(!place.contains("hush"), "{place}");
    }
    // Not to where the API redirects, nor to a host that stands in for the API.
    let other = Server::new();
    other.guard("Bearer hush-hush");
    let header: &'static str = format!("location: {}\r\n", other.address("/x")).leak();
    server.on(RELEASE, &[Answer::Status(302, header)]);
    workspace.forget();
    workspace.pin_bare(&server, &[api, token.clone()]).failed_with(&["401"]);
    let mut command = workspace.bare(&server);
    command.env(token.0, token.1).env("LAZYTOOLS_REWRITE", "");
    command.args(["--rewrite", &format!("https://api.github.com/={}", other.address("/api/"))]);
    other.on(RELEASE, &[release(&format!("\"sha256:{HEX}\""))]);
    let output = command.output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(err.contains("401") && !err.contains("hush"), "{err}");
}

#[test]
fn a_header_holds_the_digest() {
    let server = Server::new();
    let digest = "digest = { from = \"header\", name = \"X-Digest\", algorithm = \"sha256\", encoding = \"base64\" }\nsize = \"unknown\"";
    let workspace = Workspace::new(&with_digest(digest));
    let header: &'static str = format!("x-digest: \"{}\"\r\n", SRI.trim_start_matches("sha256-")).leak();
    server.on(FILE, &[Answer::Status(200, header)]);
    workspace.pin(&server, &[]).succeeded();
    assert!(workspace.lock().contains(SRI));
    assert_eq!(server.seen(), [format!("HEAD {FILE}")]);
    // What it says of the file as it sends elsewhere for it.
    workspace.forget();
    let elsewhere: &'static str = format!("location: {}\r\n{header}", server.address("/elsewhere")).leak();
    server.on(FILE, &[Answer::Status(302, elsewhere)]);
    workspace.pin(&server, &[]).succeeded();
    assert!(workspace.lock().contains(SRI));
    assert!(!server.seen().contains(&"HEAD /elsewhere".to_owned()));
    workspace.forget();
    server.on(FILE, &[Answer::Status(200, "x-digest: none\r\n")]);
    workspace.pin(&server, &[]).failed_with(&["its header x-digest is \"none\", and no sha256 digest (LT307)"]);
    server.on(FILE, &[Answer::Status(200, "")]);
    workspace.pin(&server, &[]).failed_with(&["the server sends no header x-digest with it (LT307)"]);
}

#[test]
fn json_is_read_from_its_address() {
    let server = Server::new();
    let digest = "digest = { from = \"json\", url = \"https://files.example.org/{version}/sums.json\", \
                  pointer = \"/files/thing-{platform.word}.tar.gz/sha\", algorithm = \"sha256\" }\nsize = \"unknown\"";
    let workspace = Workspace::new(&with_digest(digest));
    server.on("/files/1.0/sums.json", &[text(&format!(r#"{{"files": {{"thing-x.tar.gz": {{"sha": "{HEX}"}}}}}}"#))]);
    workspace.pin(&server, &[]).succeeded();
    assert!(workspace.lock().contains(SRI));
    assert_eq!(server.seen(), ["GET /files/1.0/sums.json"]);
    workspace.forget();
    server.on("/files/1.0/sums.json", &[text("{}")]);
    workspace.pin(&server, &[]).failed_with(&["1.0/sums.json: it has no /files/thing-x.tar.gz/sha", "(LT307)"]);
}

#[test]
fn a_checksum_file_that_disagrees_is_named_with_the_artifact() {
    let server = Server::new();
    let digest = "digest = { from = \"checksums\", url = \"https://files.example.org/{version}/thing.sha256\", algorithm = \"sha256\" }";
    let workspace = Workspace::new(&with_digest(digest));
    server.on("/files/1.0/thing.sha256", &[text(&format!("SHA256 (thing-x.tar.gz) = {HEX}\n"))]);
    // Its size is not to be had, so it is downloaded.
    server.on(FILE, &[Answer::Status(405, ""), Answer::Bytes(b"\x1f\x8b and so on".to_vec())]);
    workspace.pin(&server, &[]).failed_with(&[
        "/files/1.0/thing-x.tar.gz: its digest is sha256-",
        &format!("/1.0/thing.sha256 says {SRI}"),
        "(LT304)",
    ]);
    assert_eq!(workspace.lock(), "");
}
