//! The same as a plain user, and where namespaces are forbidden.
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use support::{action, has, Bench, Ran};

/// Runs the program through another one.
fn through(bench: &Bench, wrapper: &[&str], script: &str) -> Ran {
    let program = bench.program();
    let mut command = Command::new(wrapper[0]);
    command.args(&wrapper[1..]).arg(program.get_program()).args(program.get_args());
    command.args(["--", "/bin/sh", "-c", script]).current_dir(bench.temp.path());
    command.env("TMPDIR", bench.path("private"));
    Ran::of(&mut command)
}

const NOBODY: [&str; 3] = ["--reuid=65534", "--regid=65534", "--clear-groups"];

const SCRIPT: &str =
    "id -u; cat $CACHE/top; (touch $CACHE/lib/new && echo written) 2>/dev/null; getent ahosts dl.thing.test; exit 3";

#[test]
fn a_plain_user_has_the_same_guard() {
    let mut becoming = Command::new("setpriv");
    let can = becoming.args(NOBODY).arg("true").output().is_ok_and(|output| output.status.success());
    if !nix::unistd::geteuid().is_root() || !can {
        eprintln!("skipped: this user cannot become another one");
        return;
    }
    let bench = Bench::new("");
    // Others may look in, and write where the user's own files would be.
    fs::set_permissions(bench.temp.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(bench.path("private"), fs::Permissions::from_mode(0o777)).unwrap();
    let copy = bench.path("lazytools-action");
    // By a program of its own: while this process has the copy open for writing, a test beside this one may start another
    // program, which then has it open, too, and what is open for writing cannot be started ("Text file busy").
    assert!(Command::new("cp").arg(action()).arg(&copy).status().unwrap().success());
    let program = bench.program();
    let mut command = Command::new("setpriv");
    command.args(NOBODY).arg(&copy).args(program.get_args());
    command.args(["--", "/bin/sh", "-c", SCRIPT]).current_dir(bench.temp.path()).env("TMPDIR", bench.path("private"));
    let ran = Ran::of(&mut command);
    assert_eq!(ran.out, "65534\ntop", "{ran:?}");
    ran.fails(3, "had tried to reach\n  dl.thing.test\n");
    assert!(bench.is_clean());
}

#[test]
fn without_namespaces_the_filter_guards() {
    if !has("unshare") || !support::has_namespaces() {
        return;
    }
    let bench = Bench::new("");
    // In a user namespace that allows no further ones, and without the right to make other ones.
    let wrapper = [
        "unshare",
        "--user",
        "--map-root-user",
        "sh",
        "-c",
        "echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all --inh-caps=-all \"$@\"",
        "sh",
    ];
    let ran = through(&bench, &wrapper, SCRIPT);
    let ran = ran.fails(3, "had tried to reach\n  dl.thing.test\n");
    let ran = ran.fails(3, "(guard: a seccomp filter, because namespaces are forbidden here) (LT504)\n");
    assert!(ran.out.contains("top") && !bench.path("cache/lib/new").exists(), "{ran:?}");
    assert!(bench.is_clean());
}
