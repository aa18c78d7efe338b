//! The private folder of a run.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::{At as _, Result};

/// A folder that only this run uses. Where a mount namespace can be had, the tool sees it under a name that is the
/// same in every run, because tools write such paths into what they make.
#[derive(Clone, Debug)]
pub struct Private {
    real: PathBuf,
    view: PathBuf,
}

impl Private {
    /// Makes the folder, below TMPDIR.
    pub fn create() -> Result<Self> {
        let temp = std::env::temp_dir();
        let temp = fs::canonicalize(&temp).at("cannot find the temporary folder", &temp)?;
        let real =
            tempfile::Builder::new().prefix("lt-").tempdir_in(&temp).at("cannot make a folder in", &temp)?.keep();
        Ok(Self { view: real.clone(), real })
    }

    /// Where the folder is.
    pub fn real(&self) -> &Path {
        &self.real
    }

    /// Where the tool finds the folder.
    pub fn view(&self) -> &Path {
        &self.view
    }

    /// Says that the tool finds the folder elsewhere.
    #[cfg(target_os = "linux")]
    pub fn set_view(&mut self, view: PathBuf) {
        self.view = view;
    }

    /// Makes a folder in it and gives the name that it has for the tool.
    pub fn folder(&self, rel: &str) -> Result<PathBuf> {
        let path = self.real.join(rel);
        fs::create_dir_all(&path).at("cannot make the folder", &path)?;
        Ok(self.view.join(rel))
    }

    /// The real path of what the tool knows by `path`.
    pub fn real_of(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.view).map_or_else(|_| path.to_owned(), |rel| self.real.join(rel))
    }
}

/// Removes a folder with all that is in it, also what its owner may not write to. What cannot be removed stays: there
/// is nobody to tell.
pub fn remove_tree(path: &Path) {
    if fs::remove_dir_all(path).is_ok() {
        return;
    }
    make_all_writable(path);
    let _ = fs::remove_dir_all(path);
}

fn make_all_writable(path: &Path) {
    make_writable(path);
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        // On Unix a file's own mode does not keep it from being removed.
        if cfg!(windows) || entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            make_all_writable(&entry.path());
        }
    }
}

/// Lets the owner of a folder change it.
#[cfg(unix)]
pub fn make_writable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    if let Ok(meta) = fs::symlink_metadata(path) {
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(meta.permissions().mode() | 0o700));
    }
}

/// Lets the owner of a file change it.
#[cfg(not(unix))]
#[allow(clippy::permissions_set_readonly_false)]
pub fn make_writable(path: &Path) {
    if let Ok(meta) = fs::symlink_metadata(path) {
        let mut permissions = meta.permissions();
        permissions.set_readonly(false);
        let _ = fs::set_permissions(path, permissions);
    }
}
