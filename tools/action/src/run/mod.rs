//! `lazytools-action run`: a tool with its caches and without network.

use std::process::ExitCode;

/// What `run` is told on the command line.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs the tool.
#[allow(clippy::unnecessary_wraps, clippy::needless_pass_by_value)]
pub fn main(_args: Args) -> anyhow::Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}

/// The launcher of a `tool_binary`: `None` where this executable is none.
#[allow(clippy::unnecessary_wraps)]
pub fn launch() -> anyhow::Result<Option<ExitCode>> {
    Ok(None)
}
