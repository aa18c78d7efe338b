//! A server on the loopback that can misbehave, and a workspace to pin in.

#![allow(dead_code, reason = "each test uses a part of it")]

pub mod openpgp;
pub mod packages;
pub mod rules_log;
mod server;
mod tls;
mod upstream;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[allow(unused_imports, reason = "each test uses a part of it")]
pub use server::{Answer, Server};
use tempfile::TempDir;
#[allow(unused_imports, reason = "each test uses a part of it")]
pub use tls::{COMPANY, OTHER};
#[allow(unused_imports, reason = "each test uses a part of it")]
pub use upstream::{files, proxy, Files, Reply, Request, Upstream};

/// A tar.gz with files.
pub fn tar_gz(files: &[(&str, &str)]) -> Vec<u8> {
    let gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(gz);
    for (path, text) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

/// A consumer's workspace with a recipe of its own.
pub struct Workspace {
    folder: TempDir,
}

/// A recipe whose one artifact is digested by downloading.
pub const DOWNLOADED: &str = r#"
schema = 1
name = "thing"
description = "A thing."
needs_version = true

[platforms.linux_x86_64]
word = "x"

[platforms.linux_aarch64]
word = "a"

[[artifacts]]
id = "thing"
for = "target"
url = "https://files.example.org/{version}/thing-{platform.word}.tar.gz"
format = "tar.gz"
digest = { from = "download" }

[[layout]]
step = "extract"
artifact = "thing"
to = "thing"
"#;

impl Workspace {
    /// With a recipe and a request for a tool `thing` in version 1.0, for one platform.
    pub fn new(recipe: &str) -> Self {
        let workspace = Self { folder: tempfile::tempdir().unwrap() };
        workspace.write("thing.toml", recipe);
        workspace.request(&["linux_x86_64"], "1.0");
        workspace
    }

    /// Asks for a version on platforms.
    pub fn request(&self, platforms: &[&str], version: &str) {
        let platforms: Vec<String> = platforms.iter().map(|platform| format!("{platform:?}")).collect();
        let platforms = platforms.join(", ");
        self.write(
            "requests.json",
            &format!(
                r#"{{"requestsVersion": 1, "hub": "lazy_tools", "lock": "lazy_tools.lock.json", "registries": {{}},
                "tools": {{"thing": {{"recipePath": "thing.toml", "request":
                {{"recipe": "//:thing.toml", "version": "{version}", "params": {{}}, "platforms": [{platforms}]}}}}}}}}"#
            ),
        );
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        let file = self.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap_or_default()
    }

    pub fn lock(&self) -> String {
        self.read("lazy_tools.lock.json")
    }

    /// The program, started in the workspace and with a store of its own.
    pub fn program(&self) -> Command {
        let built = option_env!("CARGO_BIN_EXE_lazytools").map(PathBuf::from);
        let program = std::env::var_os("LAZYTOOLS").map(PathBuf::from).or(built);
        let program = fs::canonicalize(program.expect("LAZYTOOLS names the program")).unwrap();
        let mut command = Command::new(program);
        command.current_dir(self.path()).env("LAZYTOOLS_STORE", self.path().join("store"));
        command.env_remove("BUILD_WORKING_DIRECTORY").env_remove("BUILD_WORKSPACE_DIRECTORY");
        command
    }

    /// The command `lazytools pin`, as a user has it.
    pub fn plain_command(&self) -> Command {
        let mut command = self.program();
        command.args(["pin", "--requests", "requests.json", "--workspace"]).arg(self.path());
        command
    }

    /// The command without what the machine's user has set: proxies, registries, credentials, a home folder.
    pub fn alone(&self) -> Command {
        let mut command = self.plain_command();
        for name in
            ["http_proxy", "https_proxy", "all_proxy", "no_proxy", "npm_config_registry", "npm_config_userconfig"]
        {
            command.env_remove(name).env_remove(name.to_uppercase());
        }
        for name in ["NETRC", "SSL_CERT_DIR", "SSL_CERT_FILE", "LAZYTOOLS_REWRITE"] {
            command.env_remove(name);
        }
        command.env("HOME", self.path().join("nobody"));
        command
    }

    /// The command with files.example.org and npm's registry at the server, and with little patience.
    pub fn command(&self, server: &Server) -> Command {
        let mut command = self.alone();
        command.env("npm_config_registry", server.address("/npm"));
        command.args(["--pause", "1", "--timeout", "1", "--rewrite"]);
        command.arg(format!("https://files.example.org/={}", server.address("/files/")));
        command
    }

    /// Runs `lazytools pin` with further arguments.
    pub fn pin(&self, server: &Server, arguments: &[&str]) -> Outcome {
        Outcome::of(&self.command(server).args(arguments).output().unwrap())
    }

    /// What is in the workspace beside what the test put there.
    pub fn leftovers(&self) -> Vec<String> {
        let known = ["thing.toml", "requests.json", "lazy_tools.lock.json", "store", "package-lock.json", "bill.json"];
        let names = fs::read_dir(self.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| !known.contains(&name.as_str())).collect()
    }
}

/// How a run ended.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Outcome {
    pub fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.err);
        self
    }

    /// It failed, and said all of this.
    pub fn failed_with(self, texts: &[&str]) -> Self {
        assert_eq!(self.code, Some(1), "{}\n{}", self.out, self.err);
        for text in texts {
            assert!(self.err.contains(text), "no {text:?} in:\n{}", self.err);
        }
        self
    }
}
