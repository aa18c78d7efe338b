//! `lazytools airgap`.

mod bundle;
mod collect;
mod install;
mod progress;
mod summary;
mod verify;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

/// What can be done.
#[derive(Subcommand)]
#[command(after_help = "\
On the connected side, in the workspace:
  lazytools airgap collect //... --platform //platforms:linux -o /tmp/collected
  lazytools airgap bundle /tmp/collected -o /media/bundle
On the other side, in the same workspace:
  lazytools airgap verify /media/bundle
  lazytools airgap install /media/bundle
  bazel build //...")]
pub enum Command {
    /// Finds out by Bazel itself what targets need from elsewhere, and fetches it.
    Collect(collect::Arguments),
    /// Writes what was collected in Bazel's own layouts, with a manifest: all of it, or what is new since a manifest.
    Bundle(bundle::Arguments),
    /// Holds each byte of a bundle against its manifest, and names what is damaged, missing or too much.
    Verify(verify::Arguments),
    /// Writes the bazelrc file by which Bazel takes everything from a bundle.
    Install(install::Arguments),
}

/// Does it.
pub fn run(command: &Command) -> Result<ExitCode> {
    match command {
        Command::Collect(arguments) => collect::run(arguments),
        Command::Bundle(arguments) => bundle::run(arguments),
        Command::Verify(arguments) => verify::run(arguments),
        Command::Install(arguments) => install::run(arguments),
    }
}
