//! Starting Bazel.

use std::ffi::OsString;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};

use super::Options;
use crate::bazel_version::BazelVersion;
use crate::cache::RepositoryCache;
use crate::module_graph::{self, Node};
use crate::{AirgapError, Result};

/// Flags of `bazel build` that `bazel mod` has to have, too: they change which modules there are.
const FOR_MOD: [&str; 5] = ["--registry", "--override_module", "--repo_env", "--config", "--ignore_dev_dependency"];

/// Each edge on a line, and labels that mean the same in every repository.
const TARGETS_FLAGS: [&str; 5] =
    ["--nobuild_manual_tests", "--consistent_labels", "--output=graph", "--nograph:factored", "--graph:node_limit=-1"];
const BUILD_FILES_FLAGS: [&str; 4] =
    ["--consistent_labels", "--keep_going", "--order_output=no", "--output=streamed_jsonproto"];

/// Reads what Bazel prints.
type Reader<'a, T> = &'a dyn Fn(BufReader<ChildStdout>) -> io::Result<T>;

/// Whether a flag of `bazel build` is one for `bazel mod` and `bazel query`, too.
fn for_mod(flag: &&String) -> bool {
    FOR_MOD.iter().any(|name| flag.starts_with(name))
}

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

    /// Which target needs which, of those that `build` has analysed with the same flags. `read` gets it as it comes.
    pub(super) fn targets<T>(&self, run: &Run<'_>, work: &Path, read: Reader<'_, T>) -> Result<T> {
        let mut command = self.command();
        command.args(run.startup(work)).arg("cquery").arg("--symlink_prefix=/").args(run.shared());
        command.args(run.platform.map(|platform| format!("--platforms={platform}")));
        command.args(run.options.host_platform.as_ref().map(|platform| format!("--host_platform={platform}")));
        command.args(&run.options.flags).args(TARGETS_FLAGS);
        // What is excluded, and what only a manual target needs, is not to be fetched for this.
        command.arg(format!("--universe_scope={}", run.options.targets.join(",")));
        let asked = run.options.targets.iter().filter(|target| !target.starts_with('-'));
        let asked: Vec<_> = asked.map(|target| format!("\"{target}\"")).collect();
        command.arg(format!("deps(set({}))", asked.join(" ")));
        self.read_output(command, "cquery", read)
    }

    /// The BUILD files of the packages of targets, which are loaded already. `read` gets them as they come.
    pub(super) fn build_files<T>(&self, run: &Run<'_>, work: &Path, of: &[&str], read: Reader<'_, T>) -> Result<T> {
        let file = work.join(format!("packages-{}.query", run.number));
        let labels: Vec<_> = of.iter().map(|label| format!("\"{label}\"")).collect();
        let text = format!("buildfiles(set({}))\n", labels.join(" "));
        std::fs::write(&file, text).map_err(AirgapError::io("writing", &file))?;
        let mut command = self.command();
        command.args(run.startup(work)).arg("query").args(run.shared());
        command.args(run.options.flags.iter().filter(for_mod)).args(BUILD_FILES_FLAGS);
        command.arg(flag("--query_file=", &file));
        self.read_output(command, "query", read)
    }

    fn read_output<T>(&self, mut command: Command, shown: &str, read: Reader<'_, T>) -> Result<T> {
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| self.not_started(shown, &error))?;
        let read = child.stdout.take().map(|output| read(BufReader::new(output)));
        // Where reading has ended early, Bazel ends at the closed pipe.
        let status = child.wait().map_err(|error| self.error(shown, error.to_string()))?;
        match read {
            Some(Ok(read)) if status.success() => Ok(read),
            Some(Err(error)) => Err(self.error(shown, format!("what it printed cannot be read: {error}"))),
            _ => Err(self.error(shown, format!("{status}; what is wrong stands above"))),
        }
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
        command.args(run.options.flags.iter().filter(for_mod));
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
