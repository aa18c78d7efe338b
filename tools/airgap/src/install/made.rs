//! Folders that `install` makes beside a bundle, because Bazel or another program writes to what the bundle may not let it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{files, json, AirgapError, Result};

/// Says that `install` made the folder, so that it may be removed again.
const MARKER: &str = "made_by_lazytools_airgap_install";

/// Fails where something else is in the folder's place.
pub(super) fn check(folder: &Path) -> Result<()> {
    let is_other = fs::read_dir(folder).is_ok_and(|mut inside| inside.next().is_some()) && !is_made(folder);
    if is_other || (folder.exists() && !folder.is_dir()) {
        return Err(AirgapError::NotMade(folder.to_owned()));
    }
    Ok(())
}

/// Whether `install` made a folder.
pub(super) fn is_made(folder: &Path) -> bool {
    folder.join(MARKER).exists()
}

/// Makes it anew, with nothing in it but the name of the bundle that it is for.
pub(super) fn begin(folder: &Path, bundle: &Path) -> Result<()> {
    remove(folder)?;
    files::folder(folder).map_err(AirgapError::io("making", folder))?;
    json::write(&folder.join(MARKER), bundle.as_os_str().as_encoded_bytes())
}

/// The bundle that it is for; `None` where `install` did not make it.
pub(super) fn bundle(folder: &Path) -> Option<PathBuf> {
    fs::read_to_string(folder.join(MARKER)).ok().map(PathBuf::from)
}

/// Removes it, if `install` made it.
pub(super) fn remove(folder: &Path) -> Result<()> {
    check(folder)?;
    files::remove_tree(folder).map_err(AirgapError::io("removing", folder))
}

/// Makes the folder that a path is in.
pub(super) fn parent(path: &Path) -> Result<()> {
    let parent = path.parent().unwrap_or(path);
    files::folder(parent).map_err(AirgapError::io("making", parent))
}

/// A copy of a file.
pub(super) fn copy(from: &Path, to: &Path) -> Result<()> {
    parent(to)?;
    let bytes = fs::read(from).map_err(AirgapError::io("reading", from))?;
    json::write(to, &bytes)
}

/// A link to a file or folder; where the machine has none, a copy.
pub(super) fn link(from: &Path, to: &Path) -> Result<()> {
    parent(to)?;
    if from.to_str().is_some_and(|target| files::symlink(target, to).is_ok()) {
        return Ok(());
    }
    if !from.is_dir() {
        return copy(from, to);
    }
    for entry in fs::read_dir(from).map_err(AirgapError::io("reading", from))? {
        let entry = entry.map_err(AirgapError::io("reading", from))?;
        link(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_made_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        check(&folder.path().join("absent")).unwrap();
        check(folder.path()).unwrap();
        fs::write(folder.path().join("credentials.toml"), "").unwrap();
        let error = begin(folder.path(), Path::new("/srv/b")).unwrap_err().to_string();
        assert!(error.contains("--cargo-home or --repository-cache") && error.ends_with("(LT755)"), "{error}");
        assert!(folder.path().join("credentials.toml").exists());
        fs::write(folder.path().join(MARKER), "").unwrap();
        remove(folder.path()).unwrap();
        assert!(!folder.path().exists());
    }
}
