//! `lazytools airgap prove` with a stand-in for Bazel, which does what a test wants: `e2e/airgap_test.sh` has the real one.

#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use lazytools_airgap::cache::{file_path, IdMarker};
use lazytools_airgap::digest::{Algorithm, Digest};
use nix::sys::signal::{kill, Signal};
use nix::unistd::{geteuid, Pid};
use serde_json::{json, Value};
use support::rules_log::event;
use tempfile::TempDir;

struct Lab {
    folder: TempDir,
    program: PathBuf,
    log: Vec<u8>,
    /// What the stand-in says.
    said: String,
}

impl Lab {
    /// With what the stand-in does.
    fn new(then: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let built = option_env!("CARGO_BIN_EXE_lazytools").map(PathBuf::from);
        let program = std::env::var_os("LAZYTOOLS").map(PathBuf::from).or(built).expect("LAZYTOOLS names the program");
        let program = fs::canonicalize(program).unwrap();
        let lab = Self { folder, program, log: Vec::new(), said: String::new() };
        fs::create_dir(lab.path("ws")).unwrap();
        fs::write(lab.path("ws/MODULE.bazel"), "").unwrap();
        lab.stand_in(then);
        lab
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn stand_in(&self, then: &str) {
        let here = self.folder.path().display();
        let script = format!(
            r#"#!/bin/bash
case "$1" in --version) echo "bazel 8.4.2"; exit ;; esac
printf '%s\n' "$@" >{here}/arguments
for argument; do
  case "$argument" in
    --experimental_workspace_rules_log_file=*) cp {here}/log "${{argument#*=}}" ;;
    --build_event_json_file=*) cp {here}/events "${{argument#*=}}" ;;
    --output_user_root=*) root=${{argument#*=}}; mkdir -p "$root/base/external/asks" "$root/read-only/x"; chmod a-w "$root/read-only" ;;
  esac
done
echo "words of Bazel" >&2
{then}
"#
        );
        fs::write(self.path("bazel"), script).unwrap();
        fs::set_permissions(self.path("bazel"), fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        fs::write(self.path("log"), &self.log).unwrap();
        let cache = json!({"optionName": "repository_cache", "optionValue": "../bundle/repository_cache"});
        let options = json!({"structuredCommandLine": {"commandLineLabel": "canonical",
            "sections": [{"sectionLabel": "command options", "optionList": {"option": [cache]}}]}});
        let progress = json!({"progress": {"stderr": self.said}});
        fs::write(self.path("events"), format!("{options}\n{progress}\n")).unwrap();
        let mut command = Command::new(&self.program);
        command.current_dir(self.path("ws")).env_remove("BUILD_WORKSPACE_DIRECTORY");
        command.args(["airgap", "prove", "//..."]).arg("--bazel").arg(self.path("bazel"));
        command.arg("--scratch").arg(self.path("scratch")).arg("--report").arg(self.path("report")).args(arguments);
        command
    }

    /// The status, what is printed, and the report; then nothing else is left.
    fn run(&self, arguments: &[&str]) -> (i32, String, Value) {
        self.end(self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    fn end(&self, child: Child) -> (i32, String, Value) {
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        let left: Vec<_> = fs::read_dir(self.path("scratch")).map_or(vec![], |entries| entries.flatten().collect());
        assert!(left.is_empty(), "{left:?}\n{text}");
        let report = fs::read(self.path("report")).map_or(Value::Null, |bytes| serde_json::from_slice(&bytes).unwrap());
        (output.status.code().unwrap_or(-1), text, report)
    }

    /// Puts a bundle with one download and one file of a registry in force; the path of the download in the bundle.
    fn bundle(&self) -> (Digest, String) {
        let digest = Algorithm::Sha256.digest(b"archive");
        let id = IdMarker::of(Algorithm::Sha256, "https://h.example/a.tar");
        let (download, module) =
            (format!("repository_cache/{}", file_path(&digest)), "registries/r/modules/m/1.0/MODULE.bazel");
        for (path, text) in [(download.as_str(), "archive"), (module, "module()")] {
            fs::create_dir_all(self.path("bundle").join(path).parent().unwrap()).unwrap();
            fs::write(self.path("bundle").join(path), text).unwrap();
        }
        fs::write(self.path("bundle").join(&download).with_file_name(format!("id-{id}")), "").unwrap();
        let manifest = json!({
            "manifestVersion": 1, "bazel": "8.4.2", "targets": ["//..."], "platforms": [], "notIncluded": [],
            "registries": [{"url": "https://r.example", "path": "registries/r"}],
            "files": {
                download.as_str(): {"sha256": digest, "size": 7, "kind": "download", "ids": [id], "neededBy": ["@@other"],
                    "sources": ["https://h.example/a.tar", "https://mirror.example/a.tar"]},
                module: {"sha256": Algorithm::Sha256.digest(b"module()"), "size": 8, "kind": "registryFile",
                    "sources": ["https://r.example/modules/m/1.0/MODULE.bazel"], "neededBy": ["module resolution"]},
            },
        });
        fs::write(self.path("bundle/manifest.json"), manifest.to_string()).unwrap();
        fs::write(self.path("ws/.bazelrc"), "try-import %workspace%/airgap.bazelrc\n").unwrap();
        fs::write(self.path("ws/airgap.bazelrc"), "# x\ncommon --repository_cache=../bundle/repository_cache\n")
            .unwrap();
        (digest, download)
    }
}

fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part}\nis not in\n{text}");
    }
}

