//! `lazytools airgap prove`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use lazytools_airgap::prove::{prove, Options, Outcome, Report};
use lazytools_airgap::{json, AirgapError};

/// Builds in a network namespace with only a loopback, on which nobody serves anything, with an output root that is new, so
/// that nothing of an earlier build helps. The kernel counts what is sent and opened there, and a name server notes
/// which hosts are looked up. Linux alone has such namespaces.
#[derive(clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "they are flags")]
#[command(
    after_help = "Exit status: 0 built, and nothing was sent or opened; 1 something from elsewhere is needed, which is \
                  named, or this cannot be found out; 2 wrong use; 3 the build fails for another reason; 130 interrupted."
)]
pub struct Arguments {
    /// What is to be built, as `bazel build` takes it.
    #[arg(required = true, value_name = "TARGET")]
    targets: Vec<String>,
    /// A platform to build for: the label of a `platform()` target. May be repeated. Without it, the one that the workspace
    /// builds for by itself.
    #[arg(long = "platform", value_name = "LABEL")]
    platforms: Vec<String>,
    /// The platform of the machine that builds, where it is not like this one.
    #[arg(long, value_name = "LABEL")]
    host_platform: Option<String>,
    /// Runs the tests among the targets, too. They share the namespace: see --allow-loopback.
    #[arg(long)]
    test: bool,
    /// Lets programs of the build, as workers and tests with a server, talk to each other over the loopback.
    #[arg(long)]
    allow_loopback: bool,
    /// Serves the bundle's downloads in the namespace, as `lazytools airgap serve` does, for those without a checksum.
    #[arg(long)]
    serve: bool,
    /// Lets repository rules see your HOME, and what tools keep there. Without it HOME is an empty folder for them.
    #[arg(long)]
    own_home: bool,
    /// The bundle by whose manifest missing files are named. Without it, the one that is installed.
    #[arg(long, value_name = "DIR")]
    bundle: Option<PathBuf>,
    /// The file that `lazytools airgap install` has written, from the workspace.
    #[arg(long, value_name = "FILE", default_value = "airgap.bazelrc")]
    fragment: PathBuf,
    /// Writes the report in JSON, too.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Makes Bazel's output root in this new or empty folder, and keeps it.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// The folder for what goes with the run. With Bazel's output root in it, it takes as much room as a whole build.
    #[arg(long, value_name = "DIR")]
    scratch: Option<PathBuf>,
    #[command(flatten)]
    bazel: super::bazel::BazelArguments,
    /// A further flag for Bazel, as in --bazel-flag=--config=ci. May be repeated.
    #[arg(long = "bazel-flag", value_name = "FLAG", allow_hyphen_values = true)]
    bazel_flags: Vec<String>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let scratch = match &arguments.scratch {
        Some(scratch) => scratch.clone(),
        None => super::cache_folder().context("HOME is not set: name a folder with --scratch")?.join("lazytools"),
    };
    let bazel = arguments.bazel.bazel()?;
    let options = Options {
        workspace: arguments.bazel.workspace.clone(),
        scratch,
        keep: arguments.keep.clone(),
        bundle: arguments.bundle.clone(),
        fragment: arguments.fragment.clone(),
        targets: arguments.targets.clone(),
        platforms: arguments.platforms.clone(),
        host_platform: arguments.host_platform.clone(),
        flags: arguments.bazel_flags.clone(),
        test: arguments.test,
        allow_loopback: arguments.allow_loopback,
        serve: arguments.serve,
        own_home: arguments.own_home,
    };
    let report = match prove(&options, &bazel, &|what| eprintln!("lazytools: {what}")) {
        Err(error @ AirgapError::Interrupted(_)) => {
            eprintln!("lazytools: {error}");
            return Ok(ExitCode::from(130));
        }
        other => other?,
    };
    if let Some(path) = &arguments.report {
        json::write(path, &json::text(&report))?;
    }
    for note in notes(&report) {
        println!("{note}");
    }
    match report.failure() {
        None => {
            println!("Proved: {}", proof(&report));
            Ok(ExitCode::SUCCESS)
        }
        Some(error) if report.outcome == Outcome::Fails => {
            eprintln!("lazytools: {error}");
            Ok(ExitCode::from(3))
        }
        Some(error) => Err(error.into()),
    }
}

fn proof(report: &Report) -> String {
    let what = if report.command == "test" { "built and tested" } else { "built" };
    let targets: Vec<&str> = report.targets.iter().map(String::as_str).collect();
    format!("{} {what} with Bazel {}: {}", targets.join(" "), report.bazel, report.counts())
}

/// What an operator should know besides.
fn notes(report: &Report) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(served) = &report.served {
        notes.push(format!(
            "Served in the namespace at {}: {} in {}",
            served.address,
            count(served.requests, "request"),
            count(served.connections, "connection")
        ));
    }
    for one in &report.allowed {
        notes.push(format!(
            "Between programs of the build: {} ({}), {}",
            one.address,
            one.protocol,
            count(one.times, "time")
        ));
    }
    for want in &report.did_without {
        notes.push(format!("It did without: {}", want.line(report.bundle.as_deref())));
    }
    if report.cached_actions > 0 {
        notes.push(format!(
            "{} were taken from a cache of Bazel's and not run; --bazel-flag=--disk_cache= --bazel-flag=--remote_cache= runs \
             them",
            count(report.cached_actions, "action")
        ));
    }
    notes
}

fn count(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
