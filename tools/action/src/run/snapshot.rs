//! Tells whether a tool wrote to a folder that it may only read. Needed where no mount keeps it from writing: on a
//! sandbox's folder a new file can be made unnoticed.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::private::make_writable;

/// A folder's entries, as they were.
#[derive(Debug)]
pub struct Snapshot {
    folder: PathBuf,
    entries: BTreeMap<PathBuf, Stamp>,
}

/// What tells a file from another one, or from itself after a change.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    kind: fs::FileType,
    size: u64,
    modified: Option<SystemTime>,
    extra: (u64, u32),
}

/// What a tool did to a folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// What was made.
    pub stray: Vec<PathBuf>,
    /// What was changed or removed.
    pub changed: Vec<PathBuf>,
    /// Whether something that was made could not be removed.
    pub left: bool,
}

impl Snapshot {
    /// Looks at a folder.
    pub fn take(folder: &Path) -> Self {
        let mut entries = BTreeMap::new();
        look(folder, Path::new(""), &mut entries);
        Self { folder: folder.to_owned(), entries }
    }

    /// What has happened since, `None` where nothing has. What was made is removed.
    pub fn undo_changes(&self) -> Option<Changes> {
        let now = Self::take(&self.folder);
        let mut changes = Changes::default();
        for (rel, stamp) in &now.entries {
            match self.entries.get(rel) {
                None => changes.stray.push(rel.clone()),
                Some(before) if before != stamp => changes.changed.push(rel.clone()),
                Some(_) => {}
            }
        }
        changes.changed.extend(self.entries.keys().filter(|rel| !now.entries.contains_key(*rel)).cloned());
        // Deepest first, so that folders are empty when their turn comes.
        for rel in changes.stray.iter().rev() {
            remove(&self.folder.join(rel));
        }
        changes.left = changes.stray.iter().any(|rel| fs::symlink_metadata(self.folder.join(rel)).is_ok());
        (changes != Changes::default()).then_some(changes)
    }
}

/// Removes a file or an empty folder, also from a folder that the tool has made read-only again.
fn remove(path: &Path) {
    let removed = || fs::remove_file(path).or_else(|_| fs::remove_dir(path));
    if removed().is_err() {
        if let Some(folder) = path.parent() {
            let modes = fs::metadata(folder).map(|meta| meta.permissions());
            make_writable(folder);
            let _ = removed();
            let _ = modes.and_then(|modes| fs::set_permissions(folder, modes));
        }
    }
}

fn look(folder: &Path, rel: &Path, entries: &mut BTreeMap<PathBuf, Stamp>) {
    for entry in fs::read_dir(folder.join(rel)).into_iter().flatten().flatten() {
        let rel = rel.join(entry.file_name());
        let Ok(meta) = entry.metadata() else { continue };
        if meta.is_dir() {
            look(folder, &rel, entries);
        }
        entries.insert(rel, stamp(&meta));
    }
}

fn stamp(meta: &Metadata) -> Stamp {
    let file = !meta.is_dir();
    Stamp {
        kind: meta.file_type(),
        size: if file { meta.len() } else { 0 },
        // A folder's time changes with what is in it, which is told by itself.
        modified: if file { meta.modified().ok() } else { None },
        extra: if file { extra(meta) } else { (0, 0) },
    }
}

#[cfg(unix)]
fn extra(meta: &Metadata) -> (u64, u32) {
    use std::os::unix::fs::MetadataExt as _;
    (meta.ino(), meta.mode())
}

#[cfg(not(unix))]
fn extra(_meta: &Metadata) -> (u64, u32) {
    (0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_and_removes_what_is_new() {
        let folder = tempfile::tempdir().unwrap();
        let at = |rel: &str| folder.path().join(rel);
        fs::create_dir(at("a")).unwrap();
        fs::write(at("a/kept"), "1").unwrap();
        fs::write(at("gone"), "1").unwrap();
        let before = Snapshot::take(folder.path());
        assert_eq!(before.undo_changes(), None);
        fs::create_dir(at("a/new")).unwrap();
        fs::write(at("a/new/file"), "1").unwrap();
        fs::write(at("a/kept"), "22").unwrap();
        fs::remove_file(at("gone")).unwrap();
        let changes = before.undo_changes().unwrap();
        assert_eq!(changes.stray, [PathBuf::from("a/new"), PathBuf::from("a/new/file")]);
        assert_eq!(changes.changed, [PathBuf::from("a/kept"), PathBuf::from("gone")]);
        assert!(!at("a/new").exists());
    }
}