/// Whether this machine lets anyone make namespaces. Where it does not, that has to be said.
fn can() -> bool {
    let can = Command::new("unshare").args(["--user", "--map-root-user", "--net", "--mount", "true"]).status();
    if geteuid().is_root() || can.is_ok_and(|status| status.success()) {
        return true;
    }
    let (status, text, _) = Lab::new("").run(&[]);
    assert_eq!(status, 1);
    has(&text, &["namespaces of its own cannot be had", "(LT713)"]);
    false
}

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
fn a_build_that_fails_for_another_reason() {
    if !can() {
        return;
    }
    let mut lab = Lab::new("exit 1");
    lab.bundle();
    lab.said = "\u{1b}[31mERROR: \u{1b}[0m/ws/BUILD:1:1: no such thing.\nERROR: Build did NOT complete\n".to_owned();
    // A compiler that is asked for its version downloads nothing.
    lab.log = event("repository @@cc", 3, &[(2, b"/usr/bin/gcc"), (2, b"-v")]);
    let (status, text, report) = lab.run(&[]);
    assert_eq!((status, report["outcome"].as_str()), (3, Some("fails")), "{text}");
    has(
        &text,
        &[
            "the build fails, and wants nothing from elsewhere: 0 packets, 0 connections opened, and no file is missing.",
            "something else is wrong with it: /ws/BUILD:1:1: no such thing. Mend that",
            "(LT715)\n",
        ],
    );
    lab.said = String::new();
    let (status, text, _) = lab.run(&[]);
    assert_eq!(status, 3);
    has(&text, &["something else is wrong with it: bazel build ended with status 1. Mend that"]);
    lab.stand_in("getent hosts h.example; exit 1");
    let (status, text, _) = lab.run(&[]);
    assert_eq!(status, 1);
    has(
        &text,
        &[
            "the build failed, and tried to reach something, which may be why:\n  the host h.example",
            "Bazel says: bazel build ended",
        ],
    );
}

#[test]
fn what_the_bundle_has_of_a_file() {
    if !can() {
        return;
    }
    let mut lab = Lab::new("exit 1");
    let (digest, path) = lab.bundle();
    let file = lab.path("bundle").join(&path);
    let download = |digest: &Digest| {
        let url = b"https://me:hush@h.example/a.tar".as_slice();
        event("repository @@a", 5, &[(1, url), (3, digest.hex().as_bytes())])
    };
    lab.log = download(&digest);
    lab.said = "ERROR: no such package '@@a//': Failed to download repository @@a: download is disabled.\n".to_owned();
    let fails = |lab: &Lab, parts: &[&str]| {
        let (status, text, report) = lab.run(&[]);
        assert_eq!((status, report["outcome"].as_str()), (1, Some("needs")), "{text}");
        has(&text, &["this build needs something from elsewhere:\n", "(LT714)\n"]);
        has(&text, parts);
        assert!(!text.contains("hush") && !report.to_string().contains("hush"), "{text}\n{report}");
        report
    };
    let whole = format!("{path} is in the bundle");
    fails(&lab, &["@@a wants https://h.example/a.tar:\n", &whole, "whole, and Bazel did not take it", "canonical_id"]);
    let id = file.with_file_name(format!("id-{}", IdMarker::of(Algorithm::Sha256, "https://h.example/a.tar")));
    fs::remove_file(&id).unwrap();
    fails(&lab, &["a marker id-… is missing", "airgap verify"]);
    fs::write(&file, "other").unwrap();
    fails(&lab, &[&path, "is damaged"]);
    fs::remove_file(&file).unwrap();
    let missing = format!("    {path} is missing from the bundle {}", lab.path("bundle").display());
    let report = fails(
        &lab,
        &[&missing, "; by the manifest it came from https://h.example/a.tar or https://mirror.example/a.tar and is needed by @@other\n"],
    );
    assert_eq!(report["wants"][0]["file"]["state"], "missing", "{report}");
    assert_eq!(report["wants"][0]["neededBy"], "@@a", "{report}");
    lab.log = download(&Algorithm::Sha256.digest(b"new"));
    fails(&lab, &["does not hold it, and would at repository_cache/", "Collect for these targets"]);
    lab.log = event("repository @@a", 4, &[(1, b"https://h.example/list")]);
    fails(&lab, &["@@a wants https://h.example/list, without a checksum", "give the rule a sha256"]);
    lab.log = event("repository @@a", 3, &[(2, b"git"), (2, b"fetch"), (2, b"https://me:hush@h.example/x.git")]);
    fails(&lab, &["@@a fetches by git from https://h.example/x.git: `git fetch https://h.example/x.git` failed"]);
    // A build that goes on without it needs nothing.
    lab.log = download(&digest);
    lab.stand_in("exit 0");
    let (status, text, report) = lab.run(&[]);
    assert_eq!((status, report["outcome"].as_str()), (0, Some("proved")), "{text}");
    has(&text, &["It did without: @@a wants https://h.example/a.tar:\n"]);
}

