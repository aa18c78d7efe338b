//! `lazytools airgap bundle`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use indicatif::HumanBytes;
use lazytools_airgap::bundle::{bundle, Link, Watch};
use lazytools_airgap::collection::Folder;

use super::progress::Bytes;
use super::summary::not_included;

/// The bundle is a folder: `repository_cache` and `registries` in Bazel's own layouts, and `manifest.json`, which says of
/// each file where it came from and what needs it. Same collection, same bytes. A run that was interrupted goes on
/// where it was when it is started again; the manifest comes last.
#[derive(clap::Args)]
pub struct Arguments {
    /// What `lazytools airgap collect -o` has written.
    #[arg(value_name = "COLLECTION")]
    collection: PathBuf,
    /// The folder of the bundle. Where an earlier bundle is in it, only what is new is written, and what is not needed
    /// any more is removed.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Writes only what this manifest of an earlier bundle does not list. The result is to be copied over that bundle.
    #[arg(long, value_name = "MANIFEST")]
    since: Option<PathBuf>,
    /// Links to the collection's files instead of copying them, where both are on one file system.
    #[arg(long)]
    hard_links: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let link = if arguments.hard_links { Link::Hard } else { Link::Copy };
    let (progress, folder) = (Bytes::new(), Folder::new(&arguments.collection));
    let outcome = bundle(&folder, &arguments.output, arguments.since.as_deref(), link, &progress);
    progress.finish();
    let (manifest, written) = outcome?;
    println!(
        "{}: {} files written ({}), {} were there{}, {} removed",
        arguments.output.display(),
        written.files,
        HumanBytes(written.bytes),
        written.kept,
        if manifest.since.is_some() {
            format!(", {} are in the earlier bundle", written.earlier)
        } else {
            String::new()
        },
        written.removed
    );
    print!("{}", not_included(&manifest.not_included));
    Ok(ExitCode::SUCCESS)
}

impl Watch for Bytes {
    fn begin(&self, bytes: u64, _: usize) {
        self.set_total(bytes);
    }

    fn done(&self, bytes: u64) {
        self.add(bytes);
    }
}
