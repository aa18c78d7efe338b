//! Which Bazel a command starts, and in which workspace.

use std::path::PathBuf;

use anyhow::Result;
use lazytools_airgap::bazel_version::BazelVersion;
use lazytools_airgap::collect::Bazel;

/// What a command that starts Bazel is told of it.
#[derive(clap::Args)]
pub struct BazelArguments {
    /// The Bazel to start.
    #[arg(long = "bazel", value_name = "PROGRAM", env = "BAZEL", default_value = "bazel")]
    program: PathBuf,
    /// Which Bazel that is, where it does not say so itself.
    #[arg(long = "bazel-version", value_name = "VERSION")]
    version: Option<BazelVersion>,
    /// The workspace.
    #[arg(long, env = "BUILD_WORKSPACE_DIRECTORY", default_value = ".", value_name = "DIR")]
    pub workspace: PathBuf,
}

impl BazelArguments {
    /// The Bazel. A bare name is of the PATH; a path is from here, and not from the workspace.
    pub fn bazel(&self) -> Result<Bazel> {
        let program = match self.program.components().count() {
            0 | 1 => self.program.clone(),
            _ => std::path::absolute(&self.program)?,
        };
        Ok(Bazel::new(program, &self.workspace, self.version))
    }
}
