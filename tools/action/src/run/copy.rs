//! Private copies of folders.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::error::{At as _, Result};
use super::tree::{Item, Kind};

/// How the copies' modes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modes {
    /// As laid out, and the owner may write.
    Writable,
    /// As laid out.
    Exact,
}

/// Copies `items` of folder `from` to folder `to`, several at a time. Where the file system can share the bytes of
/// two files, it does: `fs::copy` asks for it.
pub fn copy(from: &Path, to: &Path, items: &[Item], modes: Modes) -> Result<()> {
    fs::create_dir_all(to).at("cannot make the folder", to)?;
    let mut folders = BTreeSet::new();
    for item in items {
        match item.kind {
            Kind::Folder => folders.insert(item.rel.as_path()),
            Kind::File(_) | Kind::Link(_) => item.rel.parent().is_some_and(|parent| folders.insert(parent)),
        };
    }
    for folder in folders {
        let path = to.join(folder);
        fs::create_dir_all(&path).at("cannot make the folder", &path)?;
    }
    items.par_iter().try_for_each(|item| match &item.kind {
        Kind::Folder => Ok(()),
        Kind::File(mode) => copy_file(&from.join(&item.rel), &to.join(&item.rel), *mode, modes),
        Kind::Link(target) => link(target, &to.join(&item.rel)),
    })
}

/// Copies one file.
pub fn copy_file(from: &Path, to: &Path, mode: Option<u32>, modes: Modes) -> Result<()> {
    fs::copy(from, to).at("cannot copy", from)?;
    set_mode(to, mode, modes)
}

/// Makes a folder in which `paths` are private copies and the rest are links to `from`.
pub fn copy_some(from: &Path, to: &Path, items: &[Item], paths: &[PathBuf]) -> Result<()> {
    let copied = |rel: &Path| paths.iter().any(|path| rel.starts_with(path));
    // The folders on the way to the copies have to be real.
    let spine: BTreeSet<&Path> = paths.iter().flat_map(|path| path.ancestors().skip(1)).collect();
    let (own, shared): (Vec<Item>, Vec<Item>) = items.iter().cloned().partition(|item| copied(&item.rel));
    copy(from, to, &own, Modes::Writable)?;
    for folder in &spine {
        let path = to.join(folder);
        fs::create_dir_all(&path).at("cannot make the folder", &path)?;
    }
    let tops: BTreeSet<PathBuf> = shared
        .iter()
        .filter_map(|item| {
            let mut upwards: Vec<&Path> = item.rel.ancestors().collect();
            upwards.reverse();
            upwards.into_iter().find(|path| !spine.contains(path)).map(Path::to_owned)
        })
        .collect();
    for top in tops {
        link(&from.join(&top), &to.join(&top))?;
    }
    Ok(())
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: Option<u32>, modes: Modes) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = match mode {
        Some(mode) => mode,
        None => fs::metadata(path).at("cannot look at", path)?.permissions().mode() & 0o777,
    };
    let mode = if modes == Modes::Writable { mode | 0o200 } else { mode };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).at("cannot set the mode of", path)
}

#[cfg(not(unix))]
#[allow(clippy::permissions_set_readonly_false)]
fn set_mode(path: &Path, _mode: Option<u32>, modes: Modes) -> Result<()> {
    let mut permissions = fs::metadata(path).at("cannot look at", path)?.permissions();
    permissions.set_readonly(modes == Modes::Exact && permissions.readonly());
    fs::set_permissions(path, permissions).at("cannot set the mode of", path)
}

#[cfg(unix)]
fn link(target: &Path, path: &Path) -> Result<()> {
    std::os::unix::fs::symlink(target, path).at("cannot make the link", path)
}

#[cfg(windows)]
fn link(target: &Path, path: &Path) -> Result<()> {
    let named = path.parent().map_or_else(|| target.to_owned(), |folder| folder.join(target));
    let linked = if named.is_dir() {
        std::os::windows::fs::symlink_dir(target, path)
    } else {
        std::os::windows::fs::symlink_file(target, path)
    };
    linked.at("cannot make the link", path)
}
