//! What the tests of `run` share: a cache, a spec, and the real program.
#![allow(dead_code)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{json, Value};

/// The program under test: Bazel says where it is by a variable, cargo when compiling.
pub fn action() -> PathBuf {
    let path = std::env::var_os("LAZYTOOLS_ACTION").map(PathBuf::from);
    let path = path.or(option_env!("CARGO_BIN_EXE_lazytools-action").map(PathBuf::from));
    fs::canonicalize(path.expect("LAZYTOOLS_ACTION names the program")).expect("the program is there")
}

/// The guards: the best one that this machine has, the one that is used where mounts are forbidden, and the one that is
/// used where namespaces are.
pub const GUARDS: [&str; 3] = ["", "network", "filter"];

/// A folder with a cache named `c` and a spec for it.
pub struct Bench {
    pub temp: tempfile::TempDir,
    pub spec: Value,
    pub guard: &'static str,
}

impl Bench {
    /// A cache of a few files, as Bazel leaves it: nobody may write.
    pub fn new(guard: &'static str) -> Self {
        // Not in TMPDIR, so that what the program leaves there can be seen.
        let temp = tempfile::Builder::new().prefix("bench").tempdir().unwrap();
        fs::create_dir(temp.path().join("private")).unwrap();
        let mut bench = Self { spec: Value::Null, temp, guard };
        bench.write("cache/bin/tool", "#!/bin/sh\necho tool\n");
        bench.write("cache/lib/data", "data");
        bench.write("cache/top", "top");
        let manifest = json!({"manifestVersion": 1, "entries": {
            "bin/tool": {"type": "file", "mode": "0755", "size": 20},
            "lib/data": {"type": "file", "mode": "0644", "size": 4},
            "lib/link": {"type": "symlink", "target": "data"},
            "top": {"type": "file", "mode": "0644", "size": 3}}});
        bench.write("manifest.json", &manifest.to_string());
        std::os::unix::fs::symlink("data", bench.path("cache/lib/link")).unwrap();
        bench.seal("cache");
        bench.spec = json!({"specVersion": 1, "label": "//x:y", "caches": [{
            "name": "c", "recipe": "thing 1.2", "environment": {"set": {"CACHE": "{root}"}},
            "reaches": [{"host": "*.thing.test", "remedy": "Pin the thing."}]}]});
        bench
    }

    pub fn path(&self, rel: &str) -> PathBuf {
        self.temp.path().join(rel)
    }

    pub fn write(&self, rel: &str, text: &str) {
        let path = self.path(rel);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, rel: &str) -> String {
        fs::read_to_string(self.path(rel)).unwrap_or_else(|error| panic!("{rel}: {error}"))
    }

    /// Takes the right to write away, as Bazel does with outputs.
    pub fn seal(&self, rel: &str) {
        set_modes(&self.path(rel), 0o555, 0o555);
    }

    /// Gives it back.
    pub fn unseal(&self, rel: &str) {
        set_modes(&self.path(rel), 0o755, 0o755);
    }

    pub fn cache(&mut self) -> &mut Value {
        &mut self.spec["caches"][0]
    }

    /// The program with the spec and the cache, before its own arguments.
    pub fn program(&self) -> Command {
        self.write("spec.json", &self.spec.to_string());
        let mut command = Command::new(action());
        command.current_dir(self.temp.path()).env("TMPDIR", self.path("private")).stdin(Stdio::null());
        command.env_remove("LAZYTOOLS_GUARDED").args(["run", "--spec", "spec.json"]);
        if !self.guard.is_empty() {
            command.env("LAZYTOOLS_GUARD", self.guard);
        }
        if self.spec["caches"].as_array().is_some_and(|caches| !caches.is_empty()) {
            command.args(["--cache", "c=cache", "--cache-manifest", "c=manifest.json"]);
        }
        command
    }

    /// Runs a shell script as the tool.
    pub fn sh(&self, script: &str) -> Ran {
        self.sh_with(&[], script)
    }

    /// The same with more options.
    pub fn sh_with(&self, options: &[&str], script: &str) -> Ran {
        let mut command = self.program();
        command.args(options).args(["--", "/bin/sh", "-c", script]);
        Ran::of(&mut command)
    }

    /// Whether nothing is left of the private folders.
    pub fn is_clean(&self) -> bool {
        let left = fs::read_dir(self.path("private")).unwrap().flatten();
        left.filter(|entry| entry.file_name() != "lazytools-run").count() == 0
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        set_modes(self.temp.path(), 0o755, 0o644);
    }
}

fn set_modes(path: &Path, folders: u32, files: u32) {
    let Ok(meta) = fs::symlink_metadata(path) else { return };
    if meta.is_dir() {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        for entry in fs::read_dir(path).unwrap().flatten() {
            set_modes(&entry.path(), folders, files);
        }
        fs::set_permissions(path, fs::Permissions::from_mode(folders)).unwrap();
    } else if meta.is_file() {
        fs::set_permissions(path, fs::Permissions::from_mode(files)).unwrap();
    }
}

/// What came of a run.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
    pub took: Duration,
}

impl Ran {
    pub fn of(command: &mut Command) -> Self {
        let start = Instant::now();
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: status.code(), out: text(stdout), err: text(stderr), took: start.elapsed() }
    }

    /// The run succeeded and said nothing on standard error.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (Some(0), ""), "{self:?}");
        self.out
    }

    /// The run failed with this code, and standard error has this text.
    #[track_caller]
    pub fn fails(self, code: i32, text: &str) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(self.err.contains(text), "{text:?} is not in {self:?}");
        self
    }
}

/// Whether a program is on PATH; says so where it is not, because a test is then skipped.
pub fn has(program: &str) -> bool {
    let found = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .any(|folder| folder.join(program).is_file());
    if !found {
        eprintln!("skipped: there is no {program} here");
    }
    found
}

/// Whether this machine lets the best guard have namespaces; says so where not.
pub fn has_namespaces() -> bool {
    let mut bench = Bench::new("");
    bench.spec["caches"] = json!([]);
    let out = bench.sh("grep -c : /proc/net/dev; readlink /proc/self/ns/net");
    let own = fs::read_link("/proc/self/ns/net").map(|link| link.display().to_string()).unwrap_or_default();
    let found = !out.out.contains(&own);
    if !found {
        eprintln!("skipped: namespaces are forbidden here");
    }
    found
}

/// Waits until something is so.
#[track_caller]
pub fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(10);
    while !is_so() {
        assert!(Instant::now() < end, "{what} did not come to be");
        std::thread::sleep(Duration::from_millis(10));
    }
}
