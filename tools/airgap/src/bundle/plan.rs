//! What is to be in a bundle, and where it comes from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use lazytools_lock::CachePath;

use crate::cache;
use crate::collection::{Collection, Folder, Item, VENDOR, VENDOR_FILE};
use crate::digest::{Algorithm, Digest};
use crate::files;
use crate::manifest::{FileKind, LinkTarget, Registry, CACHE, REGISTRIES};
use crate::registry::RegistryUrl;
use crate::tree::{self, Tree};
use crate::{AirgapError, Result};

/// A file that is to be in the bundle.
#[derive(Clone)]
pub(super) struct Planned {
    /// Where its bytes are. Of a link it is the link itself.
    pub source: PathBuf,
    /// What its bytes have to be.
    pub digest: Digest,
    /// Another file of the bundle that has the same bytes.
    pub twin: Option<CachePath>,
    pub entry: Entry,
}

impl Planned {
    /// A file that nothing is known of but where it is.
    pub fn of(source: PathBuf, kind: FileKind, executable: bool) -> Result<Self> {
        let facts = files::facts(Algorithm::Sha256, &source).map_err(AirgapError::io("reading", &source))?;
        let entry = Entry {
            size: facts.size,
            kind,
            executable,
            link: None,
            sources: BTreeSet::new(),
            ids: BTreeSet::new(),
            needed_by: BTreeSet::new(),
            platforms: BTreeSet::new(),
        };
        Ok(Self { source, digest: facts.sha256, twin: None, entry })
    }
}

/// What the manifest will say of it, but its SHA-256, which copying gives.
#[derive(Clone)]
pub(super) struct Entry {
    pub size: u64,
    pub kind: FileKind,
    pub executable: bool,
    pub link: Option<LinkTarget>,
    pub sources: BTreeSet<String>,
    pub ids: BTreeSet<cache::IdMarker>,
    pub needed_by: BTreeSet<String>,
    pub platforms: BTreeSet<String>,
}

/// Whether its path is its digest.
pub(super) fn in_cache(path: &CachePath) -> bool {
    path.names().next() == Some(CACHE)
}

pub(super) fn path(text: &str) -> Result<CachePath> {
    text.parse::<CachePath>().map_err(|error| AirgapError::Place {
        path: PathBuf::from(text),
        message: format!("{error}: no bundle can hold a file of that name"),
    })
}

pub(super) fn mirrored(collection: &Collection) -> Vec<Registry> {
    let urls = collection.registries.iter().filter(|url| !url.is_file());
    let folder = |url: &RegistryUrl| path(&format!("{REGISTRIES}/{}", url.folder()));
    urls.filter_map(|url| Some(Registry { path: folder(url).ok()?, url: url.clone() })).collect()
}

/// The files of a bundle, by their paths in it.
pub(super) fn plan(folder: &Folder, collection: &Collection) -> Result<BTreeMap<CachePath, Planned>> {
    let mut plan = BTreeMap::new();
    for item in &collection.items {
        match item {
            Item::Checksummed { digest, size, ids, urls, needed_by, platforms } => {
                let entry = Entry {
                    size: *size,
                    kind: FileKind::Download,
                    executable: false,
                    link: None,
                    sources: urls.clone(),
                    ids: ids.clone(),
                    needed_by: needed_by.clone(),
                    platforms: platforms.clone(),
                };
                let source = folder.cache().file(digest);
                let path = path(&format!("{CACHE}/{}", cache::file_path(digest)))?;
                plan.insert(path, Planned { source, digest: digest.clone(), twin: None, entry });
            }
            Item::RegistryFile { registry, path: inside, digest, size } => {
                let planned = || Planned {
                    source: folder.registry_file(digest),
                    digest: digest.clone(),
                    twin: None,
                    entry: Entry {
                        size: *size,
                        kind: FileKind::RegistryFile,
                        executable: false,
                        link: None,
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
    add_pins(folder, collection, &mut plan)?;
    for tree in &collection.trees {
        add_tree(folder, tree, &mut plan)?;
    }
    Ok(plan)
}

/// The file that names all vendored repositories, where there are any.
fn add_pins(folder: &Folder, collection: &Collection, plan: &mut BTreeMap<CachePath, Planned>) -> Result<()> {
    let path = path(&format!("{VENDOR}/{VENDOR_FILE}"))?;
    let source = folder.tree(&path);
    if !source.exists() || !collection.trees.iter().any(|tree| tree.kind == FileKind::Vendored) {
        return Ok(());
    }
    let mut pins = Planned::of(source, FileKind::Vendored, false)?;
    pins.entry.needed_by.insert("--vendor_dir".to_owned());
    plan.insert(path, pins);
    Ok(())
}

fn add_tree(folder: &Folder, tree: &Tree, plan: &mut BTreeMap<CachePath, Planned>) -> Result<()> {
    for file in tree::files(&folder.tree(&tree.path))? {
        let path = tree.path.join(&file.path);
        let entry = Entry {
            size: file.size,
            kind: tree.kind,
            executable: file.executable,
            link: file.link,
            sources: tree.sources.clone(),
            ids: BTreeSet::new(),
            needed_by: tree.needed_by.clone(),
            platforms: tree.platforms.clone(),
        };
        if let Some(reason) = entry.link.as_ref().and_then(|link| link.leaves(&path)) {
            return Err(AirgapError::Place { path: file.source, message: reason });
        }
        plan.insert(path, Planned { source: file.source, digest: file.sha256, twin: None, entry });
    }
    Ok(())
}
