//! Credentials: where they come from, to whom they go, and that they are written nowhere.

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use support::{tar_gz, Outcome, Reply, Request, Upstream, Workspace, DOWNLOADED};

const FILE: &str = "/files/1.0/thing-x.tar.gz";
/// The secret, and what of it goes over the wire as Basic.
const SECRET: &str = "hush-4f1c";
const BASIC: &str = "Basic bWU6aHVzaC00ZjFj";

fn archive() -> Vec<u8> {
    tar_gz(&[("a.txt", "some text")])
}

/// A server that answers only with an authorization.
fn guarded(authorization: &'static str) -> Upstream {
    Upstream::new(move |request| {
        if request.header("authorization") == Some(authorization) {
            Reply::ok(archive()).with("etag", "\"one\"")
        } else {
            Reply::status(401)
        }
    })
}

/// `pin` with a home folder of its own and files.example.org at an address.
fn command(workspace: &Workspace, to: &str) -> Command {
    let mut command = workspace.alone();
    let home = workspace.path().join("home");
    fs::create_dir_all(&home).unwrap();
    command.env("HOME", home);
    command.args(["--pause", "1", "--timeout", "5", "--rewrite"]).arg(format!("https://files.example.org/={to}"));
    command
}

fn run(mut command: Command) -> Outcome {
    Outcome::of(&command.output().unwrap())
}

/// The secret, in any form, is in no output and in no file but the ones that hold it by right.
fn written_nowhere(workspace: &Workspace, outcome: &Outcome, by_right: &[&str]) {
    let forms = [SECRET, BASIC.trim_start_matches("Basic ")];
    for text in [&outcome.out, &outcome.err] {
        assert!(forms.iter().all(|form| !text.contains(form)), "{text}");
    }
    let mut folders = vec![workspace.path().to_owned()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            let name = path.strip_prefix(workspace.path()).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                folders.push(path);
            } else if !by_right.contains(&name.as_str()) {
                files += 1;
                let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
                assert!(forms.iter().all(|form| !text.contains(form) && !name.contains(form)), "{name}: {text}");
            }
        }
    }
    assert!(files >= 1, "there is something to look at");
}

/// A credential helper that writes down how it was started, and answers with the secret.
#[cfg(unix)]
fn helper(workspace: &Workspace, name: &str) {
    let script = format!(
        "#!/bin/sh\nfor process in /proc/$PPID /proc/$$; do tr '\\0' ' ' <$process/cmdline; echo; done >>commands.txt 2>/dev/null\n\
         printf '%s ' \"$@\" >>asked.txt\ncat >>asked.txt\necho >>asked.txt\n\
         printf '{{\"headers\": {{\"Authorization\": [\"Bearer {SECRET}\"]}}, \"expires\": \"2100-01-01T00:00:00Z\"}}'\n"
    );
    executable(&workspace.path().join(name), &script);
}

#[cfg(unix)]
fn executable(path: &Path, script: &str) {
    use std::io::Write as _;
    // Written by another process: a program cannot be started while a fork of this one still has it open.
    let mut shell = Command::new("sh");
    shell.args(["-c", "cat >\"$0\" && chmod 755 \"$0\""]).arg(path).stdin(std::process::Stdio::piped());
    let mut shell = shell.spawn().unwrap();
    shell.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    assert!(shell.wait().unwrap().success());
}

#[cfg(unix)]
#[test]
fn a_credential_helper_is_asked_as_bazel_asks_it() {
    let upstream = guarded("Bearer hush-4f1c");
    let workspace = Workspace::new(DOWNLOADED);
    helper(&workspace, "helper.sh");
    run(command(&workspace, &upstream.address("/files/"))).failed_with(&[
        "401",
        "a credential helper or .npmrc",
        "(LT302)",
    ]);
    let mut with_flag = command(&workspace, &upstream.address("/files/"));
    with_flag.arg("--credential_helper=127.0.0.1=%workspace%/helper.sh");
    let outcome = run(with_flag).succeeded();
    let asked = workspace.read("asked.txt");
    assert_eq!(asked, format!("get {{\"uri\":\"{}\"}}\n", upstream.address(FILE)));
    assert!(workspace.read("commands.txt").contains("helper.sh get"), "the helper looks at command lines");
    written_nowhere(&workspace, &outcome, &["helper.sh"]);
}

