//! The account of a folder while it is made: who wrote which path.
//!
//! It is what makes writing safe. A path is claimed before it is written, each of its folders is claimed as a real
//! folder, and links are made after everything else; so nothing is ever written through a link, and what would be one
//! path on a file system that ignores case is told before it happens.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use lazytools_lock::manifest::MANIFEST_VERSION;
use lazytools_lock::{CachePath, Entry, EntryKind, FileMode, Integrity};
use serde::{Serialize, Serializer};

use crate::error::{Outcome, Problem};
use crate::fsys::Modes;

/// How many bytes all paths and link targets together may have. 100,000 paths of 160 bytes fit; a hostile archive of
/// 100,000 paths of 4,096 bytes would take all memory otherwise.
const MAX_NAME_BYTES: usize = 16 << 20;

/// What is at a path.
#[derive(Debug)]
pub enum Kind {
    /// A folder.
    Directory {
        /// Whether something is in it.
        filled: bool,
    },
    /// A file.
    File {
        /// Its permission bits.
        mode: FileMode,
        /// Its size, where it is known before it is written.
        size: u64,
        /// Its digest, where it is known.
        integrity: Option<Box<Integrity>>,
    },
    /// A symbolic link.
    Link {
        /// What it names.
        target: Box<str>,
    },
}

/// A claimed path.
#[derive(Debug)]
pub struct Record {
    /// The path as written; the map's key is folded.
    pub path: Arc<str>,
    /// What is there.
    pub kind: Kind,
    /// The step that claimed it.
    pub step: usize,
}

/// All claimed paths.
#[derive(Debug, Default)]
pub struct Registry {
    records: HashMap<Arc<str>, Record>,
    name_bytes: usize,
    /// The last folder that was found to be there, so that its many files do not ask again.
    last_parent: String,
}

/// A claim that does not go together with an earlier one.
#[derive(Debug)]
pub struct Conflict {
    /// The path as the new claim has it.
    pub path: String,
    /// The path as the earlier one has it.
    pub earlier: Arc<str>,
    /// The step of the earlier one.
    pub step: usize,
    /// Why.
    pub reason: &'static str,
}

/// Why a claim was not granted.
#[derive(Debug)]
pub enum Refusal {
    /// Another one stands against it.
    Conflict(Conflict),
    /// Another problem.
    Problem(Problem),
}

fn fold(path: &str) -> String {
    if path.is_ascii() {
        path.to_ascii_lowercase()
    } else {
        path.to_lowercase()
    }
}

impl Registry {
    /// Claims a file or link. Its folders are claimed with it and made below `root`.
    pub fn claim(
        &mut self,
        root: &Path,
        modes: Modes,
        step: usize,
        path: &CachePath,
        kind: Kind,
    ) -> Result<Arc<str>, Refusal> {
        self.folders(root, modes, step, path)?;
        let key = fold(path.as_str());
        if let Some(earlier) = self.records.get(key.as_str()) {
            let reason = match (&earlier.kind, *earlier.path == *path.as_str()) {
                (Kind::Directory { .. }, true) => "one is a folder, the other is not",
                (_, true) => "both write it",
                (_, false) => "they differ by case alone, which macOS and Windows do not tell apart",
            };
            return Err(conflict(path.as_str(), earlier, reason));
        }
        let target_bytes = if let Kind::Link { target } = &kind { target.len() } else { 0 };
        self.insert(key, path.as_str(), kind, step, target_bytes).map_err(Refusal::Problem)
    }

    /// Claims a folder, which may be there already, and makes it.
    pub fn claim_folder(&mut self, root: &Path, modes: Modes, step: usize, path: &CachePath) -> Result<(), Refusal> {
        self.folders(root, modes, step, path)?;
        self.folder(root, modes, step, path.as_str())
    }

