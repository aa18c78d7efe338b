//! `lazytools airgap prove` with a stand-in for Bazel, which does what a test wants: `e2e/airgap_test.sh` has the real one.
//! `airgap_prove_bundle.rs` has what it says of files.

#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use nix::sys::signal::{kill, Signal};
use nix::unistd::{geteuid, Pid};
use serde_json::{json, Value};
use support::prove::{can, has, Lab};

#[test]
fn a_proof() {
    if !can() {
        return;
    }
    let mut lab = Lab::new(
        r#"[ "$(ls /sys/class/net 2>/dev/null || echo lo)" ] && cat /proc/net/dev >"$(dirname "$0")/devices""#,
    );
    lab.bundle();
    lab.said = "INFO: all is well\n".to_owned();
    let (status, text, report) =
        lab.run(&["--platform", "//:a", "--bazel-flag=--config=ci", "--host_platform", "//:h"]);
    // The flag of `collect` is the one of this command.
    assert_eq!((status, text.contains("--host-platform")), (2, true), "{text}");
    assert_eq!(report, Value::Null);
    let (status, text, report) =
        lab.run(&["--platform", "//:a", "--bazel-flag=--config=ci", "--host-platform", "//:h"]);
    assert_eq!(status, 0, "{text}");
    has(
        &text,
        &[
            "lazytools: bazel build //... --platforms=//:a, where the loopback is the only network\n",
            "words of Bazel\n",
            "Proved: //... built with Bazel 8.4.2: 0 packets, 0 connections opened\n",
        ],
    );
    assert!(!text.contains("airgap.bazelrc"), "{text}");
    let arguments = fs::read_to_string(lab.path("arguments")).unwrap();
    let parts = [
        "--batch\n",
        "\nbuild\n",
        "\n--platforms=//:a\n--host_platform=//:h\n",
        "\n--repo_contents_cache=\n",
        "\n--config=ci\n--\n//...\n",
    ];
    has(&arguments, &parts);
    assert!(arguments.contains("\n--repo_env=HOME=") && arguments.contains("/home\n"), "{arguments}");
    let devices = fs::read_to_string(lab.path("devices")).unwrap();
    assert_eq!(devices.lines().filter(|line| line.contains(':')).count(), 1, "{devices}");
    for (key, value) in [
        ("reportVersion", json!(1)),
        ("outcome", json!("proved")),
        ("bazel", json!("8.4.2")),
        ("command", json!("build")),
        ("targets", json!(["//..."])),
        ("platforms", json!(["//:a"])),
        ("built", json!(true)),
        ("packets", json!(0)),
        ("opened", json!(0)),
        ("lookups", json!({})),
        ("addresses", json!([])),
        ("wants", json!([])),
    ] {
        assert_eq!(report[key], value, "{key}");
    }
}

#[test]
fn who_looked_up_what() {
    if !can() {
        return;
    }
    // As a repository rule does it: in the folder of its repository. This machine's own name is none of elsewhere.
    let lab = Lab::new(
        r#"cd "$root/base/external/asks"; getent hosts "$(cat /proc/sys/kernel/hostname)"; getent hosts h.example; exit 0"#,
    );
    let (status, text, report) = lab.run(&["--own-home"]);
    assert_eq!(status, 1, "{text}");
    has(
        &text,
        &[
            "there is no airgap.bazelrc in the workspace, so no bundle is installed: `lazytools airgap install BUNDLE`",
            "lazytools: it was built, and tried to reach something all the same:\n",
            "  the host h.example was looked up by `getent hosts h.example` for @@asks\n",
            "docs/airgap-prove.md",
            "(LT714)\n",
        ],
    );
    assert_eq!(report["outcome"], "needs");
    assert_eq!(report["lookups"].as_object().unwrap().len(), 1, "{report}");
    assert!(report["packets"].as_u64().unwrap() > 0, "{report}");
    assert!(!fs::read_to_string(lab.path("arguments")).unwrap().contains("HOME"), "--own-home");
}

