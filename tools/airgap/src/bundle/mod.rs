//! Writes a bundle: Bazel's repository cache, a mirror of registries, what else was collected, and the manifest.

mod place;
mod plan;
mod preview;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use lazytools_lock::CachePath;

use crate::collection::{Folder, Version};
use crate::files;
use crate::manifest::{FileEntry, Manifest, NAME};
use crate::{AirgapError, Result};

use place::{place, remove};
use plan::{in_cache, mirrored, plan, Entry, Planned};
pub use preview::preview;

/// Where files are while they are written.
const PARTIAL: &str = ".partial";

/// How files come into a bundle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// They are copied.
    #[default]
    Copy,
    /// They are other names of the collection's files, where the file system can have that.
    Hard,
}

/// What `bundle` hears from its caller.
pub trait Watch {
    /// So many bytes and files are to be written.
    fn begin(&self, bytes: u64, files: usize);
    /// A file is there.
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

/// Writes the bundle of a collection to `output`; against the manifest `since` only the difference.
///
/// Each file is digested while it is copied, and appears by a rename. What is there already with the right size is not
/// written again, so that a run that was interrupted goes on. The manifest comes last: a folder without one is no bundle.
pub fn bundle(
    folder: &Folder,
    output: &Path,
    since: Option<&Path>,
    link: Link,
    watch: &dyn Watch,
) -> Result<(Manifest, Written)> {
    let collection = folder.read()?;
    let since = since.map(Manifest::read).transpose()?;
    files::folder(output).map_err(AirgapError::io("making", output))?;
    let before = if output.join(NAME).exists() { Some(Manifest::of(output)?) } else { None };
    let planned = plan(folder, &collection)?;
    let registries = mirrored(&collection);

    let mut written = Written::default();
    let earlier_files = since.as_ref().map(|(manifest, _)| &manifest.files);
    let is_earlier = |path: &CachePath, planned: &Planned| {
        let found = earlier_files.and_then(|files| files.get(path))?;
        let same = found.size == planned.entry.size
            && planned.entry.ids.is_subset(&found.ids)
            && planned.entry.executable == found.executable
            && planned.entry.link == found.link;
        // The path of a file in the cache is its digest; other files have theirs here.
        let digest = in_cache(path) || found.sha256 == planned.digest;
        (same && digest).then(|| found.sha256.clone())
    };
    let to_write = planned.iter().filter(|(path, planned)| is_earlier(path, planned).is_none());
    watch.begin(to_write.clone().map(|(_, planned)| planned.entry.size).sum(), to_write.count());
    // A manifest that says less than the folder holds is better than one that says more.
    let manifest_path = output.join(NAME);
    if before.is_some() {
        fs::remove_file(&manifest_path).map_err(AirgapError::io("removing", &manifest_path))?;
    }
    let partial = output.join(PARTIAL);
    files::folder(&partial).map_err(AirgapError::io("making", &partial))?;

    let mut manifest_files = BTreeMap::new();
    for (path, planned) in planned {
        let (sha256, earlier) = if let Some(sha256) = is_earlier(&path, &planned) {
            written.earlier += 1;
            (sha256, true)
        } else {
            let size = planned.entry.size;
            let sha256 = place(&planned, &path, output, &partial, link, &mut written)?;
            watch.done(size);
            (sha256, false)
        };
        let Entry { size, kind, executable, link, sources, ids, needed_by, platforms } = planned.entry;
        let entry = FileEntry { sha256, size, kind, executable, link, sources, ids, needed_by, platforms, earlier };
        manifest_files.insert(path, entry);
    }
    fs::remove_dir_all(&partial).map_err(AirgapError::io("removing", &partial))?;
    let mut manifest = Manifest {
        manifest_version: Version,
        bazel: collection.bazel,
        targets: collection.targets,
        platforms: collection.platforms,
        registries,
        files: manifest_files,
        chains: collection.chains,
        not_included: collection.items.into_iter().filter(|item| item.mend().is_some()).collect(),
        since: since.as_ref().map(|(_, digest)| digest.clone()),
        removed: BTreeSet::new(),
    };
    if let Some((since, _)) = &since {
        let expected = manifest.expected();
        let gone = since.expected().into_keys().filter(|path| !expected.contains_key(path));
        let gone = gone.collect();
        drop(expected);
        manifest.removed = gone;
    }
    if let Some(before) = before {
        written.removed = remove_unneeded(&before, &manifest, output)?;
    }
    manifest.write(output)?;
    Ok((manifest, written))
}

/// Removes what an earlier manifest of the same folder lists and the new one does not; how many that were.
fn remove_unneeded(before: &Manifest, now: &Manifest, output: &Path) -> Result<usize> {
    let needed = now.expected();
    let mut removed = 0;
    for path in before.expected().into_keys().filter(|path| !needed.contains_key(path)) {
        let file = output.join(path.to_path());
        remove(&file)?;
        removed += 1;
        // Folders that are empty now go, too; one that is not stays.
        let mut folder = file.parent();
        while let Some(empty) = folder.filter(|folder| *folder != output && fs::remove_dir(folder).is_ok()) {
            folder = empty.parent();
        }
    }
    Ok(removed)
}
