//! `lazytools-action digest`.

use std::process::ExitCode;

/// What `digest` is told on the command line.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Digests a folder.
pub fn main(_args: &Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("not yet")
}