#[test]
fn which_addresses_were_tried() {
    if !can() {
        return;
    }
    let lab = Lab::new("for to in 127.0.0.1/9 10.1.2.3/443 10.1.2.3/443; do (: >/dev/tcp/$to); done; echo >/dev/udp/10.1.2.3/123; exit 0");
    let (status, text, report) = lab.run(&["--allow-loopback"]);
    assert_eq!(status, 1, "{text}");
    has(
        &text,
        &[
            "  the address 10.1.2.3:123 (udp) was tried once\n",
            "  the address 10.1.2.3:443 (tcp) was tried 2 times\n",
            "  the address 127.0.0.1:9 (tcp) was tried once: this machine itself, where nobody listens in here\n",
            "3 connections opened",
        ],
    );
    assert_eq!((report["opened"].as_u64(), report["addresses"].as_array().unwrap().len()), (Some(3), 3), "{report}");
}

#[test]
fn programs_of_a_build_that_talk_to_each_other() {
    let python = Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success());
    if !can() || !python {
        return;
    }
    let lab = Lab::new(
        "exec python3 -c 'import socket
server = socket.create_server((\"127.0.0.1\", 8007))
client = socket.create_connection((\"127.0.0.1\", 8007))
server.accept()[0].sendall(b\"x\" * 1000000)'",
    );
    let (status, text, report) = lab.run(&[]);
    assert_eq!((status, report["outcome"].as_str()), (1, Some("needs")), "{text}");
    has(
        &text,
        &[
            "the address 127.0.0.1:8007 (tcp) was tried once: programs of the build talk to each other",
            "--allow-loopback",
        ],
    );
    let (status, text, report) = lab.run(&["--allow-loopback", "--test"]);
    assert_eq!(
        (status, report["outcome"].as_str(), report["command"].as_str()),
        (0, Some("proved"), Some("test")),
        "{text}"
    );
    has(&text, &["Between programs of the build: 127.0.0.1:8007 (tcp), 1 time\n", "Proved: //... built and tested"]);
    assert_eq!(report["allowed"][0]["answered"], true, "{report}");
}

#[test]
fn an_output_root_that_is_kept() {
    if !can() {
        return;
    }
    let lab = Lab::new("touch \"$root/built\"");
    let (status, text, _) = lab.run(&["--keep", "../kept"]);
    assert_eq!(status, 0, "{text}");
    assert!(lab.path("kept/built").exists());
    let (status, text, _) = lab.run(&["--keep", "../kept"]);
    assert_eq!(status, 1);
    has(
        &text,
        &["it is not empty, and what is in it could hide what the build needs: name a new folder with --keep (LT706)"],
    );
    let (status, text, _) = lab.run(&["--keep", "kept"]);
    assert_eq!(status, 1);
    has(&text, &["it is inside the workspace", "(LT706)"]);
    fs::remove_file(lab.path("ws/MODULE.bazel")).unwrap();
    let (_, text, _) = lab.run(&[]);
    has(&text, &["there is no MODULE.bazel", "(LT706)"]);
    fs::remove_file(lab.path("bazel")).unwrap();
    let (_, text, _) = lab.run(&[]);
    has(&text, &["name the program with --bazel", "(LT704)"]);
}

fn wait_for(path: &Path) {
    for _ in 0..400 {
        if path.exists() {
            return;
        }
        sleep(Duration::from_millis(25));
    }
    panic!("{} does not come", path.display());
}

fn runs(name: &str) -> bool {
    let all = fs::read_dir("/proc").unwrap().flatten();
    all.into_iter().any(|entry| fs::read(entry.path().join("cmdline")).is_ok_and(|line| line == name.as_bytes()))
}

#[test]
fn interrupted() {
    if !can() {
        return;
    }
    for (signal, seconds, then) in [
        (Signal::SIGINT, "1017", "wait"),
        (Signal::SIGTERM, "1018", "wait"),
        // One that does not care, and is asked twice.
        (Signal::SIGINT, "1019", "trap '' INT; wait; wait; sleep 1019"),
    ] {
        // A worker, say, that has left Bazel's group.
        let lab = Lab::new(&format!("setsid sleep {seconds} & touch \"$(dirname \"$0\")/started\"; {then}"));
        let child = lab.command(&[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        wait_for(&lab.path("started"));
        let line = format!("sleep\0{seconds}\0");
        for _ in 0..400 {
            if runs(&line) {
                break;
            }
            sleep(Duration::from_millis(25));
        }
        assert!(runs(&line), "the worker has started");
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
        kill(pid, signal).unwrap();
        if then != "wait" {
            sleep(Duration::from_millis(300));
            kill(pid, signal).unwrap();
        }
        let (status, text, report) = lab.end(child);
        assert_eq!((status, report), (130, Value::Null), "{text}");
        has(
            &text,
            &["interrupted: Bazel and all that it started have ended, and its output root is removed.", "(LT716)"],
        );
        assert!(!runs(&line), "{signal} leaves a process behind");
    }
}

#[test]
fn as_a_plain_user() {
    // Elsewhere all of these tests are of a plain user.
    if !can() || !geteuid().is_root() {
        return;
    }
    // In Bazel's sandbox there is no other user than the one that this process is outside of it.
    let other =
        Command::new("setpriv").args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "true"]).status();
    if !other.is_ok_and(|status| status.success()) {
        eprintln!("this process cannot become another user: it is a plain one itself");
        return;
    }
    let lab = Lab::new("getent hosts h.example; : >/dev/tcp/10.1.2.3/80; id -u; exit 0");
    fs::set_permissions(lab.folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    // The program may be in a folder that only root can enter.
    // By a program of its own: while this process has the copy open for writing, a test beside this one may start another
    // program, which then has it open, too, and what is open for writing cannot be started ("Text file busy").
    assert!(Command::new("cp").arg(&lab.program).arg(lab.path("lazytools")).status().unwrap().success());
    let command = lab.command(&[]);
    fs::set_permissions(lab.path("log"), fs::Permissions::from_mode(0o644)).unwrap();
    let mut plain = Command::new("setpriv");
    plain.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]).arg(lab.path("lazytools"));
    plain.args(command.get_args()).current_dir(lab.path("ws")).env_remove("BUILD_WORKSPACE_DIRECTORY");
    let (status, text, report) = lab.end(plain.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    assert_eq!(status, 1, "{text}");
    let parts = [
        "65534\n",
        "the host h.example was looked up by `getent hosts h.example`",
        "the address 10.1.2.3:80 (tcp) was tried once",
    ];
    has(&text, &parts);
    assert_eq!(report["opened"], 1, "{report}");
}

#[test]
fn where_namespaces_are_forbidden() {
    let lab = Lab::new("exit 0");
    let mut command = Command::new("unshare");
    // In a user namespace the limit is its own: this machine's stays.
    let forbid =
        "echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all --inh-caps=-all \"$@\"";
    command.args(["--user", "--map-root-user", "sh", "-c", forbid, "sh"]);
    let own = lab.command(&[]);
    command.arg(own.get_program()).args(own.get_args()).current_dir(lab.path("ws"));
    let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (status, text, _) = lab.end(output);
    if text.contains("unshare: ") && !text.contains("LT713") {
        eprintln!("this machine forbids user namespaces itself: {text}");
        return;
    }
    assert_eq!(status, 1, "{text}");
    has(
        &text,
        &[
            "namespaces of its own cannot be had (unshare: Operation not permitted): this machine forbids them: allow them with \
             `sudo sysctl user.max_user_namespaces=10000` (LT713)\n",
        ],
    );
}