#[cfg(unix)]
#[test]
fn a_team_sets_it_once_in_bazelrc() {
    let upstream = guarded("Bearer hush-4f1c");
    let workspace = Workspace::new(DOWNLOADED);
    helper(&workspace, "helper.sh");
    workspace
        .write(".bazelrc", "common --credential_helper=*.example.com=nobody\ntry-import %workspace%/more.bazelrc\n");
    workspace.write("more.bazelrc", "build --credential_helper=127.0.0.1=%workspace%/helper.sh\n");
    let outcome = run(command(&workspace, &upstream.address("/files/"))).succeeded();
    written_nowhere(&workspace, &outcome, &["helper.sh"]);
    workspace.write(".bazelrc", "common --credential_helper=http://x=y\n");
    let mut again = command(&workspace, &upstream.address("/files/"));
    again.arg("--refresh");
    run(again).failed_with(&[
        "--credential_helper in .bazelrc: \"http://x\" is no host's name: write example.com, or *.example.com (LT336)",
    ]);
}

#[cfg(unix)]
#[test]
fn a_helper_that_fails_is_told_without_what_it_says() {
    let upstream = guarded("Bearer hush-4f1c");
    let workspace = Workspace::new(DOWNLOADED);
    for (script, what) in [
        ("#!/bin/sh\necho hush-4f1c >&2\nexit 3\n", "failed (exit status: 3)"),
        ("#!/bin/sh\necho hush-4f1c\n", "did not answer {\"headers\": {…}}"),
    ] {
        executable(&workspace.path().join("helper.sh"), script);
        let mut with_flag = command(&workspace, &upstream.address("/files/"));
        with_flag.arg("--credential_helper=%workspace%/helper.sh");
        let outcome = run(with_flag).failed_with(&[
            &format!("credential helper %workspace%/helper.sh {what}: see what it says with `echo '{{\"uri\":\"https://127.0.0.1/\"}}'"),
            "(LT335)",
        ]);
        written_nowhere(&workspace, &outcome, &["helper.sh"]);
    }
    let mut with_flag = command(&workspace, &upstream.address("/files/"));
    with_flag.arg("--credential_helper=127.0.0.1=%workspace%/missing");
    run(with_flag).failed_with(&["credential helper %workspace%/missing cannot be started: ", "(LT335)"]);
    assert!(upstream.seen().is_empty(), "a server is not asked without the credentials that are meant for it");
}

#[test]
fn a_login_of_netrc_is_written_nowhere() {
    let upstream = guarded(BASIC);
    let workspace = Workspace::new(DOWNLOADED);
    workspace.write("netrc", &format!("machine 127.0.0.1 login me password {SECRET}\n"));
    let with_netrc = |to: &str| {
        let mut command = command(&workspace, to);
        command.env("NETRC", workspace.path().join("netrc"));
        run(command)
    };
    let failed = with_netrc(&upstream.address_as("localhost", "/files/")).failed_with(&["401"]);
    written_nowhere(&workspace, &failed, &["netrc"]);
    let outcome = with_netrc(&upstream.address("/files/")).succeeded();
    written_nowhere(&workspace, &outcome, &["netrc"]);
}

/// What a server was sent for each request.
fn authorizations(upstream: &Upstream) -> Vec<Option<String>> {
    upstream.seen().iter().map(|request: &Request| request.header("authorization").map(str::to_owned)).collect()
}

