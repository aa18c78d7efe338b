//! Files of a bundle: copied while they are digested, and there whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use crate::digest::{Algorithm, Digest, Hasher};

/// Large enough that the system calls do not count.
const BUFFER: usize = 1 << 18;

/// What a file turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The digest that was asked for.
    pub digest: Digest,
    /// The SHA-256, for the manifest.
    pub sha256: Digest,
    /// The size in bytes.
    pub size: u64,
}

/// Copies with one buffer, file after file.
#[derive(Debug)]
pub struct Copier(Vec<u8>);

impl Default for Copier {
    fn default() -> Self {
        Self(vec![0; BUFFER])
    }
}

impl Copier {
    /// Reads all of `from`, writes it to `to`, and says what it was. `done` hears of bytes as they are written.
    pub fn copy(
        &mut self,
        algorithm: Algorithm,
        mut from: impl Read,
        mut to: impl Write,
        done: &dyn Fn(u64),
    ) -> io::Result<Facts> {
        let mut hasher = Hasher::new(Algorithm::Sha256);
        let mut other = (algorithm != Algorithm::Sha256).then(|| Hasher::new(algorithm));
        let mut size = 0;
        loop {
            let length = match from.read(&mut self.0) {
                Ok(0) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            let bytes = &self.0[..length];
            hasher.update(bytes);
            if let Some(other) = &mut other {
                other.update(bytes);
            }
            to.write_all(bytes)?;
            size += length as u64;
            done(length as u64);
        }
        let sha256 = hasher.finish();
        Ok(Facts { digest: other.map_or_else(|| sha256.clone(), Hasher::finish), sha256, size })
    }
}

/// Reads all of `from`, writes it to `to`, and says what it was.
pub fn copy(algorithm: Algorithm, from: impl Read, to: impl Write) -> io::Result<Facts> {
    Copier::default().copy(algorithm, from, to, &|_| {})
}

/// What a file is.
pub fn facts(algorithm: Algorithm, path: &Path) -> io::Result<Facts> {
    copy(algorithm, File::open(path)?, io::sink())
}

/// Lets everyone read a file, whatever the umask of whoever writes the bundle is.
pub fn readable(path: &Path) -> io::Result<()> {
    mode(path, 0o644)
}

/// Lets everyone read and start a file.
pub fn executable(path: &Path) -> io::Result<()> {
    mode(path, 0o755)
}

/// Whether a file may be started by who owns it.
#[cfg(unix)]
pub fn is_executable(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    meta.permissions().mode() & 0o100 != 0
}

/// Whether a file may be started by who owns it: Windows does not say.
#[cfg(not(unix))]
pub fn is_executable(_: &fs::Metadata) -> bool {
    false
}

/// Makes a symlink.
#[cfg(unix)]
pub fn symlink(target: &str, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

/// Windows tells links to files from links to folders, and forbids both to most users.
#[cfg(not(unix))]
pub fn symlink(_: &str, _: &Path) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "a bundle with symlinks cannot be written on this machine"))
}

/// Makes a folder that everyone can read, and those above it.
pub fn folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        folder(parent)?;
    }
    match new_folder(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

/// Makes a folder that everyone can read, where there is nothing yet.
pub fn new_folder(path: &Path) -> io::Result<()> {
    fs::create_dir(path)?;
    mode(path, 0o755)
}

#[cfg(unix)]
fn mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn mode(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

/// Removes a folder with all in it, also what Bazel has made read-only.
pub fn remove_tree(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(_) => {
            make_writable(path);
            fs::remove_dir_all(path)
        }
        Ok(()) => Ok(()),
    }
}

fn make_writable(path: &Path) {
    let _ = mode(path, 0o700);
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            make_writable(&entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_says_what_it_copied() {
        let bytes = vec![7; 3 * BUFFER + 1];
        let mut copied = Vec::new();
        let facts = copy(Algorithm::Sha512, &bytes[..], &mut copied).unwrap();
        assert_eq!(copied, bytes);
        assert_eq!(facts.size, bytes.len() as u64);
        assert_eq!((facts.digest, facts.sha256), (Algorithm::Sha512.digest(&bytes), Algorithm::Sha256.digest(&bytes)));
    }
}
