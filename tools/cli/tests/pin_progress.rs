//! What is seen while `pin` works: a bar on a terminal, plain lines elsewhere; and all that failed, sorted.

mod support;

use support::{tar_gz, Answer, Server, Workspace, DOWNLOADED};

fn ready() -> (Server, Workspace) {
    let server = Server::new();
    for word in ["x", "a"] {
        server.on(&format!("/files/1.0/thing-{word}.tar.gz"), &[Answer::Bytes(tar_gz(&[("a.txt", word)]))]);
    }
    let workspace = Workspace::new(DOWNLOADED);
    workspace.request(&["linux_aarch64", "linux_x86_64"], "1.0");
    (server, workspace)
}

#[test]
fn without_a_terminal_there_are_plain_lines() {
    let (server, workspace) = ready();
    let outcome = workspace.pin(&server, &[]).succeeded();
    let mut lines: Vec<&str> = outcome.err.lines().collect();
    assert_eq!(lines.len(), 2, "{}", outcome.err);
    assert!(lines[0].starts_with("[1/2] ") && lines[1].starts_with("[2/2] "), "{lines:?}");
    lines.sort_by_key(|line| line.split_once("] ").map(|(_, what)| what));
    assert!(lines[0].ends_with("] thing target linux_aarch64: thing"), "{lines:?}");
    assert!(lines[1].ends_with("] thing target linux_x86_64: thing"), "{lines:?}");
    assert!(!outcome.err.contains(['\r', '\u{1b}']), "{:?}", outcome.err);
}

/// `script` gives a program a terminal; it has this form on Linux alone.
#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_there_is_a_bar() {
    let (server, workspace) = ready();
    let plain = workspace.command(&server);
    let words: Vec<String> = std::iter::once(plain.get_program())
        .chain(plain.get_args())
        .map(|word| format!("'{}'", word.to_str().unwrap()))
        .collect();
    let mut command = std::process::Command::new("script");
    command.args(["-qec", &words.join(" "), "/dev/null"]).current_dir(workspace.path()).env("TERM", "xterm");
    command.stdin(std::process::Stdio::null());
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let output = command.output().expect("script is there");
    let seen = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{seen}");
    assert!(seen.contains("/2 artifacts [") && seen.contains('\r'), "{seen:?}");
    assert!(!seen.contains("[1/2] "), "{seen:?}");
    assert!(
        seen.ends_with("lazy_tools.lock.json is written:\r\n  added thing //:thing.toml 1.0\r\n1 added\r\n"),
        "{seen:?}"
    );
}

#[test]
fn all_that_failed_is_listed_and_sorted() {
    let (server, workspace) = ready();
    let requests = workspace.read("requests.json").replace("\"1.0\"", "\"7.0\"");
    let one = requests.split_once("\"thing\": ").unwrap().1;
    let one = &one[..one.len() - 2];
    workspace.write("requests.json", &requests.replace("\"tools\": {", &format!("\"tools\": {{\"other\": {one},")));
    let outcome =
        workspace.pin(&server, &[]).failed_with(&["lazytools: nothing was written, because 4 things failed:"]);
    let failed: Vec<&str> = outcome.err.lines().filter(|line| line.starts_with("tool ")).collect();
    assert_eq!(failed.len(), 4, "{}", outcome.err);
    assert!(failed.is_sorted(), "{failed:?}");
    for (line, name) in failed.iter().zip(["other target linux_aarch64", "other target linux_x86_64", "thing target"]) {
        assert!(line.contains(name) && line.ends_with("(LT302)"), "{failed:?}");
    }
}
