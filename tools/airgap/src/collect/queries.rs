//! Asking Bazel about targets that it has analysed.

use std::io::{self, BufReader};
use std::path::Path;
use std::process::{ChildStdout, Command, Stdio};

use super::bazel::{flag, for_mod, Bazel, Run};
use crate::{AirgapError, Result};

/// Each edge on a line, and labels that mean the same in every repository.
const TARGETS_FLAGS: [&str; 5] =
    ["--nobuild_manual_tests", "--consistent_labels", "--output=graph", "--nograph:factored", "--graph:node_limit=-1"];
const BUILD_FILES_FLAGS: [&str; 4] =
    ["--consistent_labels", "--keep_going", "--order_output=no", "--output=streamed_jsonproto"];

/// Reads what Bazel prints.
type Reader<'a, T> = &'a dyn Fn(BufReader<ChildStdout>) -> io::Result<T>;

impl Bazel {
    /// Which target needs which, of those that `build` has analysed with the same flags. `read` gets it as it comes.
    pub(super) fn targets<T>(&self, run: &Run<'_>, work: &Path, read: Reader<'_, T>) -> Result<T> {
        let mut command = self.command();
        command.args(run.startup(work)).arg("cquery").arg("--symlink_prefix=/").args(run.shared());
        command.args(run.platform.map(|platform| format!("--platforms={platform}")));
        command.args(run.options.host_platform.as_ref().map(|platform| format!("--host_platform={platform}")));
        if !run.overrides.is_empty() {
            command.arg("--keep_going");
        }
        command.args(&run.options.flags).args(TARGETS_FLAGS);
        // What is excluded, and what only a manual target needs, is not to be fetched for this.
        command.arg(format!("--universe_scope={}", run.options.targets.join(",")));
        let asked = run.options.targets.iter().filter(|target| !target.starts_with('-'));
        let asked: Vec<_> = asked.map(|target| format!("\"{target}\"")).collect();
        command.arg(format!("deps(set({}))", asked.join(" ")));
        self.read_output(command, "cquery", !run.overrides.is_empty(), read)
    }

    /// The BUILD files of the packages of targets, which are loaded already. `read` gets them as they come.
    pub(super) fn build_files<T>(&self, run: &Run<'_>, work: &Path, of: &[&str], read: Reader<'_, T>) -> Result<T> {
        let file = work.join(format!("packages-{}.query", run.number));
        let labels: Vec<_> = of.iter().map(|label| format!("\"{label}\"")).collect();
        let text = format!("buildfiles(set({}))\n", labels.join(" "));
        std::fs::write(&file, text).map_err(AirgapError::io("writing", &file))?;
        let mut command = self.command();
        command.args(run.startup(work)).arg("query").args(run.shared());
        command.args(for_mod(run)).args(BUILD_FILES_FLAGS);
        command.arg(flag("--query_file=", &file));
        self.read_output(command, "query", true, read)
    }

    fn read_output<T>(&self, mut command: Command, shown: &str, partial: bool, read: Reader<'_, T>) -> Result<T> {
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| self.not_started(shown, &error))?;
        let read = child.stdout.take().map(|output| read(BufReader::new(output)));
        // Where reading has ended early, Bazel ends at the closed pipe.
        let status = child.wait().map_err(|error| self.error(shown, error.to_string()))?;
        match read {
            // 1 and 3: parts of it could not be had, and the rest was asked for.
            Some(Ok(read)) if status.success() || (partial && matches!(status.code(), Some(1 | 3))) => Ok(read),
            Some(Err(error)) => Err(self.error(shown, format!("what it printed cannot be read: {error}"))),
            _ => Err(self.error(shown, format!("{status}; what is wrong stands above"))),
        }
    }
}
