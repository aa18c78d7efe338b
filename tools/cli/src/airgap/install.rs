//! `lazytools airgap install`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use lazytools_airgap::install::{check, install, made_name, undo, Layout, Options};
use lazytools_airgap::manifest::{FileKind, Manifest, BAZELISK};
use lazytools_airgap::packed::unpack;
use lazytools_airgap::plain::plain;
use lazytools_airgap::programs::has_bazel;
use lazytools_airgap::signature::{trusted, Signed};
use lazytools_airgap::AirgapError;

use super::progress::Bytes;
use super::summary::not_included;
use super::verify::{checked, Keys};

/// The file has the flags that are right for the Bazel in use: the bundle as repository cache and as registries, no
/// downloads. The workspace's .bazelrc has to import it; if it does not, the line is printed.
#[derive(clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "they are flags")]
pub struct Arguments {
    /// The bundle, a folder or a .tar.zst file. A folder may be read-only.
    #[arg(value_name = "BUNDLE", required_unless_present = "undo")]
    bundle: Option<PathBuf>,
    /// The folder to unpack a .tar.zst file to: a new one; for a difference, the bundle that it was made against.
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    #[command(flatten)]
    keys: Keys,
    /// Where Bazel is to find downloads: in the bundle's repository cache, or in its folders for --distdir, which `bundle
    /// --distdirs` makes.
    #[arg(long, value_name = "LAYOUT", default_value = "cache")]
    layout: LayoutName,
    /// Checks all and says what would be written, and writes nothing.
    #[arg(long, conflicts_with = "undo")]
    check: bool,
    /// Takes the file away again.
    #[arg(long)]
    undo: bool,
    /// The file to write, from the workspace.
    #[arg(short, long, value_name = "FILE", default_value = lazytools_airgap::install::FRAGMENT)]
    output: PathBuf,
    /// Names the bundle relative to the workspace, so that both can be moved together.
    #[arg(long)]
    relative: bool,
    /// The folder to make as Cargo's home, where repository rules or extensions run Cargo. Without it, one in the user's
    /// cache.
    #[arg(long, value_name = "DIR")]
    cargo_home: Option<PathBuf>,
    /// The folder to make as repository cache, with links to the bundle's files: Bazel writes to its repository cache, and a bundle
    /// stays as it is. Without it, one of the user's cache. With --relative the bundle's own is taken, if it can be written to.
    #[arg(long, value_name = "DIR")]
    repository_cache: Option<PathBuf>,
    /// Does not read the whole bundle first.
    #[arg(long)]
    no_verify: bool,
    #[command(flatten)]
    bazel: super::bazel::BazelArguments,
}

/// A folder that was named, or one of the user's cache for this workspace.
fn made(named: Option<&PathBuf>, what: &str, workspace: &Path) -> Result<PathBuf> {
    if let Some(named) = named {
        return Ok(named.clone());
    }
    let caches = super::cache_folder().with_context(|| format!("HOME is not set: name a folder with --{what}"))?;
    Ok(caches.join("lazytools/airgap").join(made_name(what, workspace)))
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    if arguments.undo {
        let path = arguments.bazel.workspace.join(&arguments.output);
        let done = undo(&arguments.bazel.workspace, &arguments.output)?;
        println!("{}: {}", path.display(), if done { "removed" } else { "there was none" });
        return Ok(ExitCode::SUCCESS);
    }
    let named = arguments.bundle.as_ref().context("a bundle has to be named")?;
    let Some((bundle, manifest, signed)) = placed(arguments, named)? else { return Ok(ExitCode::SUCCESS) };
    let version = arguments.bazel.bazel()?.version()?;
    let options = Options {
        bundle,
        workspace: arguments.bazel.workspace.clone(),
        fragment: arguments.output.clone(),
        relative: arguments.relative,
        layout: arguments.layout.into(),
        version,
        cargo_home: made(arguments.cargo_home.as_ref(), "cargo-home", &arguments.bazel.workspace)?,
        repository_cache: made(arguments.repository_cache.as_ref(), "repository-cache", &arguments.bazel.workspace)?,
    };
    if arguments.check {
        let installed = check(&options, &manifest)?;
        print!("{} would be:\n{}", installed.path.display(), installed.text);
        if let Some((path, text)) = &installed.git_config {
            print!("{} would be:\n{text}", path.display());
        }
    } else {
        let installed = install(&options, &manifest)?;
        println!("{}: written for Bazel {version}", installed.path.display());
        if let Some(path) = &installed.repository_cache {
            println!("{}: made, with links to the bundle, for Bazel to write to", path.display());
        }
        if let Some((path, _)) = &installed.git_config {
            println!("{}: written, by which git finds the mirrors of the bundle where it is now", path.display());
        }
        if let Some(line) = installed.missing_import {
            println!("Add this line to .bazelrc in the workspace:\n\n  {line}\n");
        }
    }
    let has_replays = manifest.files.values().any(|entry| entry.kind == FileKind::Replay);
    if let Some(text) = super::exceptions::how_to_build(has_replays, &options.bundle) {
        println!("{text}");
    }
    println!("{}: {signed}", options.bundle.display());
    if has_bazel(&manifest) {
        let home = std::path::absolute(options.bundle.join(BAZELISK))?;
        println!("Bazel {} is in it. Bazelisk takes it with BAZELISK_HOME={}", plain(&manifest.bazel), home.display());
    }
    print!("{}", not_included(&manifest.not_included));
    Ok(ExitCode::SUCCESS)
}

/// The folder of the bundle, checked; none where a packed one was only to be looked at.
fn placed(arguments: &Arguments, bundle: &Path) -> Result<Option<(PathBuf, Manifest, Signed)>> {
    let refuse = |message: &str| AirgapError::Place { path: bundle.to_owned(), message: message.to_owned() };
    if !bundle.is_file() {
        if arguments.to.is_some() {
            return Err(
                refuse("it is no .tar.zst file, and --to says where one is to be unpacked: leave it out").into()
            );
        }
        let (manifest, signed) = if arguments.no_verify {
            trusted(bundle, &arguments.keys.parse()?)?
        } else {
            checked(bundle, &arguments.keys)?
        };
        return Ok(Some((bundle.to_owned(), manifest, signed)));
    }
    let Some(to) = &arguments.to else {
        return Err(refuse("it is packed: say with --to DIR where it is to be unpacked").into());
    };
    if arguments.check {
        let (_, signed) = checked(bundle, &arguments.keys)?;
        println!("{}: whole; {signed}. It would be unpacked to {}", bundle.display(), to.display());
        return Ok(None);
    }
    let (progress, keys) = (Bytes::new(), arguments.keys.parse()?);
    let outcome = unpack(bundle, to, &keys, &|total| progress.set_total(total), &|bytes| progress.add(bytes));
    progress.finish();
    let (manifest, signed) = outcome?;
    println!("{}: unpacked to {}", bundle.display(), to.display());
    if manifest.since.is_some() && !arguments.no_verify {
        checked(to, &arguments.keys)?;
    }
    Ok(Some((to.clone(), manifest, signed)))
}

/// The words for where Bazel finds downloads.
#[derive(Clone, Copy, clap::ValueEnum)]
enum LayoutName {
    Cache,
    Distdir,
}

impl From<LayoutName> for Layout {
    fn from(name: LayoutName) -> Self {
        match name {
            LayoutName::Cache => Self::Cache,
            LayoutName::Distdir => Self::Distdir,
        }
    }
}
