//! Folders below one folder, in which nothing leads out: whoever could write there before may have planted links.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use lazytools_lock::CachePath;

use crate::{files, AirgapError, Result};

/// A folder, and what of it was looked at.
#[derive(Debug)]
pub struct Inside {
    top: PathBuf,
    looked_at: RefCell<BTreeSet<CachePath>>,
}

impl Inside {
    /// For a folder, which is made where it is not there. It may itself be reached over links: whoever named it chose so.
    pub fn new(top: &Path) -> Result<Self> {
        files::folder(top).map_err(AirgapError::io("making", top))?;
        Ok(Self { top: top.to_owned(), looked_at: RefCell::default() })
    }

    /// The folder.
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// Where a file is to be written. The folders that lead there are made; one that is a link or a file is refused.
    pub fn file(&self, path: &CachePath) -> Result<PathBuf> {
        if let Some(folder) = path.parent() {
            self.folder(&folder, true)?;
        }
        Ok(self.top.join(path.to_path()))
    }

    /// Where a file is if it is there; `None` where no folder leads there.
    pub fn existing(&self, path: &CachePath) -> Result<Option<PathBuf>> {
        let there = path.parent().map_or(Ok(true), |folder| self.folder(&folder, false))?;
        Ok(there.then(|| self.top.join(path.to_path())))
    }

    fn folder(&self, path: &CachePath, make: bool) -> Result<bool> {
        if self.looked_at.borrow().contains(path) {
            return Ok(true);
        }
        if let Some(parent) = path.parent() {
            if !self.folder(&parent, make)? {
                return Ok(false);
            }
        }
        let folder = self.top.join(path.to_path());
        match fs::symlink_metadata(&folder) {
            Ok(meta) if meta.is_dir() => {}
            Ok(meta) => return Err(AirgapError::Planted { path: folder, what: what(&meta) }),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !make => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                files::new_folder(&folder).map_err(AirgapError::io("making", &folder))?;
            }
            Err(error) => return Err(AirgapError::io("reading", &folder)(error)),
        }
        self.looked_at.borrow_mut().insert(path.clone());
        Ok(true)
    }

    /// Forgets what was looked at: folders go away.
    pub fn forget(&self) {
        self.looked_at.borrow_mut().clear();
    }
}

fn what(meta: &fs::Metadata) -> &'static str {
    if meta.is_symlink() {
        "link"
    } else {
        "file"
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn nothing_is_written_through_links() {
        let lab = tempfile::tempdir().unwrap();
        let (top, outside) = (lab.path().join("top"), lab.path().join("outside"));
        fs::create_dir(&outside).unwrap();
        let inside = Inside::new(&top).unwrap();
        let path = |text: &str| text.parse::<CachePath>().unwrap();
        assert_eq!(inside.existing(&path("a/b/c")).unwrap(), None);
        assert_eq!(inside.file(&path("a/b/c")).unwrap(), top.join("a/b/c"));
        assert!(top.join("a/b").is_dir());
        symlink(&outside, top.join("a/link")).unwrap();
        for error in [inside.file(&path("a/link/c")).unwrap_err(), inside.existing(&path("a/link/d/c")).unwrap_err()] {
            let error = error.to_string();
            assert!(
                error.contains("a/link is a link where the bundle has a folder") && error.ends_with("(LT726)"),
                "{error}"
            );
        }
        fs::write(top.join("a/file"), "").unwrap();
        assert!(inside.file(&path("a/file/c")).unwrap_err().to_string().contains("is a file where"));
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    }
}
