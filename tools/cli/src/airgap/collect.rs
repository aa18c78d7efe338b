//! `lazytools airgap collect`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use lazytools_airgap::collect::{collect, Options, RepositoryPattern};
use lazytools_fetch::{Client, ClientOptions, HelperFlag};

use super::summary::summary;

/// Bazel loads and analyses the targets (`bazel build --nobuild`), once for each platform, with an output root and a
/// repository cache of its own, so that it fetches all that it needs and nothing else. Its log says what that was. The
/// workspace's own output and caches are not touched.
#[derive(clap::Args)]
#[command(
    after_help = "Exit status: 0 collected (what a bundle cannot hold is listed), 1 something failed, 2 wrong use."
)]
pub struct Arguments {
    /// What is to be built on the other side, as `bazel build` takes it.
    #[arg(required = true, value_name = "TARGET")]
    targets: Vec<String>,
    /// The folder to collect in. It is kept up to date when it is used again. Not inside the workspace.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// A platform to build for: the label of a `platform()` target. May be repeated. Without it, the one that the workspace
    /// builds for by itself.
    #[arg(long = "platform", value_name = "LABEL")]
    platforms: Vec<String>,
    /// The platform of the machine that will build, where it is not like this one.
    #[arg(long, value_name = "LABEL")]
    host_platform: Option<String>,
    /// A repository to leave out, because no chosen platform needs it though a target or rule names it: a glob, as in
    /// `'*windows*'`, or `'@@rules_x~~sdk~*'` for canonical names. It is not fetched. What needs it is not analysed, and listed.
    /// May be repeated.
    #[arg(long = "without", value_name = "PATTERN")]
    without: Vec<RepositoryPattern>,
    /// A repository to take along, though no target needs it on a machine like this one: `@name` or `'@@canonical~name'`. May
    /// be repeated.
    #[arg(long = "repository", value_name = "NAME")]
    repositories: Vec<String>,
    #[command(flatten)]
    bazel: super::bazel::BazelArguments,
    /// A further flag for `bazel build`, as in --bazel-flag=--config=ci. May be repeated.
    #[arg(long = "bazel-flag", value_name = "FLAG", allow_hyphen_values = true)]
    bazel_flags: Vec<String>,
    /// A program to ask for credentials of registries, as Bazel's flag of this name.
    #[arg(long = "credential_helper", value_name = "[PATTERN=]PROGRAM")]
    credential_helper: Vec<HelperFlag>,
    /// Fetches addresses that begin with FROM at TO instead, where this program fetches something itself: it does not read
    /// the configuration of Bazel's downloader. May be repeated.
    #[arg(long, value_name = "FROM=TO")]
    rewrite: Vec<String>,
    /// Prints the collection in JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    exceptions: super::exceptions::ExceptionArguments,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let bazel = arguments.bazel.bazel()?;
    let client = Client::new(ClientOptions {
        helpers: arguments.credential_helper.clone(),
        workspace: Some(arguments.bazel.workspace.clone()),
        rewrites: crate::pin::rewrites(&arguments.rewrite)?,
        ..ClientOptions::default()
    });
    let options = Options {
        workspace: arguments.bazel.workspace.clone(),
        output: arguments.output.clone(),
        targets: arguments.targets.clone(),
        platforms: arguments.platforms.clone(),
        host_platform: arguments.host_platform.clone(),
        without: arguments.without.clone(),
        repositories: arguments.repositories.clone(),
        flags: arguments.bazel_flags.clone(),
        exceptions: arguments.exceptions.options(),
    };
    let collection = collect(&options, &bazel, &client, &|what| eprintln!("lazytools: {what}"))?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&collection)?);
    } else {
        print!("{}", summary(&collection));
        print!("{}", super::exceptions::taken(&collection, &arguments.output)?);
    }
    Ok(ExitCode::SUCCESS)
}