#[test]
fn a_file_of_a_registry_that_is_missing() {
    if !can() {
        return;
    }
    let mut lab = Lab::new("exit 48");
    lab.bundle();
    let module = "registries/r/modules/m/1.0/MODULE.bazel";
    fs::remove_file(lab.path("bundle").join(module)).unwrap();
    // As Bazel shows what `%workspace%/../bundle` in the fragment comes to.
    let registry = format!("file://{}/../bundle/registries/r", lab.path("ws").display());
    lab.said = format!(
        "ERROR: Error computing the main repository mapping: in module dependency chain <root> -> m@1.0: module m@1.0 not \
         found in registries:\n* file:///other/modules/m/1.0/MODULE.bazel: not found\n* {registry}/modules/m/1.0/MODULE.bazel: \
         not found\n"
    );
    let (status, text, report) = lab.run(&[]);
    assert_eq!(status, 1, "{text}");
    has(
        &text,
        &[
            "  m@1.0 wants https://r.example/modules/m/1.0/MODULE.bazel:\n",
            &format!("    {module} is missing from the bundle"),
        ],
    );
    assert_eq!(report["wants"][0]["what"], "registryFile", "{report}");
    lab.said = lab.said.replace("m@1.0", "n@2").replace("/m/1.0", "/n/2");
    let (_, text, _) = lab.run(&[]);
    has(&text, &["n@2 is in none of the registries that were asked, at file:///other/modules/n/2/MODULE.bazel or https://r.example/modules/n/2/MODULE.bazel\n", "Collect for these targets"]);
}

#[test]
fn what_is_installed_is_looked_at_first() {
    if !can() {
        return;
    }
    let lab = Lab::new("exit 0");
    lab.bundle();
    fs::write(lab.path("ws/.bazelrc"), "# nothing\n").unwrap();
    let (_, text, _) = lab.run(&[]);
    has(&text, &["airgap.bazelrc is not imported by .bazelrc, so no bundle is in force: add the line `try-import %workspace%/airgap.bazelrc`\n"]);
    assert!(text.find("is not imported") < text.find("words of Bazel"), "{text}");
    fs::create_dir(lab.path("second")).unwrap();
    fs::copy(lab.path("bundle/manifest.json"), lab.path("second/manifest.json")).unwrap();
    let (_, text, report) = lab.run(&["--bundle", "../second"]);
    has(&text, &["airgap.bazelrc names another bundle than --bundle: "]);
    assert_eq!(report["bundle"], fs::canonicalize(lab.path("second")).unwrap().to_str().unwrap());
    fs::write(lab.path("second/manifest.json"), "{").unwrap();
    let (status, text, _) = lab.run(&["--bundle", "../second"]);
    assert_eq!(status, 1);
    has(&text, &["the manifest ../second/manifest.json", "(LT701)"]);
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
        assert!(runs(&line));
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
    let lab = Lab::new("getent hosts h.example; : >/dev/tcp/10.1.2.3/80; id -u; exit 0");
    fs::set_permissions(lab.folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    // The program may be in a folder that only root can enter.
    fs::copy(&lab.program, lab.path("lazytools")).unwrap();
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
