//! Starting Bazel where nothing can be reached.

use std::path::Path;
use std::process::Command;

use super::bazel::{flag, Bazel};
use crate::AirgapError;

/// A build where nothing can be reached.
pub(crate) struct Jailed<'a> {
    /// `build` or `test`.
    pub command: &'static str,
    /// Bazel's output root.
    pub root: &'a Path,
    /// The hosts that Bazel itself knows, in the form of hosts(5).
    pub hosts: &'a Path,
    /// Where the rules log is to be.
    pub log: &'a Path,
    /// Where the build events are to be.
    pub events: &'a Path,
    pub flags: &'a [String],
    pub targets: &'a [String],
}

impl Bazel {
    /// The command that builds targets from an output root that is new, without a server.
    pub(crate) fn jailed(&self, run: &Jailed<'_>) -> Command {
        let mut command = self.command();
        command.arg("--batch").arg(flag("--output_user_root=", run.root));
        // For each download that is in the cache Bazel looks its host up, though it wants nothing of it: it puts the addresses into
        // a set, and java.net.URL asks for that. What it does want it says itself, in its log and events.
        command.arg(flag("--host_jvm_args=-Djdk.net.hosts.file=", run.hosts));
        command.arg(run.command).arg("--symlink_prefix=/");
        command.arg(flag("--experimental_workspace_rules_log_file=", run.log));
        command.arg(flag("--build_event_json_file=", run.events)).args(run.flags).arg("--").args(run.targets);
        command
    }

    /// Why that command could not be started.
    pub(crate) fn not_run(&self, run: &Jailed<'_>, error: &std::io::Error) -> AirgapError {
        self.not_started(&format!("{} {}", run.command, run.targets.join(" ")), error)
    }
}
