//! Writing files whole or not at all.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use tempfile::NamedTempFile;

/// Writes all files. Each is complete on the disk before the first appears under its name; one that holds the same
/// already is left alone.
pub fn all(files: &[(PathBuf, String)]) -> Result<()> {
    let mut ready = Vec::new();
    for (path, text) in files {
        // Behind a link lies the file that is meant.
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
        if std::fs::read(&path).is_ok_and(|old| old == text.as_bytes()) {
            continue;
        }
        remove_leftovers(&path);
        let file = prepare(&path, text).with_context(|| format!("{} (LT310)", path.display()))?;
        ready.push((file, path));
    }
    for (file, path) in ready {
        file.persist(&path).with_context(|| format!("{} (LT310)", path.display()))?;
    }
    Ok(())
}

/// What the names of unfinished files begin and end with.
const UNFINISHED: (&str, &str) = (".lazy_tools.", ".tmp");

/// Removes what a killed run has left. A file of a run that is still going is never as old.
fn remove_leftovers(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let unfinished =
            name.to_str().is_some_and(|name| name.starts_with(UNFINISHED.0) && name.ends_with(UNFINISHED.1));
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        let old = modified.is_ok_and(|modified| modified.elapsed().is_ok_and(|elapsed| elapsed.as_secs() > 600));
        if unfinished && old {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

fn prepare(path: &Path, text: &str) -> Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(UNFINISHED.0).suffix(UNFINISHED.1).tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // A temporary file is for its owner alone; a lock is read by everyone.
        let mode = std::fs::metadata(path).map_or(0o644, |old| old.permissions().mode() & 0o777);
        file.as_file().set_permissions(std::fs::Permissions::from_mode(mode))?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    #[test]
    fn what_a_killed_run_has_left_goes() {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join("lock.json");
        for (name, seconds) in [(".lazy_tools.old.tmp", 3600), (".lazy_tools.new.tmp", 1), (".lazy_tools.old", 3600)] {
            let file = std::fs::File::create(folder.path().join(name)).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(seconds)).unwrap();
        }
        super::all(&[(lock.clone(), "text".to_owned())]).unwrap();
        assert_eq!(std::fs::read_to_string(lock).unwrap(), "text");
        let there = |name: &str| folder.path().join(name).exists();
        assert!(!there(".lazy_tools.old.tmp") && there(".lazy_tools.new.tmp") && there(".lazy_tools.old"));
    }
}
