//! Certificates, proxies, and redirects from https.

mod support;

use std::process::Command;

use support::{proxy, tar_gz, Outcome, Reply, Upstream, Workspace, COMPANY, DOWNLOADED, OTHER};

const FILE: &str = "/1.0/thing-x.tar.gz";

fn archive() -> Vec<u8> {
    tar_gz(&[("a.txt", "some text")])
}

/// A server with https, and a workspace that trusts one authority alone.
fn with(authority: &str) -> (Upstream, Workspace) {
    let upstream = Upstream::secure(|_| Reply::ok(archive()));
    let workspace = Workspace::new(DOWNLOADED);
    workspace.write("ca.pem", authority);
    (upstream, workspace)
}

/// `pin` with files.example.org at an address.
fn command(workspace: &Workspace, to: &str) -> Command {
    let mut command = workspace.alone();
    command.env("SSL_CERT_FILE", workspace.path().join("ca.pem"));
    command.args(["--pause", "1", "--timeout", "5", "--rewrite"]).arg(format!("https://files.example.org/={to}"));
    command
}

fn run(mut command: Command) -> Outcome {
    Outcome::of(&command.output().unwrap())
}

#[test]
fn a_companys_authority_is_believed() {
    let (upstream, workspace) = with(COMPANY);
    run(command(&workspace, &upstream.address("/"))).succeeded();
    run({
        let mut command = command(&workspace, &upstream.address_as("localhost", "/"));
        command.arg("--refresh");
        command
    })
    .succeeded();
    assert_eq!(upstream.lines(), [format!("GET {FILE}"), format!("GET {FILE}")]);
}

#[test]
fn an_unknown_authority_is_refused_at_once() {
    let (upstream, workspace) = with(OTHER);
    let start = std::time::Instant::now();
    run(command(&workspace, &upstream.address("/")))
        .failed_with(&["no secure connection (", "point SSL_CERT_FILE at its certificates (LT306)"]);
    assert!(upstream.seen().is_empty());
    assert!(start.elapsed().as_secs() < 20, "it is not tried again");
}

#[test]
fn a_certificate_for_another_host_is_refused() {
    let (upstream, workspace) = with(COMPANY);
    // Every host is at the server, whose certificate is for none of them.
    let (address, _) = proxy(upstream.port());
    let mut command = command(&workspace, "https://other.invalid/");
    command.env("https_proxy", address);
    run(command).failed_with(&["no secure connection (", "(LT306)"]);
}

#[test]
fn no_certificates_at_all_are_told() {
    let (upstream, workspace) = with("");
    run(command(&workspace, &upstream.address("/")))
        .failed_with(&["no certificates of this machine can be read", "set SSL_CERT_FILE (LT306)"]);
}

#[test]
fn each_scheme_has_its_proxy() {
    let (secure, workspace) = with(COMPANY);
    let plain = Upstream::new(|_| Reply::ok(archive()));
    let (for_secure, seen_secure) = proxy(secure.port());
    let (for_plain, seen_plain) = proxy(plain.port());
    let run_with = |to: &str, more: &[(&str, &str)]| {
        let mut command = command(&workspace, to);
        command.envs([("https_proxy", for_secure.as_str()), ("http_proxy", for_plain.as_str())]);
        command.envs(more.iter().copied()).args(["--refresh", "--dry-run"]);
        run(command)
    };
    // `localhost` is in the certificate, and no port 443 of it is open here: the proxy leads to the server.
    run_with("https://localhost/", &[]).succeeded();
    assert_eq!(*seen_secure.lock().unwrap(), ["CONNECT localhost:443"]);
    assert!(seen_plain.lock().unwrap().is_empty());
    // A plain address that no name server knows.
    run_with("http://files.invalid/", &[]).succeeded();
    assert_eq!(*seen_plain.lock().unwrap(), ["CONNECT files.invalid:80"]);
    // Without a proxy the server is reached directly.
    run_with(&secure.address_as("localhost", "/"), &[("no_proxy", "example.com,localhost")]).succeeded();
    run_with(&plain.address("/"), &[("NO_PROXY", "127.0.0.1")]).succeeded();
    assert_eq!((seen_secure.lock().unwrap().len(), seen_plain.lock().unwrap().len()), (1, 1));
    // A variable that holds no address is told by its name, not by its value.
    let outcome = run_with("https://localhost/", &[("https_proxy", "nonsense://me:hush@x")]);
    let outcome = outcome.failed_with(&["the variable https_proxy holds no proxy's address: mend or unset it (LT306)"]);
    assert!(!outcome.err.contains("hush"), "{}", outcome.err);
}

#[test]
fn a_redirect_to_plain_http_is_refused() {
    let plain = Upstream::new(|_| Reply::ok(archive()));
    let to = format!("{}?token=hush", plain.address("/elsewhere"));
    let secure = Upstream::secure(move |_| Reply::redirect(&to));
    let (_, workspace) = with(COMPANY);
    let outcome = run(command(&workspace, &secure.address("/"))).failed_with(&[
        "the server redirects from https to http://127.0.0.1:",
        "where anyone could change the file",
        "(LT306)",
    ]);
    assert!(!outcome.err.contains("hush"), "{}", outcome.err);
    assert!(plain.seen().is_empty() && workspace.lock().is_empty());
    // Neither after a step that stays secure.
    let to = plain.address("/elsewhere");
    let secure = Upstream::secure(move |request| {
        let next = if request.path == "/step" { to.as_str() } else { "/step" };
        Reply::redirect(next)
    });
    run(command(&workspace, &secure.address("/"))).failed_with(&["from https to http://", "(LT306)"]);
    assert!(plain.seen().is_empty());
}

#[test]
fn redirects_end() {
    let (_, workspace) = with(COMPANY);
    let circle = Upstream::secure(|request| Reply::redirect(&format!("{}x", request.path)));
    run(command(&workspace, &circle.address("/"))).failed_with(&["the server redirects in circles (LT303)"]);
    assert_eq!(circle.seen().len(), 11);
    let nowhere = Upstream::secure(|_| Reply::redirect("file:///etc/passwd"));
    run(command(&workspace, &nowhere.address("/"))).failed_with(&["redirects to what is no address (LT303)"]);
}
