//! `lazytools airgap serve` beside a command.

#![cfg(unix)]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::json;
use tempfile::TempDir;

fn lab() -> TempDir {
    let lab = tempfile::tempdir().unwrap();
    fs::create_dir(lab.path().join("bundle")).unwrap();
    fs::create_dir(lab.path().join("ws")).unwrap();
    fs::write(lab.path().join("ws/MODULE.bazel"), "").unwrap();
    let manifest = json!({"manifestVersion": 1, "bazel": "8.2.0", "targets": [], "platforms": [], "registries": [],
        "notIncluded": [], "files": {}});
    fs::write(lab.path().join("bundle/manifest.json"), manifest.to_string()).unwrap();
    lab
}

fn serve(lab: &TempDir, arguments: &[&str]) -> Output {
    let built = option_env!("CARGO_BIN_EXE_lazytools").map(PathBuf::from);
    let program = std::env::var_os("LAZYTOOLS").map(PathBuf::from).or(built);
    let mut command = Command::new(fs::canonicalize(program.expect("LAZYTOOLS names the program")).unwrap());
    command.current_dir(lab.path().join("ws")).env_remove("BUILD_WORKSPACE_DIRECTORY");
    command.args(["airgap", "serve", "../bundle"]).args(arguments).output().unwrap()
}

#[test]
fn it_ends_with_the_command() {
    let lab = lab();
    // The file that Bazel reads says where it is; the shell asks for what the bundle does not have.
    let ask = "cat airgap-serve.cfg; port=$(sed -n 's/.*127.0.0.1:\\([0-9]*\\).*/\\1/p' airgap-serve.cfg); \
               exec 3<>/dev/tcp/127.0.0.1/$port; printf 'GET /from/h.example/x?key=hush HTTP/1.0\\r\\n\\r\\n' >&3; head -n 1 <&3; \
               exit 7";
    let output = serve(&lab, &["--", "bash", "-c", ask]);
    let (said, error) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(7), "{said}{error}");
    assert!(said.contains("rewrite (.*) http://127.0.0.1:") && said.contains("/from/$1\n"), "{said}");
    assert!(said.contains(" 404 "), "{said}");
    assert!(error.contains("lazytools: serving 0 addresses on http://127.0.0.1:"), "{error}");
    assert!(error.contains("lazytools: 404 for h.example/x?…, which is not in the bundle"), "{error}");
    assert!(!lab.path().join("ws/airgap-serve.cfg").exists(), "it goes with the server");
}

#[test]
fn what_stands_in_the_way_is_said() {
    let lab = lab();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = serve(&lab, &["--port", &port, "--", "true"]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && error.contains(&format!("127.0.0.1:{port}: ")), "{error}");
    assert!(error.ends_with("(LT743)\n"), "{error}");
    fs::create_dir(lab.path().join("bundle/replay")).unwrap();
    fs::write(lab.path().join("ws/airgap-serve.cfg"), "block *\n").unwrap();
    let error = String::from_utf8(serve(&lab, &["--", "true"]).stderr).unwrap();
    assert!(error.contains("is not written by `lazytools airgap serve`") && error.ends_with("(LT712)\n"), "{error}");
    fs::remove_file(lab.path().join("ws/airgap-serve.cfg")).unwrap();
    fs::remove_file(lab.path().join("ws/MODULE.bazel")).unwrap();
    let error = String::from_utf8(serve(&lab, &["--", "true"]).stderr).unwrap();
    assert!(error.contains("there is no MODULE.bazel") && error.ends_with("(LT706)\n"), "{error}");
    fs::write(lab.path().join("ws/MODULE.bazel"), "").unwrap();
    let digest = format!("sha256:{}", "0".repeat(64));
    let index = json!({"indexVersion": 1, "downloads": {"https://h.example/x": {"sha256": digest, "size": 1}}});
    fs::write(lab.path().join("bundle/replay/index.json"), index.to_string()).unwrap();
    let output = serve(&lab, &["--", "true"]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("index.json: at https://h.example/x: replay/000") && error.ends_with("(LT744)\n"),
        "{error}"
    );
}
