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

#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_there_is_a_bar() {
    use std::io::Read as _;

    let (server, workspace) = ready();
    // Without a size, a terminal is too narrow for a bar.
    let size = nix::pty::Winsize { ws_row: 25, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };
    let terminal = nix::pty::openpty(Some(&size), None).unwrap();
    let mut command = workspace.command(&server);
    command.env("TERM", "xterm").stdin(std::process::Stdio::null());
    command.stdout(terminal.slave.try_clone().unwrap()).stderr(terminal.slave);
    let mut child = command.spawn().unwrap();
    // It holds the other end as well, which would never be closed.
    drop(command);
    let mut seen = Vec::new();
    // The end of a terminal is an error on Linux.
    let _ = std::fs::File::from(terminal.master).read_to_end(&mut seen);
    let seen = String::from_utf8_lossy(&seen).into_owned();
    assert!(child.wait().unwrap().success(), "{seen}");
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
