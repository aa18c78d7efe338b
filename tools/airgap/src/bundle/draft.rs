//! What is to be written, and how much of it the earlier bundle has.

use std::collections::{BTreeMap, BTreeSet};

use lazytools_lock::CachePath;

use super::distdir;
use super::plan::{in_cache, mirrored, plan, Entry, Planned};
use super::Options;
use crate::collection::{Collection, Folder, Version};
use crate::digest::Digest;
use crate::manifest::{FileEntry, Manifest};
use crate::Result;

/// A bundle before it is written.
pub(super) struct Draft {
    collection: Collection,
    since: Option<(Manifest, Digest)>,
    planned: BTreeMap<CachePath, Planned>,
}

impl Draft {
    pub fn new(options: &Options<'_>) -> Result<Self> {
        let collection = options.folder.read()?;
        let since = options.since.map(Manifest::read).transpose()?;
        let mut planned = plan(options.folder, &collection)?;
        if options.distdirs {
            planned.extend(distdir::plan(&collection, &planned)?);
        }
        for extra in options.extras {
            let file = Planned::of(extra.source.clone(), extra.kind, extra.executable)?;
            planned.insert(extra.path.clone(), file);
        }
        Ok(Self { collection, since, planned })
    }

    /// All of a collection, and nothing else.
    pub fn of(folder: &Folder) -> Result<Self> {
        let collection = folder.read()?;
        let planned = plan(folder, &collection)?;
        Ok(Self { collection, since: None, planned })
    }

    /// The digest that is known of each file before it is written.
    pub fn known_digests(&self) -> BTreeMap<CachePath, Digest> {
        self.planned.iter().map(|(path, planned)| (path.clone(), planned.digest.clone())).collect()
    }

    /// The SHA-256 of a file that the earlier bundle has.
    pub fn earlier(&self, path: &CachePath) -> Option<Digest> {
        let planned = self.planned.get(path)?;
        let found = self.since.as_ref()?.0.files.get(path)?;
        let same = found.size == planned.entry.size
            && planned.entry.ids.is_subset(&found.ids)
            && planned.entry.executable == found.executable
            && planned.entry.link == found.link;
        // The path of a file in the cache is its digest; other files have theirs here, or that of another file.
        let digest = in_cache(path)
            || found.sha256 == planned.digest
            || planned.twin.as_ref().is_some_and(|twin| self.earlier(twin).as_ref() == Some(&found.sha256));
        (same && digest).then(|| found.sha256.clone())
    }

    /// The files that are to be written, in this order: those that others can be links to come before them.
    pub fn to_write(&self) -> Vec<(&CachePath, &Planned)> {
        let all = self.planned.iter().filter(|(path, _)| self.earlier(path).is_none());
        let mut files: Vec<_> = all.collect();
        files.sort_by_key(|(_, planned)| planned.twin.is_some());
        files
    }

    /// How many files the bundle and the earlier one have together.
    pub fn count(&self) -> usize {
        self.planned.len()
    }

    /// The bytes of these files.
    pub fn bytes(files: &[(&CachePath, &Planned)]) -> u64 {
        files.iter().map(|(_, planned)| planned.entry.size).sum()
    }

    /// The manifest, with the SHA-256 of what was written.
    pub fn manifest(self, mut written: BTreeMap<CachePath, Digest>) -> Manifest {
        let registries = mirrored(&self.collection);
        let mut entries = BTreeMap::new();
        for (path, planned) in &self.planned {
            let earlier = self.earlier(path);
            let is_earlier = earlier.is_some();
            let Some(sha256) = earlier.or_else(|| written.remove(path)) else { continue };
            let Entry { size, kind, executable, link, sources, ids, needed_by, platforms } = planned.entry.clone();
            let entry = FileEntry {
                sha256,
                size,
                kind,
                executable,
                link,
                sources,
                ids,
                needed_by,
                platforms,
                earlier: is_earlier,
            };
            entries.insert(path.clone(), entry);
        }
        let Self { collection, since, .. } = self;
        let mut manifest = Manifest {
            manifest_version: Version,
            bazel: collection.bazel,
            targets: collection.targets,
            platforms: collection.platforms,
            registries,
            files: entries,
            chains: collection.chains,
            not_included: collection.items.into_iter().filter(|item| item.mend().is_some()).collect(),
            since: since.as_ref().map(|(_, digest)| digest.clone()),
            removed: BTreeSet::new(),
        };
        if let Some((since, _)) = &since {
            let expected = manifest.expected();
            let gone = since.expected().into_keys().filter(|path| !expected.contains_key(path)).collect();
            drop(expected);
            manifest.removed = gone;
        }
        manifest
    }
}
