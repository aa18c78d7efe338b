//! A content-addressed store under the user's cache folder, so that nothing is downloaded twice.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lazytools_lock::{Algorithm, Integrity};
use tempfile::NamedTempFile;

use crate::digests::FileFacts;
use crate::download::Downloaded;
use crate::error::FetchError;
use crate::remembered::Remembered;

/// The store. Files appear in it by rename, under each of the digests that pin artifacts.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
}

impl Store {
    /// A store in a folder, which is made when it is needed.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The user's own: `$LAZYTOOLS_STORE`, else `rules_lazytools/store` under the user's cache folder.
    pub fn of_user() -> Self {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        if let Some(root) = variable("LAZYTOOLS_STORE") {
            return Self::at(root);
        }
        let cache = variable("XDG_CACHE_HOME")
            .filter(|path| path.is_absolute())
            .or_else(|| variable("HOME").map(|home| home.join(".cache")))
            .or_else(|| variable("LOCALAPPDATA"))
            .unwrap_or_else(std::env::temp_dir);
        Self::at(cache.join("rules_lazytools/store"))
    }

    /// A file of the store. One whose bytes have changed since is thrown away.
    pub fn get(&self, integrity: &Integrity) -> Result<Option<Downloaded>, FetchError> {
        let path = self.path(integrity);
        if !path.is_file() {
            return Ok(None);
        }
        let facts = FileFacts::of(&path)?;
        if facts.integrity(integrity.algorithm()).as_ref() == Some(integrity) {
            return Ok(Some(Downloaded { path, facts }));
        }
        fs::remove_file(&path).map_err(FetchError::file(&path))?;
        Ok(None)
    }

    /// Where files lie that have come in part.
    pub(crate) fn partial_folder(&self) -> PathBuf {
        self.root.join("partial")
    }

    /// What servers said before.
    pub(crate) fn remembered(&self) -> Remembered {
        Remembered::at(self.root.join("remembered"))
    }

    /// Removes what killed runs have left and what nobody asks for any more.
    pub fn tidy(&self) {
        self.remembered().tidy();
        let day = Duration::from_secs(24 * 3600);
        for (folder, age) in [("tmp", day), ("partial", 7 * day)] {
            for entry in fs::read_dir(self.root.join(folder)).into_iter().flatten().flatten() {
                let modified = entry.metadata().and_then(|metadata| metadata.modified());
                if modified.is_ok_and(|modified| modified.elapsed().is_ok_and(|elapsed| elapsed > age)) {
                    let _ = fs::remove_file(entry.path());
                }
            }
        }
    }

    /// A file that is being written; it vanishes unless it is kept.
    #[cfg(test)]
    pub(crate) fn temporary(&self) -> Result<NamedTempFile, FetchError> {
        let folder = self.root.join("tmp");
        fs::create_dir_all(&folder).map_err(FetchError::file(&folder))?;
        NamedTempFile::new_in(&folder).map_err(FetchError::file(&folder))
    }

    /// Keeps a file that is whole, and says where.
    pub(crate) fn keep(&self, file: NamedTempFile, facts: &FileFacts) -> Result<PathBuf, FetchError> {
        let mut kept = None;
        for algorithm in [Algorithm::Sha512, Algorithm::Sha384] {
            if let Some(integrity) = facts.integrity(algorithm) {
                let path = self.prepare(&integrity)?;
                // Where links are not possible, the file is simply not found under this digest.
                if fs::hard_link(file.path(), &path).is_ok() {
                    kept = Some(path);
                }
            }
        }
        if let Some(integrity) = facts.integrity(Algorithm::Sha256) {
            let path = self.prepare(&integrity)?;
            file.persist(&path).map_err(|error| FetchError::file(&path)(error.error))?;
            kept = Some(path);
        }
        Ok(kept.unwrap_or_else(|| self.root.clone()))
    }

    fn prepare(&self, integrity: &Integrity) -> Result<PathBuf, FetchError> {
        let path = self.path(integrity);
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(FetchError::file(folder))?;
        Ok(path)
    }

    fn path(&self, integrity: &Integrity) -> PathBuf {
        let hex = integrity.hex();
        self.root.join(integrity.algorithm().name()).join(&hex[..2]).join(&hex[2..])
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn kept(store: &Store, text: &str) -> FileFacts {
        let mut file = store.temporary().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let facts = FileFacts::of(file.path()).unwrap();
        store.keep(file, &facts).unwrap();
        facts
    }

    #[test]
    fn a_file_is_found_by_each_digest() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at(folder.path());
        let facts = kept(&store, "text");
        for algorithm in [Algorithm::Sha256, Algorithm::Sha384, Algorithm::Sha512] {
            let found = store.get(&facts.integrity(algorithm).unwrap()).unwrap().expect("it is there");
            assert_eq!(fs::read(found.path).unwrap(), b"text");
        }
        assert!(store.get(&Algorithm::Sha256.digest(b"other")).unwrap().is_none());
        kept(&store, "text");
        assert_eq!(fs::read_dir(folder.path().join("tmp")).unwrap().count(), 0, "nothing is left over");
    }

    #[test]
    fn what_is_old_goes() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at(folder.path());
        for (name, days) in [("tmp/old", 2), ("tmp/new", 0), ("partial/old", 8), ("partial/new", 2)] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let file = fs::File::create(&path).unwrap();
            file.set_modified(std::time::SystemTime::now() - Duration::from_secs(days * 86_400)).unwrap();
        }
        store.tidy();
        for (name, there) in [("tmp/old", false), ("tmp/new", true), ("partial/old", false), ("partial/new", true)] {
            assert_eq!(folder.path().join(name).exists(), there, "{name}");
        }
    }

    #[test]
    fn a_file_that_has_changed_is_thrown_away() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at(folder.path());
        let integrity = kept(&store, "text").integrity(Algorithm::Sha256).unwrap();
        fs::write(store.path(&integrity), "txet").unwrap();
        assert!(store.get(&integrity).unwrap().is_none());
        assert!(!store.path(&integrity).exists());
    }
}
