//! What is in the folder that a tool made.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use globset::GlobSet;
use lazytools_lock::{CachePath, Entry, EntryKind, FileMode};
use rayon::prelude::*;

use super::super::error::{At as _, Result};
use super::super::private::{make_writable, remove_tree};
use super::super::tree::stays_inside;
use super::{absolute, list, words, Failed};

/// What is in a folder, relative to it.
#[derive(Debug, Default)]
pub struct Entries {
    /// The files.
    pub files: Vec<PathBuf>,
    /// The links with what they name.
    pub links: Vec<(PathBuf, PathBuf)>,
    /// The folders with nothing in them.
    empty: Vec<PathBuf>,
    /// Whether something was excluded.
    pub excluded: bool,
    /// Sockets, pipes and devices.
    others: Vec<PathBuf>,
}

impl Entries {
    /// Looks at a folder, after what is excluded was removed from it.
    pub fn read(folder: &Path, exclude: &GlobSet) -> Result<Self> {
        let mut entries = Self::default();
        entries.read_into(folder, Path::new(""), exclude)?;
        Ok(entries)
    }

    fn read_into(&mut self, folder: &Path, rel: &Path, exclude: &GlobSet) -> Result<()> {
        let here = folder.join(rel);
        // Some tools take the right to write away from what they have stored.
        make_writable(&here);
        let mut is_empty = true;
        for entry in fs::read_dir(&here).at("cannot list", &here)? {
            let entry = entry.at("cannot list", &here)?;
            let (path, rel) = (entry.path(), rel.join(entry.file_name()));
            let kind = entry.file_type().at("cannot look at", &path)?;
            if exclude.is_match(&rel) {
                self.excluded = true;
                if kind.is_dir() {
                    remove_tree(&path);
                } else {
                    fs::remove_file(&path).at("cannot remove", &path)?;
                }
                continue;
            }
            is_empty = false;
            if kind.is_dir() {
                self.read_into(folder, &rel, exclude)?;
            } else if kind.is_symlink() {
                let target = fs::read_link(&path).at("cannot read the link", &path)?;
                self.links.push((rel, target));
            } else if kind.is_file() {
                self.files.push(rel);
            } else {
                self.others.push(rel);
            }
        }
        if is_empty && !rel.as_os_str().is_empty() {
            self.empty.push(rel.to_owned());
        }
        Ok(())
    }

    /// Refuses what Bazel cannot carry, or what would be something else elsewhere.
    pub fn check(&self, folder: &Path, accept: &GlobSet, failed: &Failed<'_>) -> Result<()> {
        if !self.others.is_empty() {
            return Err(failed.unkept(&format!(
                "the tool made what is no file, no folder and no link: {}. Name it in exclude",
                list(self.others.iter().map(|path| words(path)))
            )));
        }
        let shown = |link: &&(PathBuf, PathBuf)| format!("{} -> {}", words(&link.0), link.1.display());
        let away: Vec<_> =
            self.links.iter().filter(|(rel, target)| !stays_inside(rel, target) && !accept.is_match(rel)).collect();
        if !away.is_empty() {
            return Err(failed.unkept(&format!(
                "the tool made links that leave its folder: {}. Elsewhere they name nothing, or another thing: name them \
                 in exclude, or in accept where what they name is on every machine",
                list(away.iter().map(shown))
            )));
        }
        let dangling: Vec<_> = self.links.iter().filter(|(rel, _)| !folder.join(rel).exists()).collect();
        if !dangling.is_empty() {
            return Err(failed.unkept(&format!(
                "the tool made links that name nothing: {}. Bazel refuses them: name them in exclude",
                list(dangling.iter().map(shown))
            )));
        }
        Ok(())
    }

    /// The account of the folder. Modes become those that do not depend on anybody's umask.
    pub fn account(
        &self,
        folder: &Path,
        places: &absolute::Places,
        accept: &GlobSet,
        failed: &Failed<'_>,
    ) -> Result<BTreeMap<CachePath, Entry>> {
        let read: Vec<(&PathBuf, absolute::Content, FileMode)> = self
            .files
            .par_iter()
            .map(|rel| {
                let path = folder.join(rel);
                let mode = settle(&path)?;
                Ok((rel, places.read(&path)?, mode))
            })
            .collect::<Result<_>>()?;
        let found = read.iter().filter(|(rel, content, _)| content.place.is_some() && !accept.is_match(rel));
        let found: Vec<String> = found
            .map(|(rel, content, _)| format!("{} ({})", words(rel), content.place.as_deref().unwrap_or_default()))
            .collect();
        if !found.is_empty() {
            return Err(failed.absolute(&format!(
                "the tool wrote absolute paths of this run into {}. Where the cache is used they name nothing: name these \
                 files in exclude, have replace take the paths out, or name the files in accept where no tool minds",
                list(found)
            )));
        }
        let mut account = BTreeMap::new();
        let mut note = |rel: &Path, kind: EntryKind| {
            let path: CachePath = rel.to_str().map(|_| words(rel)).unwrap_or_default().parse().map_err(|error| {
                failed.unkept(&format!("the tool made {}, and {error}: name it in exclude", words(rel)))
            })?;
            account.insert(path, Entry { kind });
            Ok(())
        };
        for (rel, content, mode) in read {
            note(rel, EntryKind::File { mode, size: content.size, integrity: content.integrity })?;
        }
        for (rel, target) in &self.links {
            note(rel, EntryKind::Symlink { target: target_words(target) })?;
        }
        for rel in &self.empty {
            note(rel, EntryKind::Directory)?;
        }
        Ok(account)
    }
}

/// What a link names, with `/` between names everywhere.
fn target_words(target: &Path) -> String {
    let text = target.to_string_lossy();
    if cfg!(windows) {
        text.replace('\\', "/")
    } else {
        text.into_owned()
    }
}

/// Gives a file a mode that says only whether it is executable, and nobody else's file.
#[cfg(unix)]
fn settle(path: &Path) -> Result<FileMode> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let meta = fs::symlink_metadata(path).at("cannot look at", path)?;
    let mode = if meta.mode() & 0o111 == 0 { FileMode::FILE } else { FileMode::EXECUTABLE };
    if meta.nlink() > 1 {
        // The other name may be a file of another cache.
        super::replace::rewrite(path, |part| fs::copy(path, part).map(drop))?;
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode.bits())).at("cannot set the mode of", path)?;
    Ok(mode)
}

#[cfg(not(unix))]
fn settle(_path: &Path) -> Result<FileMode> {
    Ok(FileMode::FILE)
}
