//! Starting Bazel.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Options;
use crate::bazel_version::BazelVersion;
use crate::cache::RepositoryCache;
use crate::ecosystem::Caches;
use crate::module_graph::Node;
use crate::{AirgapError, Result};

/// Flags of `bazel build` that `bazel mod` has to have, too: they change which modules there are.
const FOR_MOD: [&str; 5] = ["--registry", "--override_module", "--repo_env", "--config", "--ignore_dev_dependency"];

/// How long a server stays that nobody could end, as where this program is killed.
const MAX_IDLE_SECS: u32 = 60;

/// The Bazel to start.
#[derive(Clone, Debug)]
pub struct Bazel {
    program: PathBuf,
    workspace: PathBuf,
    version: Option<BazelVersion>,
}

/// A run for one platform.
pub(super) struct Run<'a> {
    pub number: usize,
    pub platform: Option<&'a str>,
    pub options: &'a Options,
    pub version: BazelVersion,
    pub cache: RepositoryCache,
    /// Flags of all of its commands, by which repositories are left out.
    pub overrides: &'a [String],
    pub caches: &'a Caches,
}

impl Run<'_> {
    /// Where the rules log is.
    pub fn log(&self, work: &Path) -> PathBuf {
        work.join(format!("rules-{}.log", self.number))
    }

    /// Where the build events are.
    pub fn events(&self, work: &Path) -> PathBuf {
        work.join(format!("events-{}.json", self.number))
    }

    /// Where the output base is.
    pub fn base(&self, work: &Path) -> PathBuf {
        work.join(format!("base-{}", self.number))
    }

    /// With an output root and base that no earlier build has filled, and so a server of its own.
    pub(super) fn startup(&self, work: &Path) -> Vec<OsString> {
        let idle = format!("--max_idle_secs={MAX_IDLE_SECS}");
        vec![flag("--output_user_root=", work), flag("--output_base=", &self.base(work)), idle.into()]
    }

    pub(super) fn shared(&self) -> Vec<OsString> {
        let mut flags = vec![flag("--repository_cache=", self.cache.root())];
        flags.extend(self.caches.flags());
        if self.version.has_repo_contents_cache() {
            // It would stand for downloads, and so hide them.
            flags.push("--repo_contents_cache=".into());
        }
        flags.extend(self.overrides.iter().map(OsString::from));
        flags
    }
}

/// The flags of `bazel build` that other commands have to have, too.
pub(super) fn for_mod<'a>(run: &Run<'a>) -> impl Iterator<Item = &'a String> {
    let matters = |flag: &&String| FOR_MOD.iter().any(|name| flag.starts_with(name));
    run.options.flags.iter().filter(matters)
}

/// The server of a run, which ends with this. It keeps what was analysed from one command to the next: without it each question
/// about targets would analyse all of them again.
pub(super) struct Server<'a> {
    bazel: &'a Bazel,
    startup: Vec<OsString>,
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        let mut command = self.bazel.command();
        command.args(&self.startup).arg("shutdown").stdout(Stdio::null()).stderr(Stdio::null());
        // One that does not hear ends by itself when it was idle for a while, or when the next run removes its folder.
        let _ = command.status();
    }
}

pub(super) fn flag(name: &str, value: &Path) -> OsString {
    let mut flag = OsString::from(name);
    flag.push(value);
    flag
}

impl Bazel {
    /// A program that is started in a workspace. `version` stands for what it says of itself.
    pub fn new(program: impl Into<PathBuf>, workspace: impl Into<PathBuf>, version: Option<BazelVersion>) -> Self {
        Self { program: program.into(), workspace: workspace.into(), version }
    }

    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(&self.workspace).stdin(Stdio::null());
        command
    }

    /// Says that the server of a run, which the first of its commands starts, is to end with what this gives.
    pub(super) fn server(&self, run: &Run<'_>, work: &Path) -> Server<'_> {
        Server { bazel: self, startup: run.startup(work) }
    }

    pub(super) fn error(&self, arguments: &str, message: String) -> AirgapError {
        AirgapError::Bazel { command: format!("{} {arguments}", self.program.display()), message }
    }

    pub(super) fn not_started(&self, arguments: &str, error: &std::io::Error) -> AirgapError {
        self.error(arguments, format!("{error}: name the program with --bazel, as in --bazel=bazelisk"))
    }

    /// Its version.
    pub fn version(&self) -> Result<BazelVersion> {
        if let Some(version) = self.version {
            return Ok(version);
        }
        let output = self.command().arg("--version").stderr(Stdio::inherit()).output();
        let output = output.map_err(|error| self.not_started("--version", &error))?;
        BazelVersion::from_output(&String::from_utf8_lossy(&output.stdout))
    }

    /// Loads and analyses the targets, and builds nothing. False where some could not be analysed and repositories are
    /// left out, which may be the reason.
    pub(super) fn build(&self, run: &Run<'_>, work: &Path) -> Result<bool> {
        let mut command = self.command();
        command.args(run.startup(work)).arg("build").arg("--nobuild");
        // No bazel-* links in the workspace.
        command.arg("--symlink_prefix=/").args(run.shared());
        command.arg(flag("--experimental_workspace_rules_log_file=", &run.log(work)));
        command.arg(flag("--build_event_json_file=", &run.events(work)));
        command.args(run.platform.map(|platform| format!("--platforms={platform}")));
        command.args(run.options.host_platform.as_ref().map(|platform| format!("--host_platform={platform}")));
        if !run.overrides.is_empty() {
            // What needs a repository that is left out is not analysed; the rest is.
            command.arg("--keep_going");
        }
        command.args(&run.options.flags).arg("--").args(&run.options.targets);
        let shown = format!("build --nobuild {}", run.options.targets.join(" "));
        let status = command.status().map_err(|error| self.not_started(&shown, &error))?;
        if status.success() || (!run.overrides.is_empty() && status.code() == Some(1)) {
            return Ok(status.success());
        }
        let message =
            format!("{status}; what is wrong stands above. The targets have to build here, with a network, first");
        Err(self.error(&shown, message))
    }

    /// Fetches repositories by their names.
    pub(super) fn fetch(&self, run: &Run<'_>, work: &Path, log: &Path, repositories: &[String]) -> Result<()> {
        let mut command = self.command();
        command.args(run.startup(work)).arg("fetch").args(run.shared());
        command.arg(flag("--experimental_workspace_rules_log_file=", log));
        let named: Vec<_> = repositories.iter().map(|name| format!("--repo={name}")).collect();
        command.args(for_mod(run)).args(&named);
        let shown = format!("fetch {}", named.join(" "));
        let status = command.status().map_err(|error| self.not_started(&shown, &error))?;
        if status.success() {
            return Ok(());
        }
        Err(self.error(
            &shown,
            format!("{status}; what is wrong stands above. --repository takes @name or @@canonical~name"),
        ))
    }

    /// The modules that the resolution came by, or the extensions, as the flags say.
    pub(super) fn module_graph(&self, run: &Run<'_>, work: &Path, flags: &[&str]) -> Result<Node> {
        let mut command = self.command();
        command.args(run.startup(work)).arg("mod").args(flags).args(run.shared()).args(for_mod(run));
        let shown = format!("mod {}", flags.join(" "));
        let output = command.stderr(Stdio::inherit()).output().map_err(|error| self.not_started(&shown, &error))?;
        if !output.status.success() {
            return Err(self.error(&shown, format!("{}; what is wrong stands above", output.status)));
        }
        serde_json::from_slice(&output.stdout).map_err(|error| {
            self.error(&shown, format!("what it printed is no graph of modules: {error}. Use a newer lazytools"))
        })
    }
}
