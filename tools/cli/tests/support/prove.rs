//! A workspace with a stand-in for Bazel, for `lazytools airgap prove`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use lazytools_airgap::cache::{file_path, IdMarker};
use lazytools_airgap::digest::{Algorithm, Digest};
use nix::unistd::geteuid;
use serde_json::{json, Value};
use tempfile::TempDir;

/// The workspace, the stand-in, a bundle.
pub struct Lab {
    pub folder: TempDir,
    pub program: PathBuf,
    pub log: Vec<u8>,
    /// What the stand-in says.
    pub said: String,
}

impl Lab {
    /// With what the stand-in does.
    pub fn new(then: &str) -> Self {
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

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn stand_in(&self, then: &str) {
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

    pub fn command(&self, arguments: &[&str]) -> Command {
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
    pub fn run(&self, arguments: &[&str]) -> (i32, String, Value) {
        self.end(self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    pub fn end(&self, child: Child) -> (i32, String, Value) {
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        let left: Vec<_> = fs::read_dir(self.path("scratch")).map_or(vec![], |entries| entries.flatten().collect());
        assert!(left.is_empty(), "{left:?}\n{text}");
        let report = fs::read(self.path("report")).map_or(Value::Null, |bytes| serde_json::from_slice(&bytes).unwrap());
        (output.status.code().unwrap_or(-1), text, report)
    }

    /// Puts a bundle with one download and one file of a registry in force; the path of the download in the bundle.
    pub fn bundle(&self) -> (Digest, String) {
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

pub fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part}\nis not in\n{text}");
    }
}

/// Whether this machine lets anyone make namespaces. Where it does not, that has to be said.
pub fn can() -> bool {
    let can = Command::new("unshare").args(["--user", "--map-root-user", "--net", "--mount", "true"]).status();
    if geteuid().is_root() || can.is_ok_and(|status| status.success()) {
        return true;
    }
    let (status, text, _) = Lab::new("").run(&[]);
    assert_eq!(status, 1);
    has(&text, &["namespaces of its own cannot be had", "(LT713)"]);
    false
}
