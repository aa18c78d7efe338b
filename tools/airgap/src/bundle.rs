//! Writes a bundle: Bazel's repository cache, a mirror of registries, and the manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use lazytools_lock::CachePath;

use crate::cache;
use crate::collection::{Collection, Folder, Item, Version};
use crate::digest::Digest;
use crate::files::{self, Facts};
use crate::manifest::{FileEntry, FileKind, Manifest, Registry, CACHE, NAME, REGISTRIES};
use crate::registry::RegistryUrl;
use crate::{AirgapError, Result};

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

/// A file that is to be in the bundle.
struct Planned {
    source: PathBuf,
    /// What its bytes have to be.
    digest: Digest,
    entry: Entry,
}

/// What the manifest will say of it, but its SHA-256, which copying gives.
struct Entry {
    size: u64,
    kind: FileKind,
    sources: BTreeSet<String>,
    ids: BTreeSet<cache::IdMarker>,
    needed_by: BTreeSet<String>,
    platforms: BTreeSet<String>,
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
        let same = found.size == planned.entry.size && planned.entry.ids.is_subset(&found.ids);
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
            let sha256 = place(&planned, &output.join(path.to_path()), &partial, link, &mut written)?;
            watch.done(size);
            (sha256, false)
        };
        let Entry { size, kind, sources, ids, needed_by, platforms } = planned.entry;
        manifest_files.insert(path, FileEntry { sha256, size, kind, sources, ids, needed_by, platforms, earlier });
    }
    fs::remove_dir_all(&partial).map_err(AirgapError::io("removing", &partial))?;
    let mut manifest = Manifest {
        manifest_version: Version,
        bazel: collection.bazel,
        targets: collection.targets,
        platforms: collection.platforms,
        registries,
        files: manifest_files,
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

fn in_cache(path: &CachePath) -> bool {
    path.names().next() == Some(CACHE)
}

fn path(text: &str) -> Result<CachePath> {
    text.parse::<CachePath>().map_err(|error| AirgapError::Place {
        path: PathBuf::from(text),
        message: format!("{error}: no bundle can hold a file of that name"),
    })
}

fn mirrored(collection: &Collection) -> Vec<Registry> {
    let urls = collection.registries.iter().filter(|url| !url.is_file());
    let folder = |url: &RegistryUrl| path(&format!("{REGISTRIES}/{}", url.folder()));
    urls.filter_map(|url| Some(Registry { path: folder(url).ok()?, url: url.clone() })).collect()
}

/// The files of a bundle, by their paths in it.
fn plan(folder: &Folder, collection: &Collection) -> Result<BTreeMap<CachePath, Planned>> {
    let mut plan = BTreeMap::new();
    for item in &collection.items {
        match item {
            Item::Checksummed { digest, size, ids, urls, needed_by, platforms } => {
                let entry = Entry {
                    size: *size,
                    kind: FileKind::Download,
                    sources: urls.clone(),
                    ids: ids.clone(),
                    needed_by: needed_by.clone(),
                    platforms: platforms.clone(),
                };
                let source = folder.cache().file(digest);
                let path = path(&format!("{CACHE}/{}", cache::file_path(digest)))?;
                plan.insert(path, Planned { source, digest: digest.clone(), entry });
            }
            Item::RegistryFile { registry, path: inside, digest, size } => {
                let planned = || Planned {
                    source: folder.registry_file(digest),
                    digest: digest.clone(),
                    entry: Entry {
                        size: *size,
                        kind: FileKind::RegistryFile,
                        sources: BTreeSet::from([lazytools_fetch::redact::redact(&registry.file(inside))]),
                        ids: BTreeSet::new(),
                        needed_by: BTreeSet::from(["module resolution".to_owned()]),
                        platforms: BTreeSet::new(),
                    },
                };
                plan.insert(path(&format!("{REGISTRIES}/{}/{inside}", registry.folder()))?, planned());
                // A build with a lock takes it from the cache, and needs no mirror.
                plan.entry(path(&format!("{CACHE}/{}", cache::file_path(digest)))?).or_insert_with(planned);
            }
            _ => {}
        }
    }
    Ok(plan)
}

/// Brings a file and its markers to their places; its SHA-256.
fn place(planned: &Planned, target: &Path, partial: &Path, link: Link, written: &mut Written) -> Result<Digest> {
    let there = fs::symlink_metadata(target).ok().filter(|meta| meta.is_file() && meta.len() == planned.entry.size);
    let known = there.and_then(|_| known(planned, target));
    let sha256 = if let Some(sha256) = known {
        written.kept += 1;
        sha256
    } else {
        let parent = target.parent().unwrap_or(partial);
        files::folder(parent).map_err(AirgapError::io("making", parent))?;
        let sha256 = write(planned, target, partial, link)?;
        written.files += 1;
        written.bytes += planned.entry.size;
        sha256
    };
    for id in &planned.entry.ids {
        let marker = target.with_file_name(format!("id-{id}"));
        if !marker.exists() {
            File::create(&marker)
                .and_then(|_| files::readable(&marker))
                .map_err(AirgapError::io("writing", &marker))?;
        }
    }
    Ok(sha256)
}

/// The SHA-256 of a file that is there with the right size. One that was renamed into its place is whole; where its
/// SHA-256 is known by that, it is not read again. `verify` reads all.
fn known(planned: &Planned, target: &Path) -> Option<Digest> {
    let algorithm = planned.digest.algorithm();
    if algorithm == crate::digest::Algorithm::Sha256 {
        return Some(planned.digest.clone());
    }
    let facts = files::facts(algorithm, target).ok()?;
    (facts.digest == planned.digest).then_some(facts.sha256)
}

fn write(planned: &Planned, target: &Path, partial: &Path, link: Link) -> Result<Digest> {
    let source = &planned.source;
    let collected = |message: String| AirgapError::Collected { path: source.clone(), message };
    let algorithm = planned.digest.algorithm();
    let from = File::open(source).map_err(|error| collected(error.to_string()))?;
    let next = partial.join("next");
    let check = |facts: Facts| {
        if facts.digest == planned.digest {
            Ok(facts.sha256)
        } else {
            Err(collected(format!(
                "it is damaged: its digest is {}, and it has to be {}",
                facts.digest, planned.digest
            )))
        }
    };
    remove(&next)?;
    if link == Link::Hard && fs::hard_link(source, &next).is_ok() {
        let facts = files::facts(algorithm, source).map_err(AirgapError::io("reading", source))?;
        let sha256 = check(facts)?;
        fs::rename(&next, target).map_err(AirgapError::io("writing", target))?;
        // Where both are names of one file already, rename does nothing.
        remove(&next)?;
        return Ok(sha256);
    }
    let to = File::create(&next).map_err(AirgapError::io("writing", &next))?;
    let facts = files::copy(algorithm, from, &to).map_err(AirgapError::io("writing", target))?;
    let sha256 = check(facts)?;
    files::readable(&next).map_err(AirgapError::io("writing", &next))?;
    fs::rename(&next, target).map_err(AirgapError::io("writing", target))?;
    Ok(sha256)
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(AirgapError::io("removing", path)(error)),
        _ => Ok(()),
    }
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
