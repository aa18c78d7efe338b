//! Runs the real `lazytools-action assemble` on artifacts that the test makes.
#![allow(dead_code, missing_docs)]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use lazytools_lock::{Algorithm, Manifest};
use serde_json::{json, Map, Value};
use tempfile::TempDir;

pub mod archives;

/// The helper: where cargo built it, or where Bazel's BUILD file says.
pub fn helper() -> Command {
    let built = option_env!("CARGO_BIN_EXE_lazytools-action").map(PathBuf::from);
    let path = std::env::var_os("LAZYTOOLS_ACTION").map(PathBuf::from).or(built);
    let path = path.expect("LAZYTOOLS_ACTION or CARGO_BIN_EXE_lazytools-action names the helper");
    // Bazel names it relative to the folder that the test starts in.
    Command::new(path.canonicalize().expect("the helper is there"))
}

/// A plan with its artifacts, in a folder of its own.
pub struct Case {
    pub folder: TempDir,
    parts: Vec<Value>,
    args: Vec<String>,
}

impl Default for Case {
    fn default() -> Self {
        Self::new()
    }
}

impl Case {
    /// One part, `any`, with nothing in it.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, parts: vec![json!({"role": "any", "artifacts": {}, "layout": []})], args: Vec::new() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn out(&self) -> PathBuf {
        self.path("out")
    }

    /// Begins another part; what follows belongs to it.
    pub fn part(mut self, role: &str, platform: &str) -> Self {
        self.parts.push(json!({"role": role, "platform": platform, "artifacts": {}, "layout": []}));
        self
    }

    pub fn artifact(mut self, id: &str, bytes: &[u8]) -> Self {
        let part = self.parts.last_mut().unwrap();
        let role = part["role"].as_str().unwrap().to_owned();
        let path = self.folder.path().join(format!("{role}-{id}"));
        fs::write(&path, bytes).unwrap();
        let mut artifact = json!({"integrity": Algorithm::Sha256.digest(bytes).to_string()});
        if !bytes.is_empty() {
            artifact["size"] = bytes.len().into();
        }
        part["artifacts"][id] = artifact;
        self.args.extend(["--artifact".to_owned(), format!("{role}/{id}={}", path.display())]);
        self
    }

    /// Changes the plan's words on an artifact.
    pub fn with(mut self, id: &str, key: &str, value: Value) -> Self {
        self.parts.last_mut().unwrap()["artifacts"][id][key] = value;
        self
    }

    pub fn step(mut self, step: Value) -> Self {
        self.parts.last_mut().unwrap()["layout"].as_array_mut().unwrap().push(step);
        self
    }

    pub fn check(mut self, path: &str) -> Self {
        self.parts.last_mut().unwrap()["check"] = json!([path]);
        self
    }

    pub fn arg(mut self, arg: &str) -> Self {
        self.args.push(arg.to_owned());
        self
    }

    pub fn reverse(mut self) -> Self {
        self.parts.reverse();
        for part in &mut self.parts {
            part["layout"].as_array_mut().unwrap().reverse();
        }
        let mut pairs: Vec<_> = self.args.chunks(2).map(<[String]>::to_vec).collect();
        pairs.reverse();
        self.args = pairs.concat();
        self
    }

    pub fn command(&self) -> Command {
        self.write_plan();
        let mut command = helper();
        command.arg("assemble").args(self.plain_args());
        command
    }

    pub fn plain_args(&self) -> Vec<String> {
        let path = |name| self.path(name).display().to_string();
        let mut args = self.args.clone();
        args.extend(["--plan".to_owned(), path("plan.json"), "--out".to_owned(), path("out")]);
        args.extend(["--manifest".to_owned(), path("manifest.json")]);
        args
    }

    pub fn write_plan(&self) {
        let plan = json!({"planVersion": 1, "tool": "demo", "parts": self.parts});
        fs::write(self.path("plan.json"), plan.to_string()).unwrap();
    }

    pub fn run(&self) -> Output {
        self.command().output().unwrap()
    }

    /// Assembles and lists the folder.
    pub fn list(&self) -> String {
        let output = self.run();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        list(&self.out())
    }

    /// The digest of the folder that it assembles.
    pub fn digest(&self) -> String {
        self.list();
        digest(&self.out())
    }

    /// The paths of the folder that it assembles.
    pub fn paths(&self) -> Vec<String> {
        self.list().lines().map(|line| line.split(' ').next_back().unwrap().to_owned()).collect()
    }

    /// Fails; the message, which names the tool and ends in the code. Nothing is left behind.
    pub fn error(&self, code: &str) -> String {
        let before = names(self.folder.path());
        let output = self.run();
        let message = String::from_utf8_lossy(&output.stderr).trim_end().to_owned();
        assert_eq!(output.status.code(), Some(1), "{message}");
        assert!(message.ends_with(&format!(" ({code})")), "{message}");
        assert!(message.starts_with("lazytools-action: tool demo"), "{message}");
        assert!(!message.contains('\n'), "one paragraph: {message}");
        let mut expected = before;
        if !expected.contains(&"plan.json".to_owned()) {
            expected.push("plan.json".to_owned());
            expected.sort();
        }
        assert_eq!(names(self.folder.path()), expected, "something was left behind: {message}");
        message
    }

    pub fn manifest(&self) -> Manifest {
        serde_json::from_slice(&fs::read(self.path("manifest.json")).unwrap()).unwrap()
    }

    pub fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.out().join(name)).unwrap()
    }
}

/// A case of one archive that fills the folder, with more keys for its step.
pub fn extract(format: &str, bytes: &[u8], more: Value) -> Case {
    let mut step: Map<String, Value> = Map::new();
    step.insert("artifact".to_owned(), "a".into());
    step.insert("format".to_owned(), format.into());
    if let Value::Object(more) = more {
        step.extend(more);
    }
    Case::new().artifact("a", bytes).step(json!({ "extract": step }))
}

/// The names in a folder, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

pub fn list(folder: &Path) -> String {
    let output = helper().arg("digest").arg("--list").arg(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

pub fn digest(folder: &Path) -> String {
    let output = helper().arg("digest").arg(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// A golden list: below the package's folder, where cargo starts tests, or the repository's, where Bazel does.
pub fn golden(name: &str) -> String {
    let below = format!("tests/golden/{name}.txt");
    fs::read_to_string(&below).or_else(|_| fs::read_to_string(Path::new("tools/action").join(&below))).unwrap()
}

/// The message has all of these in it.
#[track_caller]
pub fn says(message: &str, words: &[&str]) {
    for word in words {
        assert!(message.contains(word), "{word:?} is not in: {message}");
    }
}

/// Writes to a compressor.
pub fn squeeze<W: std::io::Write>(mut writer: W, bytes: &[u8]) -> W {
    writer.write_all(bytes).unwrap();
    writer
}

/// A response file with these arguments.
pub fn response_file(path: &Path, args: &[String]) -> String {
    let mut file = fs::File::create(path).unwrap();
    for arg in args {
        writeln!(file, "{arg}").unwrap();
    }
    format!("@{}", path.display())
}
