//! Signals, exit codes, standard input, and what is left when somebody is killed.
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Stdio};

use nix::sys::signal::{kill, Signal};
use nix::unistd::Pid;
use support::{wait_for, Bench, GUARDS};

fn start(bench: &Bench, script: &str) -> Child {
    let mut command = bench.program();
    command.args(["--", "/bin/sh", "-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
    command.spawn().unwrap()
}

fn send(child: &Child, signal: Signal) {
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), signal).unwrap();
}

/// The process whose number is in a file, if it still runs.
fn runs(bench: &Bench, rel: &str) -> bool {
    let pid: i32 = bench.read(rel).trim().parse().unwrap();
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

#[test]
fn signals_reach_the_tool_and_what_it_started() {
    for guard in GUARDS {
        for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
            let bench = Bench::new(guard);
            let script = format!(
                "trap 'echo got; exit 7' {}; sleep 100 & echo $! > pid; echo > ready; wait",
                signal.as_str().trim_start_matches("SIG")
            );
            let mut child = start(&bench, &script);
            wait_for("the tool", || bench.path("ready").exists());
            send(&child, signal);
            assert_eq!(child.wait().unwrap().code(), Some(7));
            let mut out = String::new();
            child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
            assert_eq!(out, "got\n");
            assert!(!runs(&bench, "pid") && bench.is_clean());
        }
    }
}

#[test]
fn the_exit_code_tells_of_a_signal() {
    for guard in GUARDS {
        let bench = Bench::new(guard);
        assert_eq!(bench.sh("kill -9 $$").code, Some(137));
        assert_eq!(bench.sh("exit 42").code, Some(42));
        assert_eq!(bench.sh("exit 255").code, Some(255));
    }
}

#[test]
fn what_the_tool_left_running_is_ended() {
    for guard in GUARDS {
        let bench = Bench::new(guard);
        let ran = bench.sh("setsid sh -c 'echo $$ > pid; sleep 100' & while ! [ -s pid ]; do sleep 0.01; done; exit 0");
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.took.as_secs() < 5 && !runs(&bench, "pid") && bench.is_clean());
    }
}

#[test]
fn a_killed_run_leaves_no_tool_and_no_folder() {
    for guard in GUARDS {
        let bench = Bench::new(guard);
        let mut child = start(&bench, "setsid sleep 100 & echo $! > deep; echo $$ > pid; wait");
        wait_for("the tool", || bench.path("pid").exists() && !bench.read("pid").is_empty());
        send(&child, Signal::SIGKILL);
        child.wait().unwrap();
        wait_for("the end", || !runs(&bench, "pid") && !runs(&bench, "deep") && bench.is_clean());
    }
}

#[test]
fn a_killed_inner_process_leaves_no_tool_and_no_folder() {
    for guard in GUARDS {
        let bench = Bench::new(guard);
        let mut child = start(&bench, "setsid sleep 100 & echo $! > deep; echo $$ > pid; wait");
        wait_for("the tool", || bench.path("pid").exists() && !bench.read("pid").is_empty());
        let inner = fs::read_to_string(format!("/proc/{0}/task/{0}/children", child.id())).unwrap();
        kill(Pid::from_raw(inner.trim().parse().unwrap()), Signal::SIGKILL).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(137));
        wait_for("the end", || !runs(&bench, "pid") && !runs(&bench, "deep") && bench.is_clean());
    }
}

#[test]
fn standard_input_is_the_callers() {
    for guard in GUARDS {
        let bench = Bench::new(guard);
        let mut child = start(&bench, "cat");
        child.stdin.take().unwrap().write_all(b"hello").unwrap();
        let out = child.wait_with_output().unwrap();
        assert_eq!(out.stdout, b"hello");
    }
}

#[test]
fn output_is_passed_through_unaltered() {
    let bench = Bench::new("");
    let out = bench
        .program()
        .args(["--", "/bin/sh", "-c", "head -c 3000000 /dev/zero; printf '\\377'; printf e >&2"])
        .output()
        .unwrap();
    assert_eq!((out.stdout.len(), out.stdout.last(), out.stderr.as_slice()), (3_000_001, Some(&255), &b"e"[..]));
    // A reader that goes away ends the tool as it would without this program.
    let mut child = start(&bench, "yes; exit 1");
    drop(child.stdout.take());
    assert!(child.wait().is_ok());
}
