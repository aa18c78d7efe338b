//! `lazytools airgap verify`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use indicatif::HumanBytes;
use lazytools_airgap::manifest::Manifest;
use lazytools_airgap::verify::verify;

use super::progress::Bytes;

/// Reads the whole bundle. Bazel itself does not say that a file of its cache is damaged: it goes to the network for it,
/// and fails with "download is disabled".
#[derive(clap::Args)]
#[command(after_help = "Exit status: 0 the bundle is whole, 1 it is not (each file is named), 2 wrong use.")]
pub struct Arguments {
    /// The bundle.
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let manifest = checked(&arguments.bundle)?;
    let bytes = manifest.files.values().map(|entry| entry.size).sum();
    println!(
        "{}: {} files, {}, all as the manifest says",
        arguments.bundle.display(),
        manifest.files.len(),
        HumanBytes(bytes)
    );
    Ok(ExitCode::SUCCESS)
}

/// Verifies with a bar.
pub fn checked(bundle: &std::path::Path) -> Result<Manifest> {
    let progress = Bytes::new();
    let total = Manifest::of(bundle)?.files.values().map(|entry| entry.size).sum();
    progress.set_total(total);
    let outcome = verify(bundle, &|bytes| progress.add(bytes));
    progress.finish();
    Ok(outcome?)
}
