//! What is in a folder, by its manifest or by looking.

use std::fs;
use std::path::{Component, Path, PathBuf};

use lazytools_lock::{EntryKind, Manifest};

use super::error::{At as _, Result, RunError};

/// A file, link or folder by its relative path.
#[derive(Clone, Debug)]
pub struct Item {
    /// Where it is in the folder.
    pub rel: PathBuf,
    /// What it is.
    pub kind: Kind,
}

/// What an item is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A folder.
    Folder,
    /// A file, with its permission bits where the manifest has them.
    File(Option<u32>),
    /// A link inside the folder.
    Link(PathBuf),
}

/// Reads a manifest.
pub fn read_manifest(path: &Path) -> Result<Manifest> {
    let bytes = fs::read(path).at("cannot read the cache's manifest", path)?;
    serde_json::from_slice(&bytes)
        .map_err(|error| RunError::BadCache(format!("{}: not a cache's manifest: {error}", path.display())))
}

/// The items that a manifest names.
pub fn from_manifest(manifest: &Manifest) -> Vec<Item> {
    let kind = |kind: &EntryKind| match kind {
        EntryKind::Directory => Kind::Folder,
        EntryKind::File { mode, .. } => Kind::File(Some(mode.bits())),
        EntryKind::Symlink { target } => Kind::Link(PathBuf::from(target)),
    };
    manifest.entries.iter().map(|(path, entry)| Item { rel: path.to_path(), kind: kind(&entry.kind) }).collect()
}

/// The items that are in a folder. A link that leaves the folder counts as what it names.
pub fn walk(folder: &Path) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    walk_into(folder, Path::new(""), &mut items, 0)?;
    Ok(items)
}

/// Deeper than this only a loop of links goes.
const MAX_DEPTH: usize = 128;

fn walk_into(folder: &Path, rel: &Path, items: &mut Vec<Item>, depth: usize) -> Result<()> {
    let here = folder.join(rel);
    if depth > MAX_DEPTH {
        return Err(RunError::BadCache(format!("{} is nested too deeply: is there a loop of links?", here.display())));
    }
    for entry in fs::read_dir(&here).at("cannot list", &here)? {
        let entry = entry.at("cannot list", &here)?;
        let (path, rel) = (entry.path(), rel.join(entry.file_name()));
        let file_type = entry.file_type().at("cannot look at", &path)?;
        if file_type.is_symlink() {
            let target = fs::read_link(&path).at("cannot read the link", &path)?;
            if stays_inside(&rel, &target) {
                items.push(Item { rel, kind: Kind::Link(target) });
                continue;
            }
        }
        let meta = fs::metadata(&path).at("cannot follow the link", &path)?;
        if meta.is_dir() {
            items.push(Item { rel: rel.clone(), kind: Kind::Folder });
            walk_into(folder, &rel, items, depth + 1)?;
        } else {
            items.push(Item { rel, kind: Kind::File(None) });
        }
    }
    Ok(())
}

/// Whether a folder has links that would name nothing, or another thing, when it is moved.
pub fn has_links_out(folder: &Path) -> bool {
    fn look(folder: &Path, rel: &Path) -> bool {
        fs::read_dir(folder.join(rel)).into_iter().flatten().flatten().any(|entry| {
            let rel = rel.join(entry.file_name());
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => look(folder, &rel),
                Ok(kind) if kind.is_symlink() => {
                    fs::read_link(entry.path()).is_ok_and(|target| !stays_inside(&rel, &target))
                }
                _ => false,
            }
        })
    }
    look(folder, Path::new(""))
}

/// Whether a link at `rel` that names `target` stays in the folder.
pub fn stays_inside(rel: &Path, target: &Path) -> bool {
    let mut depth = rel.components().count().saturating_sub(1);
    for part in target.components() {
        match part {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir if depth > 0 => depth -= 1,
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_leave() {
        for (rel, target, inside) in
            [("a/b", "../c", true), ("a", "../c", false), ("a/b/c", "../../../d", false), ("a", "/d", false)]
        {
            assert_eq!(stays_inside(Path::new(rel), Path::new(target)), inside, "{rel} {target}");
        }
    }
}
