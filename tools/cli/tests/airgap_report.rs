//! `lazytools airgap report` on a terminal, in a pipe, in JSON and as a page.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A bundle's folder with nothing in it but a manifest of 30 files, each of a repository of its own.
fn bundle() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let entry = |number: u64| {
        let digits = format!("{number:064x}");
        let entry = serde_json::json!({
            "sha256": format!("sha256:{digits}"), "size": (number + 1) * 1024, "kind": "download",
            "sources": [format!("https://mirror.example/file-{number}-{}.tar", if number % 2 == 0 { "linux" } else { "macos" })],
            "neededBy": [format!("@@module~extension~a_repository_with_a_rather_long_name_{number}")],
        });
        (format!("repository_cache/content_addressable/sha256/{digits}/file"), entry)
    };
    let files: serde_json::Map<String, serde_json::Value> = (0..30).map(entry).collect();
    let manifest = serde_json::json!({
        "manifestVersion": 1, "bazel": "7.7.1", "targets": ["//..."], "platforms": ["//:linux"], "registries": [],
        "files": files, "notIncluded": [{"class": "host", "what": "cc", "neededBy": ["@@x"]}],
        "chains": {"@@module~extension~a_repository_with_a_rather_long_name_29": ["//:app", "@@x//:x"]},
    });
    fs::write(folder.path().join("manifest.json"), manifest.to_string()).unwrap();
    folder
}

fn command(bundle: &TempDir, arguments: &[&str]) -> Command {
    let built = option_env!("CARGO_BIN_EXE_lazytools").map(PathBuf::from);
    let program = std::env::var_os("LAZYTOOLS").map(PathBuf::from).or(built);
    let mut command = Command::new(fs::canonicalize(program.expect("LAZYTOOLS names the program")).unwrap());
    command.current_dir(bundle).args(["airgap", "report", "."]).args(arguments);
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env("TERM", "xterm");
    command
}

fn run(bundle: &TempDir, arguments: &[&str]) -> Output {
    command(bundle, arguments).output().unwrap()
}

fn out(bundle: &TempDir, arguments: &[&str]) -> String {
    let output = run(bundle, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_table_in_a_pipe_is_whole_and_plain() {
    let bundle = bundle();
    let text = out(&bundle, &["--top", "2"]);
    let expected = "465.00 KiB in 30 files, for //... on //:linux

     SIZE      ALONE  FILES  NEEDED BY                                                    BECAUSE OF
30.00 KiB  30.00 KiB      1  @@module~extension~a_repository_with_a_rather_long_name_29  //:app
29.00 KiB  29.00 KiB      1  @@module~extension~a_repository_with_a_rather_long_name_28
… and 28 more, of 406.00 KiB together; --top 0 shows all

Named for macos, which was not collected for: 240.00 KiB in 15 files (a guess; see --by file --platform)
Not in it: 1 thing, each with what to do in --json and --html
";
    let squeeze = |text: &str| Vec::from_iter(text.split(' ').filter(|word| !word.is_empty())).join(" ");
    assert_eq!(squeeze(&text), squeeze(expected), "{text}");
    assert_eq!(out(&bundle, &["--top", "0"]).lines().filter(|line| line.contains("@@module~")).count(), 30);
    let platforms = out(&bundle, &["--by", "platform"]);
    assert!(platforms.contains("240.00 KiB  51.6 %     15  macos (by name)\n"), "{platforms}");
    let kinds = out(&bundle, &["--by", "kind", "--platform", "linux"]);
    assert!(kinds.contains("225.00 KiB  100.0 %     15  downloads\n"), "{kinds}");
    assert!(kinds.contains("Without what linux does not need: 240.00 KiB in 15 files are left out\n"), "{kinds}");
    let files = out(&bundle, &["--by", "file", "--top", "1"]);
    assert!(files.contains("30.00 KiB  file-29-macos.tar  macos (by name)  @@module~"), "{files}");
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_it_is_as_wide_as_that() {
    use std::io::Read as _;

    let seen = |variable: Option<&str>| {
        let size = nix::pty::Winsize { ws_row: 25, ws_col: 72, ws_xpixel: 0, ws_ypixel: 0 };
        let terminal = nix::pty::openpty(Some(&size), None).unwrap();
        let bundle = bundle();
        let mut command = command(&bundle, &["--top", "3"]);
        command.envs(variable.map(|name| (name, "1"))).stdin(std::process::Stdio::null());
        command.stdout(terminal.slave.try_clone().unwrap()).stderr(terminal.slave);
        let mut child = command.spawn().unwrap();
        drop(command);
        let mut seen = Vec::new();
        // The end of a terminal is an error on Linux.
        let _ = fs::File::from(terminal.master).read_to_end(&mut seen);
        let seen = String::from_utf8_lossy(&seen).into_owned();
        assert!(child.wait().unwrap().success(), "{seen}");
        seen
    };
    let text = seen(None);
    assert!(text.contains("\u{1b}[1m"), "{text:?}");
    assert!(text.contains("…") && text.contains("rather_long_name_29  //:app"), "{text}");
    let text = seen(Some("NO_COLOR"));
    assert!(!text.contains('\u{1b}'), "{text:?}");
    let rows = text.lines().filter(|line| line.contains("KiB") && line.contains("name_"));
    assert!(rows.clone().count() == 3 && rows.clone().all(|row| row.trim_end().chars().count() <= 72), "{text}");
}

#[test]
fn json_and_the_page() {
    let bundle = bundle();
    let text = out(&bundle, &["--json"]);
    assert_eq!(text, out(&bundle, &["--json"]));
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["reportVersion"], 1);
    assert_eq!(report["total"], serde_json::json!({"files": 30, "bytes": 465 * 1024}));
    assert_eq!(report["files"].as_array().unwrap().len(), 30);
    assert_eq!(report["files"][1]["namedFor"], "macos");
    let output = run(&bundle, &["--html", "report.html"]);
    assert!(output.status.success() && output.stdout.is_empty());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "lazytools: report.html is written\n");
    let page = fs::read_to_string(bundle.path().join("report.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("a_repository_with_a_rather_long_name_7"));
    // A reader that goes away is no mistake of this program.
    let mut child = command(&bundle, &["--json"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn what_stands_in_the_way_is_said() {
    let bundle = bundle();
    for (arguments, parts) in [
        (&["--platform", "//:mac"][..], ["--platform //:mac is none of", "which are: //:linux", "(LT721)"]),
        (&["--html", "gone/report.html"], ["writing gone/report.html", "No such file", "(LT700)"]),
        (&["--by", "size"], ["invalid value 'size'", "repository", "file"]),
    ] {
        let output = run(&bundle, arguments);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success());
        for part in parts {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }
    fs::remove_file(bundle.path().join("manifest.json")).unwrap();
    let text = String::from_utf8_lossy(&run(&bundle, &[]).stderr).into_owned();
    assert!(text.contains("is neither a bundle nor a collection") && text.ends_with("(LT720)\n"), "{text}");
}
