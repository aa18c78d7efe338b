//! What the manifest of a bundle would say.

use std::collections::BTreeSet;

use super::plan::{mirrored, plan, Entry};
use crate::collection::{Folder, Version};
use crate::manifest::{FileEntry, Manifest};
use crate::Result;

/// The manifest that a bundle of this collection would have, but that `sha256` is the digest that is known of each file,
/// in whatever algorithm that is: nothing is written, and of the repository cache nothing is read.
pub fn preview(folder: &Folder) -> Result<Manifest> {
    let collection = folder.read()?;
    let files = plan(folder, &collection)?.into_iter().map(|(path, planned)| {
        let Entry { size, kind, executable, link, sources, ids, needed_by, platforms } = planned.entry;
        let sha256 = planned.digest;
        let entry =
            FileEntry { sha256, size, kind, executable, link, sources, ids, needed_by, platforms, earlier: false };
        (path, entry)
    });
    Ok(Manifest {
        manifest_version: Version,
        files: files.collect(),
        registries: mirrored(&collection),
        bazel: collection.bazel,
        targets: collection.targets,
        platforms: collection.platforms,
        chains: collection.chains,
        not_included: collection.items.into_iter().filter(|item| item.mend().is_some()).collect(),
        since: None,
        removed: BTreeSet::new(),
    })
}
