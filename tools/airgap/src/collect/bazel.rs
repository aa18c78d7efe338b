//! Starting Bazel.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Options;
use crate::bazel_version::BazelVersion;
use crate::cache::RepositoryCache;
use crate::ecosystem::Caches;
use crate::module_graph::{self, Node};
use crate::{AirgapError, Result};

/// Flags of `bazel build` that `bazel mod` has to have, too: they change which modules there are.
const FOR_MOD: [&str; 5] = ["--registry", "--override_module", "--repo_env", "--config", "--ignore_dev_dependency"];

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

    /// Without a server, which would stay; with an output root and base that no earlier build has filled.
    fn startup(&self, work: &Path) -> Vec<OsString> {
        let base = work.join(format!("base-{}", self.number));
        vec!["--batch".into(), flag("--output_user_root=", work), flag("--output_base=", &base)]
    }

    fn shared(&self) -> Vec<OsString> {
        let mut flags = vec![flag("--repository_cache=", self.cache.root())];
        flags.extend(self.caches.flags());
        if self.version.has_repo_contents_cache() {
            // It would stand for downloads, and so hide them.
            flags.push("--repo_contents_cache=".into());
        }
        flags
    }
}

fn flag(name: &str, value: &Path) -> OsString {
    let mut flag = OsString::from(name);
    flag.push(value);
    flag
}

impl Bazel {
    /// A program that is started in a workspace. `version` stands for what it says of itself.
    pub fn new(program: impl Into<PathBuf>, workspace: impl Into<PathBuf>, version: Option<BazelVersion>) -> Self {
        Self { program: program.into(), workspace: workspace.into(), version }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(&self.workspace).stdin(Stdio::null());
        command
    }

    fn error(&self, arguments: &str, message: String) -> AirgapError {
        AirgapError::Bazel { command: format!("{} {arguments}", self.program.display()), message }
    }

    fn not_started(&self, arguments: &str, error: &std::io::Error) -> AirgapError {
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

    /// Loads and analyses the targets, and builds nothing.
    pub(super) fn build(&self, run: &Run<'_>, work: &Path) -> Result<()> {
        let mut command = self.command();
        command.args(run.startup(work)).arg("build").arg("--nobuild");
        // No bazel-* links in the workspace.
        command.arg("--symlink_prefix=/").args(run.shared());
        command.arg(flag("--experimental_workspace_rules_log_file=", &run.log(work)));
        command.arg(flag("--build_event_json_file=", &run.events(work)));
        command.args(run.platform.map(|platform| format!("--platforms={platform}")));
        command.args(run.options.host_platform.as_ref().map(|platform| format!("--host_platform={platform}")));
        command.args(&run.options.flags).arg("--").args(&run.options.targets);
        let shown = format!("build --nobuild {}", run.options.targets.join(" "));
        let status = command.status().map_err(|error| self.not_started(&shown, &error))?;
        if status.success() {
            return Ok(());
        }
        let message =
            format!("{status}; what is wrong stands above. The targets have to build here, with a network, first");
        Err(self.error(&shown, message))
    }

    /// Builds targets from an output root that is new, without a server; whether that worked. What the build fetches
    /// is written to `log`, the flags in force to `events`.
    #[cfg(target_os = "linux")]
    pub(crate) fn jailed_build(
        &self,
        root: &Path,
        log: &Path,
        events: &Path,
        flags: &[String],
        targets: &[String],
    ) -> Result<bool> {
        let mut command = self.command();
        command.arg("--batch").arg(flag("--output_user_root=", root)).arg("build").arg("--symlink_prefix=/");
        command.arg(flag("--experimental_workspace_rules_log_file=", log));
        command.arg(flag("--build_event_json_file=", events)).args(flags).arg("--").args(targets);
        let shown = format!("build {}", targets.join(" "));
        let status = command.status().map_err(|error| self.not_started(&shown, &error))?;
        Ok(status.success())
    }

    /// The modules that the resolution came by.
    pub(super) fn module_graph(&self, run: &Run<'_>, work: &Path) -> Result<Node> {
        let mut command = self.command();
        command.args(run.startup(work)).arg("mod").args(module_graph::FLAGS).args(run.shared());
        let matters = |flag: &&String| FOR_MOD.iter().any(|name| flag.starts_with(name));
        command.args(run.options.flags.iter().filter(matters));
        let shown = format!("mod {}", module_graph::FLAGS.join(" "));
        let output = command.stderr(Stdio::inherit()).output().map_err(|error| self.not_started(&shown, &error))?;
        if !output.status.success() {
            return Err(self.error(&shown, format!("{}; what is wrong stands above", output.status)));
        }
        serde_json::from_slice(&output.stdout).map_err(|error| {
            self.error(&shown, format!("what it printed is no graph of modules: {error}. Use a newer lazytools"))
        })
    }
}
