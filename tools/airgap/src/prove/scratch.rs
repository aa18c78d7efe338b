//! Folders that go with a run.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};

use crate::files;

const PREFIX: &str = "prove-";
/// Held as long as the run goes on.
const LOCK: &str = "lock";

/// A folder that is removed with everything in it.
pub struct Scratch {
    path: PathBuf,
    _lock: Flock<File>,
}

impl Scratch {
    /// Makes a new one in a folder, and removes what runs that were killed have left there.
    pub fn new(parent: &Path) -> io::Result<Self> {
        files::folder(parent)?;
        let parent = fs::canonicalize(parent)?;
        for entry in fs::read_dir(&parent)?.flatten() {
            if entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX)) {
                remove_if_left(&entry.path());
            }
        }
        let path = tempfile::Builder::new().prefix(PREFIX).tempdir_in(&parent)?.keep();
        let locked = || {
            // It gets its name when it is locked, so that nobody takes it for one that was left.
            let new = path.join("new");
            let lock = Flock::lock(File::create(&new)?, FlockArg::LockExclusiveNonblock).map_err(|(_, error)| error)?;
            fs::rename(new, path.join(LOCK))?;
            Ok(lock)
        };
        match locked() {
            Ok(lock) => Ok(Self { path, _lock: lock }),
            Err(error) => {
                let _ = files::remove_tree(&path);
                Err(error)
            }
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays is removed by the next run.
        let _ = files::remove_tree(&self.path);
    }
}

fn remove_if_left(path: &Path) {
    let Ok(lock) = File::open(path.join(LOCK)) else { return };
    if Flock::lock(lock, FlockArg::LockExclusiveNonblock).is_ok() {
        let _ = files::remove_tree(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_run_left_goes_and_what_is_in_use_stays() {
        let parent = tempfile::tempdir().unwrap();
        let used = Scratch::new(parent.path()).unwrap();
        let left = parent.path().join("prove-left");
        let other = parent.path().join("prove-without-lock");
        for folder in [&left, &other] {
            fs::create_dir(folder).unwrap();
        }
        fs::write(left.join(LOCK), "").unwrap();
        let second = Scratch::new(parent.path()).unwrap();
        assert!(used.path().exists() && second.path().exists() && other.exists() && !left.exists());
        let path = used.path().to_owned();
        drop(used);
        assert!(!path.exists());
    }
}
