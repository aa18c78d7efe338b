//! `lazytools airgap`.

mod bazel;
mod bundle;
mod collect;
mod exceptions;
mod install;
mod password;
mod progress;
#[cfg(target_os = "linux")]
mod prove;
mod report;
mod serve;
mod summary;
mod table;
mod verify;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Subcommand;

/// What can be done.
#[derive(Subcommand)]
#[command(after_help = "\
On the connected side, in the workspace:
  lazytools airgap collect //... --platform //platforms:linux -o /tmp/collected
  lazytools airgap bundle /tmp/collected -o /media/bundle
  lazytools airgap report /media/bundle --html report.html
On the other side, in the same workspace:
  lazytools airgap verify /media/bundle
  lazytools airgap install /media/bundle
  lazytools airgap prove //...
And where downloads without a checksum are needed there:
  lazytools airgap serve /media/bundle -- bazel build --config=airgap-serve //...")]
pub enum Command {
    /// Finds out by Bazel itself what targets need from elsewhere, and fetches it.
    Collect(collect::Arguments),
    /// Writes what was collected in Bazel's own layouts, with a manifest: all of it, or what is new since a manifest.
    Bundle(bundle::Arguments),
    /// Holds each byte of a bundle against its manifest, and names what is damaged, missing or too much.
    Verify(verify::Arguments),
    /// Says what all these bytes are: by repository, platform and kind, and why each is needed; as a table, JSON or a page.
    Report(report::Arguments),
    /// Writes the bazelrc file by which Bazel takes everything from a bundle.
    Install(install::Arguments),
    /// Serves on the loopback what Bazel takes from no cache: downloads without a checksum.
    Serve(serve::Arguments),
    /// Builds where nothing can be reached, and says what was tried all the same.
    #[cfg(target_os = "linux")]
    Prove(prove::Arguments),
}

/// Does it.
pub fn run(command: &Command) -> Result<ExitCode> {
    // `bazel run` starts programs elsewhere, and says where the person is who typed the paths.
    if let Some(here) = std::env::var_os("BUILD_WORKING_DIRECTORY") {
        std::env::set_current_dir(&here).with_context(|| format!("going to {}", Path::new(&here).display()))?;
    }
    match command {
        Command::Collect(arguments) => collect::run(arguments),
        Command::Bundle(arguments) => bundle::run(arguments),
        Command::Verify(arguments) => verify::run(arguments),
        Command::Report(arguments) => report::run(arguments),
        Command::Install(arguments) => install::run(arguments),
        Command::Serve(arguments) => serve::run(arguments),
        #[cfg(target_os = "linux")]
        Command::Prove(arguments) => prove::run(arguments),
    }
}

/// The user's caches.
fn cache_folder() -> Option<PathBuf> {
    let named = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    named("XDG_CACHE_HOME").or_else(|| named("HOME").map(|home| home.join(".cache")))
}
