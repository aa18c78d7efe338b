//! `lazytools-action assemble`.

use std::process::ExitCode;

/// What `assemble` is told on the command line.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Assembles the folder.
pub fn main(_args: &Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("not yet")
}
