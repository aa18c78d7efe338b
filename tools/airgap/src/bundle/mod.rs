//! Writes a bundle: Bazel's repository cache, a mirror of registries, what else was collected, and the manifest.

mod distdir;
mod draft;
pub(crate) mod folder;
mod packed;
pub(crate) mod place;
mod plan;
mod preview;

use std::path::{Path, PathBuf};

use lazytools_lock::CachePath;

use crate::collection::Folder;
use crate::manifest::{FileKind, Manifest};
use crate::signature::Signer;
use crate::Result;

use draft::Draft;
pub use preview::preview;

/// How files come into a bundle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// They are copied.
    #[default]
    Copy,
    /// They are other names of the collection's files, where the file system can have that.
    Hard,
}

/// A file that is in no collection: a program for the other side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extra {
    /// Its path in the bundle.
    pub path: CachePath,
    /// Where its bytes are.
    pub source: PathBuf,
    /// What it is.
    pub kind: FileKind,
    /// Whether it can be started.
    pub executable: bool,
}

/// What is to be written.
pub struct Options<'a> {
    /// The collection.
    pub folder: &'a Folder,
    /// The bundle: a folder, or a file whose name ends in `.tar.zst`.
    pub output: &'a Path,
    /// The manifest of an earlier bundle: only the difference is written.
    pub since: Option<&'a Path>,
    /// How files come into a folder.
    pub link: Link,
    /// Downloads also go into numbered folders for `--distdir`.
    pub distdirs: bool,
    /// Files that are in no collection.
    pub extras: &'a [Extra],
    /// What signs the manifest.
    pub signer: Option<&'a Signer>,
}

impl<'a> Options<'a> {
    /// The bundle of a collection as such.
    pub fn new(folder: &'a Folder, output: &'a Path) -> Self {
        Self { folder, output, since: None, link: Link::Copy, distdirs: false, extras: &[], signer: None }
    }
}

/// What `bundle` hears from its caller.
pub trait Watch {
    /// So many bytes and files are to be written.
    fn begin(&self, bytes: u64, files: usize);
    /// More bytes are there.
    fn done(&self, bytes: u64);
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that were written.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Files that were there.
    pub kept: usize,
    /// Files of a manifest that was there that are not needed any more, and were removed.
    pub removed: usize,
    /// Files that the earlier bundle holds.
    pub earlier: usize,
}

/// Whether a bundle of this name is one file. A folder may have any name.
pub fn is_packed(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    (name.ends_with(".tar.zst") || name.ends_with(".tzst")) && !path.is_dir()
}

/// Writes the bundle of a collection to a folder or a file; against the manifest `since` only the difference.
pub fn bundle(
    folder: &Folder,
    output: &Path,
    since: Option<&Path>,
    link: Link,
    watch: &dyn Watch,
) -> Result<(Manifest, Written)> {
    write(&Options { since, link, ..Options::new(folder, output) }, watch)
}

/// Writes a bundle.
///
/// Each file is digested while it is written. In a folder each appears by a rename, and what is there already with the right
/// size is not written again, so that a run that was interrupted goes on; the manifest comes last: a folder without one is
/// no bundle. A packed bundle appears as a whole.
pub fn write(options: &Options<'_>, watch: &dyn Watch) -> Result<(Manifest, Written)> {
    let draft = Draft::new(options)?;
    if is_packed(options.output) {
        packed::write(draft, options, watch)
    } else {
        folder::write(draft, options, watch)
    }
}
