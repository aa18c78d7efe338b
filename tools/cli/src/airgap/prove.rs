//! `lazytools airgap prove`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use lazytools_airgap::bazel_version::BazelVersion;
use lazytools_airgap::collect::Bazel;
use lazytools_airgap::prove::{prove, Options};
use lazytools_airgap::AirgapError;

/// Builds in a network namespace with only a loopback, on which nobody serves anything, with an output root that is new, so
/// that nothing of an earlier build helps. The kernel counts what is sent and opened there, and a name server notes
/// which hosts are looked up. Linux alone has such namespaces.
#[derive(clap::Args)]
#[command(
    after_help = "Exit status: 0 built, and nothing was sent or opened; 1 it needs something from elsewhere, which is \
                        named; 2 wrong use."
)]
pub struct Arguments {
    /// What is to be built, as `bazel build` takes it.
    #[arg(required = true, value_name = "TARGET")]
    targets: Vec<String>,
    /// The folder for Bazel's output root, which goes with the run. It takes as much room as a whole build.
    #[arg(long, value_name = "DIR")]
    scratch: Option<PathBuf>,
    /// Writes the report in JSON, too.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The Bazel to start.
    #[arg(long, value_name = "PROGRAM", default_value = "bazel")]
    bazel: PathBuf,
    /// Which Bazel that is, where it does not say so itself.
    #[arg(long, value_name = "VERSION")]
    bazel_version: Option<BazelVersion>,
    /// A further flag for `bazel build`, as in --bazel-flag=--config=ci. May be repeated.
    #[arg(long = "bazel-flag", value_name = "FLAG", allow_hyphen_values = true)]
    bazel_flags: Vec<String>,
    /// The workspace.
    #[arg(long, env = "BUILD_WORKSPACE_DIRECTORY", default_value = ".", value_name = "DIR")]
    workspace: PathBuf,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let scratch = match &arguments.scratch {
        Some(scratch) => scratch.clone(),
        None => super::cache_folder().context("HOME is not set: name a folder with --scratch")?.join("lazytools"),
    };
    let bazel = Bazel::new(super::program(&arguments.bazel)?, &arguments.workspace, arguments.bazel_version);
    let options = Options {
        workspace: arguments.workspace.clone(),
        scratch,
        targets: arguments.targets.clone(),
        flags: arguments.bazel_flags.clone(),
    };
    let report = prove(&options, &bazel, &|what| eprintln!("lazytools: {what}"))?;
    if let Some(path) = &arguments.report {
        lazytools_airgap::json::write(path, &lazytools_airgap::json::text(&report))?;
    }
    if !report.is_proof() {
        return Err(AirgapError::NotProved(report.lines()).into());
    }
    println!("Built with Bazel {}: {} packets, {} connections opened", report.bazel, report.packets, report.opened);
    Ok(ExitCode::SUCCESS)
}
