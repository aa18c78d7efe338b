//! `lazytools airgap verify`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use indicatif::HumanBytes;
use lazytools_airgap::bazel_version::BazelVersion;
use lazytools_airgap::lock_check;
use lazytools_airgap::manifest::Manifest;
use lazytools_airgap::signature::{public_key, Signed};
use lazytools_airgap::verify::verify_signed;

use super::progress::Bytes;

/// Reads the whole bundle. Bazel itself does not say that a file of its cache is damaged: it goes to the network for it,
/// and fails with "download is disabled". Started in a workspace, it also holds MODULE.bazel.lock against the bundle.
#[derive(clap::Args)]
#[command(after_help = "Exit status: 0 the bundle is whole, 1 it is not (each file is named), 2 wrong use.")]
pub struct Arguments {
    /// The bundle, a folder or a .tar.zst file.
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    #[command(flatten)]
    keys: Keys,
    /// Which Bazel the lock file has to be of. Without it, the one that the bundle was collected with.
    #[arg(long, value_name = "VERSION")]
    bazel_version: Option<BazelVersion>,
    /// The workspace whose lock file is looked at, if it has one.
    #[arg(long, env = "BUILD_WORKSPACE_DIRECTORY", default_value = ".", value_name = "DIR")]
    workspace: PathBuf,
}

/// Who may have signed a bundle.
#[derive(clap::Args)]
pub struct Keys {
    /// Who has to have signed the bundle: a public key of minisign, or a file with one. May be repeated: one of them. A
    /// bundle that is not signed so is refused before anything in it is used.
    #[arg(long = "public-key", value_name = "KEY|FILE")]
    public_keys: Vec<String>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let (manifest, signed) = checked(&arguments.bundle, &arguments.keys)?;
    let version = arguments.bazel_version.map_or_else(|| manifest.bazel.parse(), Ok).ok();
    let lock = version.map(|version| lock_check::check(&arguments.workspace, version, &manifest)).transpose()?;
    println!(
        "{}: {} files, {}, all as the manifest says; {signed}",
        arguments.bundle.display(),
        manifest.files.len(),
        HumanBytes(manifest.bytes())
    );
    if lock.flatten().is_some() {
        println!("{}: of the same state", arguments.workspace.join("MODULE.bazel.lock").display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Verifies with a bar.
pub fn checked(bundle: &Path, keys: &Keys) -> Result<(Manifest, Signed)> {
    let keys = keys.parse()?;
    let progress = Bytes::new();
    let outcome = verify_signed(bundle, &keys, &|total| progress.set_total(total), &|bytes| progress.add(bytes));
    progress.finish();
    Ok(outcome?)
}

impl Keys {
    pub fn parse(&self) -> Result<Vec<lazytools_lock::recipe::signature::MinisignKey>> {
        Ok(self.public_keys.iter().map(|text| public_key(text)).collect::<Result<_, _>>()?)
    }
}
