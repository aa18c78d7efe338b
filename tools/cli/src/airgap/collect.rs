//! `lazytools airgap collect`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use indicatif::HumanBytes;
use lazytools_airgap::bazel_version::BazelVersion;
use lazytools_airgap::collect::{collect, Bazel, Options};
use lazytools_airgap::collection::{Collection, Item};
use lazytools_fetch::{Client, ClientOptions, HelperFlag};

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
    /// A platform to build for: the label of a platform() target. May be repeated. Without it, the one that the workspace
    /// builds for by itself.
    #[arg(long = "platform", value_name = "LABEL")]
    platforms: Vec<String>,
    /// The platform of the machine that will build, where it is not like this one.
    #[arg(long, value_name = "LABEL")]
    host_platform: Option<String>,
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
    /// A program to ask for credentials of registries, as Bazel's flag of this name.
    #[arg(long = "credential_helper", value_name = "[PATTERN=]PROGRAM")]
    credential_helper: Vec<HelperFlag>,
    /// Prints the collection in JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    // A relative name is that of a program of the PATH or of a file from here, not from the workspace.
    let program = match arguments.bazel.components().count() {
        0 | 1 => arguments.bazel.clone(),
        _ => std::path::absolute(&arguments.bazel)?,
    };
    let bazel = Bazel::new(program, &arguments.workspace, arguments.bazel_version);
    let client = Client::new(ClientOptions {
        helpers: arguments.credential_helper.clone(),
        workspace: Some(arguments.workspace.clone()),
        ..ClientOptions::default()
    });
    let options = Options {
        workspace: arguments.workspace.clone(),
        output: arguments.output.clone(),
        targets: arguments.targets.clone(),
        platforms: arguments.platforms.clone(),
        host_platform: arguments.host_platform.clone(),
        flags: arguments.bazel_flags.clone(),
    };
    let collection = collect(&options, &bazel, &client, &|what| eprintln!("lazytools: {what}"))?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&collection)?);
    } else {
        print!("{}", summary(&collection));
    }
    Ok(ExitCode::SUCCESS)
}

/// What was collected, and all that a bundle cannot hold.
fn summary(collection: &Collection) -> String {
    let (mut counts, mut bytes): (BTreeMap<&str, usize>, u64) = (BTreeMap::new(), 0);
    for item in &collection.items {
        *counts.entry(item.class()).or_default() += 1;
        if let Item::Checksummed { size, .. } | Item::RegistryFile { size, .. } = item {
            bytes += size;
        }
    }
    let mut text = format!("Bazel {}: {} in {} items\n", collection.bazel, HumanBytes(bytes), collection.items.len());
    for (class, count) in counts {
        text += &format!("  {count:>6} {class}\n");
    }
    text + &not_included(&collection.items)
}

/// What a bundle cannot hold, each with what to do.
pub fn not_included(items: &[Item]) -> String {
    let mut text = String::new();
    let mut last = None;
    for item in items {
        let Some(mend) = item.mend() else { continue };
        if last != Some(item.class()) {
            text += &format!("\nNot in a bundle, {}: {mend}\n", item.class());
            last = Some(item.class());
        }
        let join = |set: &std::collections::BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(", ");
        text += &match item {
            Item::WithoutChecksum { urls, needed_by } | Item::NotFetched { urls, needed_by, .. } => {
                format!("  {} for {}\n", join(urls), join(needed_by))
            }
            Item::Git { needed_by, commands } | Item::Executes { needed_by, commands } => {
                format!("  {needed_by}\n    {}\n", commands.join("\n    "))
            }
            Item::Host { what, needed_by } => format!("  {what} for {}\n", join(needed_by)),
            Item::Checksummed { .. } | Item::RegistryFile { .. } => String::new(),
        };
    }
    text
}
