//! A bundle as a folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::draft::Draft;
use super::place::{place, remove, Place};
use super::{Options, Watch, Written};
use crate::inside::Inside;
use crate::manifest::{Manifest, NAME};
use crate::space::full;
use crate::{files, signature, AirgapError, Result};

/// Where files are while they are written.
pub(crate) const PARTIAL: &str = ".partial";
/// What a second run does.
const AGAIN: &str = "it goes on where it was";

/// The folder for what is being written. What is in it goes away, however the run ends.
pub(crate) struct Partial {
    folder: PathBuf,
    stays: bool,
}

impl Partial {
    pub fn new(inside: &Inside) -> Result<Self> {
        let next = inside.file(&format!("{PARTIAL}/next").parse().unwrap_or_else(|_| unreachable!("it is a path")))?;
        remove(&next)?;
        Ok(Self { folder: inside.top().join(PARTIAL), stays: false })
    }

    /// A file that is not there yet.
    pub fn next(&self) -> PathBuf {
        self.folder.join("next")
    }

    /// Makes that file, which is to appear at a path.
    pub fn create(&self, executable: bool, target: &Path) -> Result<fs::File> {
        let made = match files::new_file(&self.next(), executable) {
            // What was being written when something failed.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                fs::remove_file(self.next()).and_then(|()| files::new_file(&self.next(), executable))
            }
            made => made,
        };
        made.map_err(writing(target))
    }

    /// Brings that file to its path.
    pub fn appear(&self, target: &Path) -> Result<()> {
        fs::rename(self.next(), target).map_err(writing(target))
    }

    /// Writes a short file; it appears whole or not at all. A run that is killed meanwhile leaves nothing behind that the
    /// next one would not remove, as a temporary file of any name would be.
    pub fn write(&self, target: &Path, text: &[u8]) -> Result<()> {
        self.create(false, target)?.write_all(text).map_err(writing(target))?;
        self.appear(target)
    }

    /// Says whether the empty folder stays, as a sign that something was begun.
    pub fn stays(&mut self, stays: bool) {
        self.stays = stays;
    }

    /// The error of a full disk with what it lacks once what was half-written is gone.
    pub fn full(&self, error: AirgapError, needed: u64, again: &'static str) -> AirgapError {
        let _ = fs::remove_file(self.next());
        full(error, &self.folder, needed, again)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.next());
        if !self.stays {
            let _ = fs::remove_dir(&self.folder);
        }
    }
}

pub(super) fn write(draft: Draft, options: &Options<'_>, watch: &dyn Watch) -> Result<(Manifest, Written)> {
    let output = options.output;
    let inside = Inside::new(output)?;
    let manifest_path = output.join(NAME);
    let before = if fs::symlink_metadata(&manifest_path).is_ok() {
        let bytes = Manifest::bytes_of(output)?;
        Some((Manifest::parse(&manifest_path, &bytes)?.0, bytes))
    } else {
        None
    };
    let signed_before = signature::of(output)?;
    let files = draft.to_write();
    let bytes = Draft::bytes(&files);
    watch.begin(bytes, files.len());
    let partial = Partial::new(&inside)?;
    // A manifest that says less than the folder holds is better than one that says more.
    remove(&manifest_path)?;

    let mut written = Written { earlier: draft.count() - files.len(), ..Written::default() };
    let mut digests = BTreeMap::new();
    let mut place_in = Place::new(&inside, &partial, options.link, watch);
    for (path, planned) in files {
        let twin = planned.twin.as_ref().filter(|twin| digests.contains_key(*twin));
        let sha256 = place(&mut place_in, planned, path, twin, &mut written)
            .map_err(|error| partial.full(error, bytes.saturating_sub(place_in.done()), AGAIN))?;
        digests.insert(path.clone(), sha256);
    }
    let manifest = draft.manifest(digests);
    if let Some((before, _)) = &before {
        inside.forget();
        written.removed = remove_unneeded(before, &manifest, &inside)?;
    }
    let text = manifest.text();
    let end = || {
        sign(options, &text, before.as_ref().map(|(_, bytes)| &bytes[..]), signed_before, &partial)?;
        partial.write(&manifest_path, &text)
    };
    end().map_err(|error| partial.full(error, text.len() as u64, AGAIN))?;
    Ok((manifest, written))
}

/// Brings the signature into line with a manifest that is about to be written.
fn sign(
    options: &Options<'_>,
    text: &[u8],
    before: Option<&[u8]>,
    signed_before: Option<String>,
    partial: &Partial,
) -> Result<()> {
    let path = options.output.join(signature::NAME);
    if let Some(signer) = options.signer {
        partial.write(&path, signer.sign(text, signed_before)?.as_bytes())
    } else if before == Some(text) {
        Ok(())
    } else {
        // It was over another manifest.
        remove(&path)
    }
}

/// Removes what an earlier manifest of the same folder lists and the new one does not; how many that were.
pub(crate) fn remove_unneeded(before: &Manifest, now: &Manifest, inside: &Inside) -> Result<usize> {
    let needed = now.expected();
    let mut removed = 0;
    for path in before.expected().into_keys().filter(|path| !needed.contains_key(path)) {
        removed += usize::from(remove_one(&path, inside)?);
    }
    Ok(removed)
}

/// Removes a file and the folders that are empty then; whether it was there.
pub(crate) fn remove_one(path: &lazytools_lock::CachePath, inside: &Inside) -> Result<bool> {
    let Some(file) = inside.existing(path)? else { return Ok(false) };
    remove(&file)?;
    // Folders that are empty now go, too; one that is not stays.
    let mut folder = file.parent();
    while let Some(empty) = folder.filter(|folder| *folder != inside.top() && fs::remove_dir(folder).is_ok()) {
        folder = empty.parent();
    }
    inside.forget();
    Ok(true)
}

/// What making a file over another path can fail with.
pub(crate) fn writing(path: &Path) -> impl FnOnce(std::io::Error) -> AirgapError + '_ {
    AirgapError::io("writing", path)
}