#[cfg(unix)]
#[test]
fn a_redirect_carries_nothing_to_another_host() {
    let other = Upstream::new(|_| Reply::ok(archive()));
    let to = other.address_as("localhost", "/elsewhere");
    let first = Upstream::new(move |request| match request.path.as_str() {
        "/step" => Reply::redirect(&to),
        _ => Reply::redirect("/step"),
    });
    let workspace = Workspace::new(DOWNLOADED);
    helper(&workspace, "helper.sh");
    workspace.write("netrc", &format!("machine 127.0.0.1 login me password {SECRET}\n"));
    let host = format!("//127.0.0.1:{}/", first.port());
    workspace.write(".npmrc", &format!("{host}:_authToken={SECRET}\n"));
    let by_npmrc = Some(format!("Bearer {SECRET}"));
    let mut plain = command(&workspace, &first.address("/files/"));
    plain.env("NETRC", workspace.path().join("netrc"));
    let outcome = run(plain).succeeded();
    // Each step on the host itself has its own; the other host gets nothing.
    assert_eq!(authorizations(&first), [by_npmrc.clone(), by_npmrc.clone()]);
    assert_eq!(authorizations(&other), [None]);
    written_nowhere(&workspace, &outcome, &["netrc", ".npmrc", "helper.sh"]);
    // The same with a helper, and with a login in the address.
    for (flag, to) in [
        ("--credential_helper=127.0.0.1=%workspace%/helper.sh", first.address("/files/")),
        ("--refresh", first.address("/files/").replace("://", &format!("://me:{SECRET}@"))),
    ] {
        other.forget();
        let mut more = command(&workspace, &to);
        more.args(["--refresh", "--dry-run"].into_iter().filter(|word| *word != flag)).arg(flag);
        run(more).succeeded();
        assert_eq!(authorizations(&other), [None], "{flag}");
    }
    // What is for the other host is what it gets.
    workspace.write(".npmrc", &format!("//localhost:{}/:_authToken={SECRET}\n", other.port()));
    first.forget();
    other.forget();
    let mut last = command(&workspace, &first.address("/files/"));
    last.args(["--refresh", "--dry-run"]);
    run(last).succeeded();
    assert_eq!((authorizations(&first), authorizations(&other)), (vec![None, None], vec![by_npmrc]));
}

#[test]
fn tokens_and_scopes_of_npmrc() {
    let metadata = |integrity: &str| format!(r#"{{"dist": {{"integrity": "{integrity}"}}}}"#);
    let sha512 = lazytools_lock::Algorithm::Sha512.digest(&archive()).to_string();
    let upstream = Upstream::new(move |request| {
        if request.header("authorization") != Some("Bearer hush-4f1c") {
            return Reply::status(401);
        }
        if request.path.contains("/-/") {
            return Reply::ok(archive());
        }
        Reply::ok(metadata(&sha512))
    });
    let recipe = DOWNLOADED
        .replace(
            "url = \"https://files.example.org/{version}/thing-{platform.word}.tar.gz\"",
            "purl = \"pkg:npm/%40acme/thing@{version}\"",
        )
        .replace("digest = { from = \"download\" }\n", "");
    let workspace = Workspace::new(&recipe);
    let base = upstream.address("/private/");
    let host = base.trim_start_matches("http:");
    workspace.write(
        ".npmrc",
        &format!("registry=http://127.0.0.1:1/\n@acme:registry={base}\n{host}:_authToken=${{ACME_TOKEN}}\n"),
    );
    let with_token = |value: &str| {
        let mut command = command(&workspace, "http://127.0.0.1:1/");
        command.env("ACME_TOKEN", value).env("npm_config_registry", "http://127.0.0.1:1/");
        run(command)
    };
    with_token("").failed_with(&["401"]);
    let outcome = with_token(SECRET).succeeded();
    assert_eq!(
        upstream.lines().iter().filter(|line| !line.contains("%2F")).collect::<Vec<_>>(),
        ["HEAD /private/@acme/thing/-/thing-1.0.tgz"]
    );
    assert!(!workspace.lock().contains("127.0.0.1"));
    written_nowhere(&workspace, &outcome, &[]);
}

#[test]
fn an_address_with_a_secret_is_refused_before_it_gets_into_the_lock() {
    let workspace = Workspace::new("");
    for (from, to, what) in [
        ("https://files", "https://me:hush-4f1c@files", "holds a name or password"),
        ("tar.gz\"", "tar.gz?private_token=hush-4f1c\"", "holds a secret, private_token=…,"),
        (
            "format =",
            "tool_url = \"https://files.example.org/1.0/thing-x.tar.gz?sig=hush-4f1c\"\nformat =",
            "holds a secret, sig=…,",
        ),
    ] {
        workspace.write("thing.toml", &DOWNLOADED.replacen(from, to, 1));
        let outcome = run(command(&workspace, "http://127.0.0.1:1/"));
        let outcome = outcome.failed_with(&["files.example.org/1.0/thing-x.tar.gz", what, "(LT341)"]);
        assert_eq!(workspace.lock(), "");
        written_nowhere(&workspace, &outcome, &["thing.toml"]);
    }
}
