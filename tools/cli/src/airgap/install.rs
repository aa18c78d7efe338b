//! `lazytools airgap install`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use lazytools_airgap::bazel_version::BazelVersion;
use lazytools_airgap::collect::Bazel;
use lazytools_airgap::install::{cargo_home_name, check, install, undo, Options};

use super::summary::not_included;
use super::verify::checked;

/// The file has the flags that are right for the Bazel in use: the bundle as repository cache and as registries, no
/// downloads. The workspace's .bazelrc has to import it; if it does not, the line is printed.
#[derive(clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "they are flags")]
pub struct Arguments {
    /// The bundle. It may be read-only.
    #[arg(value_name = "BUNDLE", required_unless_present = "undo")]
    bundle: Option<PathBuf>,
    /// Checks all and says what would be written, and writes nothing.
    #[arg(long, conflicts_with = "undo")]
    check: bool,
    /// Takes the file away again.
    #[arg(long)]
    undo: bool,
    /// The file to write, from the workspace.
    #[arg(short, long, value_name = "FILE", default_value = "airgap.bazelrc")]
    output: PathBuf,
    /// Names the bundle relative to the workspace, so that both can be moved together.
    #[arg(long)]
    relative: bool,
    /// The folder to make as Cargo's home, where repository rules or extensions run Cargo. Without it, one in the user's
    /// cache.
    #[arg(long, value_name = "DIR")]
    cargo_home: Option<PathBuf>,
    /// Does not read the whole bundle first.
    #[arg(long)]
    no_verify: bool,
    /// The Bazel that is in use here.
    #[arg(long, value_name = "PROGRAM", default_value = "bazel")]
    bazel: PathBuf,
    /// Which Bazel that is, instead of asking it.
    #[arg(long, value_name = "VERSION")]
    bazel_version: Option<BazelVersion>,
    /// The workspace.
    #[arg(long, env = "BUILD_WORKSPACE_DIRECTORY", default_value = ".", value_name = "DIR")]
    workspace: PathBuf,
}

fn cargo_home(arguments: &Arguments) -> Result<PathBuf> {
    if let Some(named) = &arguments.cargo_home {
        return Ok(named.clone());
    }
    let caches = super::cache_folder().context("HOME is not set: name a folder with --cargo-home")?;
    Ok(caches.join("lazytools/airgap").join(cargo_home_name(&arguments.workspace)))
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    if arguments.undo {
        let path = arguments.workspace.join(&arguments.output);
        let done = undo(&arguments.workspace, &arguments.output)?;
        println!("{}: {}", path.display(), if done { "removed" } else { "there was none" });
        return Ok(ExitCode::SUCCESS);
    }
    let bundle = arguments.bundle.clone().context("a bundle has to be named")?;
    let manifest =
        if arguments.no_verify { lazytools_airgap::manifest::Manifest::of(&bundle)? } else { checked(&bundle)? };
    let version =
        Bazel::new(super::program(&arguments.bazel)?, &arguments.workspace, arguments.bazel_version).version()?;
    let options = Options {
        bundle,
        workspace: arguments.workspace.clone(),
        fragment: arguments.output.clone(),
        relative: arguments.relative,
        version,
        cargo_home: cargo_home(arguments)?,
    };
    if arguments.check {
        let installed = check(&options, &manifest)?;
        print!("{} would be:\n{}", installed.path.display(), installed.text);
    } else {
        let installed = install(&options, &manifest)?;
        println!("{}: written for Bazel {version}", installed.path.display());
        if let Some(line) = installed.missing_import {
            println!("Add this line to .bazelrc in the workspace:\n\n  {line}\n");
        }
    }
    print!("{}", not_included(&manifest.not_included));
    Ok(ExitCode::SUCCESS)
}