    fn folders(&mut self, root: &Path, modes: Modes, step: usize, path: &CachePath) -> Result<(), Refusal> {
        let path = path.as_str();
        let Some((parent, _)) = path.rsplit_once('/') else { return Ok(()) };
        if parent == self.last_parent {
            return Ok(());
        }
        for (at, _) in path.match_indices('/') {
            let folder = &path[..at];
            self.folder(root, modes, step, folder)?;
            if let Some(Record { kind: Kind::Directory { filled }, .. }) = self.records.get_mut(fold(folder).as_str()) {
                *filled = true;
            }
        }
        parent.clone_into(&mut self.last_parent);
        Ok(())
    }

    fn folder(&mut self, root: &Path, modes: Modes, step: usize, path: &str) -> Result<(), Refusal> {
        let key = fold(path);
        match self.records.get(key.as_str()) {
            None => {
                self.insert(key, path, Kind::Directory { filled: false }, step, 0).map_err(Refusal::Problem)?;
                modes.make_folder(&root.join(path)).map_err(Refusal::Problem)
            }
            Some(earlier) if *earlier.path != *path => {
                Err(conflict(path, earlier, "they differ by case alone, which macOS and Windows do not tell apart"))
            }
            Some(Record { kind: Kind::Directory { .. }, .. }) => Ok(()),
            Some(earlier @ Record { kind: Kind::Link { .. }, .. }) => {
                Err(conflict(path, earlier, "one writes through a link, the other makes the link"))
            }
            Some(earlier) => Err(conflict(path, earlier, "one is a folder, the other is not")),
        }
    }

    fn insert(&mut self, key: String, path: &str, kind: Kind, step: usize, more: usize) -> Outcome<Arc<str>> {
        self.name_bytes += path.len() + more;
        if self.name_bytes > MAX_NAME_BYTES {
            return Err(Problem::Hostile {
                what: format!("all paths together have more than {} MiB", MAX_NAME_BYTES >> 20),
            });
        }
        let same = key == path;
        let key: Arc<str> = key.into();
        let path: Arc<str> = if same { Arc::clone(&key) } else { path.into() };
        self.records.insert(key, Record { path: Arc::clone(&path), kind, step });
        Ok(path)
    }

    /// What is at a path, by its exact spelling.
    pub fn get(&self, path: &str) -> Option<&Record> {
        self.records.get(fold(path).as_str()).filter(|record| *record.path == *path)
    }

    /// Notes the size of a file that was not known when it was claimed.
    pub fn set_size(&mut self, path: &str, bytes: u64) {
        if let Some(Record { kind: Kind::File { size, .. }, .. }) = self.records.get_mut(fold(path).as_str()) {
            *size = bytes;
        }
    }

    /// All records, in no order.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.values()
    }

    /// The account in the form of a manifest.
    pub fn account(&self) -> Account<'_> {
        let is_entry = |record: &&Record| !matches!(record.kind, Kind::Directory { filled: true });
        let mut records: Vec<&Record> = self.records.values().filter(is_entry).collect();
        records.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        Account { manifest_version: MANIFEST_VERSION, entries: Entries(records) }
    }
}

/// A `lazytools_lock::Manifest` that is only written: without a second copy of all paths.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Account<'r> {
    manifest_version: u64,
    entries: Entries<'r>,
}

struct Entries<'r>(Vec<&'r Record>);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|record| {
            let kind = match &record.kind {
                Kind::Directory { .. } => EntryKind::Directory,
                Kind::File { mode, size, integrity } => {
                    EntryKind::File { mode: *mode, size: *size, integrity: integrity.as_deref().cloned() }
                }
                Kind::Link { target } => EntryKind::Symlink { target: target.to_string() },
            };
            (&*record.path, Entry { kind })
        }))
    }
}

fn conflict(path: &str, earlier: &Record, reason: &'static str) -> Refusal {
    Refusal::Conflict(Conflict {
        path: path.to_owned(),
        earlier: Arc::clone(&earlier.path),
        step: earlier.step,
        reason,
    })
}
