//! Files of a bundle: copied while they are digested, and there whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::{mpsc, Arc};
use std::thread;

use crate::digest::{Algorithm, Digest, Hasher};

/// Large enough that the system calls do not count.
const BUFFER: usize = 1 << 18;

/// From here on a thread of its own pays.
const LONG: u64 = 4 << 20;
/// How many buffers go round in a long copy.
const BUFFERS: usize = 8;

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

/// Copies file after file. Of a long one the bytes are digested by a thread of their own while others are written.
#[derive(Debug)]
pub struct Copier(Vec<u8>);

impl Default for Copier {
    fn default() -> Self {
        Self(vec![0; BUFFER])
    }
}

impl Copier {
    /// Reads all of `from`, which has about `size` bytes, writes it to `to`, and says what it was. `done` hears of bytes as
    /// they are written.
    pub fn copy(
        &mut self,
        algorithm: Algorithm,
        size: u64,
        mut from: impl Read,
        mut to: impl Write,
        done: &dyn Fn(u64),
    ) -> io::Result<Facts> {
        if size >= LONG {
            return copy_long(algorithm, from, to, done);
        }
        let mut digests = Digests::new(algorithm);
        while let Some(length) = read(&mut from, &mut self.0)? {
            digests.update(&self.0[..length]);
            to.write_all(&self.0[..length])?;
            done(length as u64);
        }
        Ok(digests.finish())
    }
}

/// The digests of what goes by.
struct Digests {
    sha256: Hasher,
    other: Option<Hasher>,
    size: u64,
}

impl Digests {
    fn new(algorithm: Algorithm) -> Self {
        let other = (algorithm != Algorithm::Sha256).then(|| Hasher::new(algorithm));
        Self { sha256: Hasher::new(Algorithm::Sha256), other, size: 0 }
    }

    fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        if let Some(other) = &mut self.other {
            other.update(bytes);
        }
        self.size += bytes.len() as u64;
    }

    fn finish(self) -> Facts {
        let sha256 = self.sha256.finish();
        Facts { digest: self.other.map_or_else(|| sha256.clone(), Hasher::finish), sha256, size: self.size }
    }
}

/// Some more bytes; `None` at the end.
fn read(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<Option<usize>> {
    loop {
        match from.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return Ok(Some(read?).filter(|length| *length > 0)),
        }
    }
}

fn copy_long(algorithm: Algorithm, mut from: impl Read, mut to: impl Write, done: &dyn Fn(u64)) -> io::Result<Facts> {
    // A few buffers go round: from here to the thread and back. They bound the memory.
    let (full, to_digest) = mpsc::sync_channel::<(Arc<Vec<u8>>, usize)>(BUFFERS);
    let (empty, free) = mpsc::sync_channel::<Arc<Vec<u8>>>(BUFFERS);
    for _ in 0..BUFFERS {
        let _ = empty.send(Arc::new(vec![0; BUFFER]));
    }
    thread::scope(|scope| {
        let digesting = scope.spawn(move || {
            let mut digests = Digests::new(algorithm);
            for (buffer, length) in to_digest {
                digests.update(&buffer[..length]);
                let _ = empty.send(buffer);
            }
            digests.finish()
        });
        let written = (|| {
            let gone = || io::Error::other("the thread that digests has ended");
            loop {
                let mut buffer = free.recv().map_err(|_| gone())?;
                // Both sides have let go of a buffer that came back.
                let bytes = Arc::get_mut(&mut buffer).ok_or_else(gone)?;
                let Some(length) = read(&mut from, bytes)? else { return Ok(()) };
                full.send((Arc::clone(&buffer), length)).map_err(|_| gone())?;
                to.write_all(&buffer[..length])?;
                done(length as u64);
            }
        })();
        drop(full);
        let facts = digesting.join().map_err(|_| io::Error::other("the thread that digests has failed"))?;
        written.map(|()| facts)
    })
}

/// Reads all of `from`, writes it to `to`, and says what it was.
pub fn copy(algorithm: Algorithm, from: impl Read, to: impl Write) -> io::Result<Facts> {
    Copier::default().copy(algorithm, 0, from, to, &|_| {})
}

/// What a file is.
pub fn facts(algorithm: Algorithm, path: &Path) -> io::Result<Facts> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    Copier::default().copy(algorithm, size, file, io::sink(), &|_| {})
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
#[cfg(unix)]
pub fn new_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    fs::DirBuilder::new().mode(0o755).create(path)?;
    // The umask most often leaves it as it is to be; to change it costs the disk more than to look.
    match fs::symlink_metadata(path)?.permissions().mode() & 0o777 {
        0o755 => Ok(()),
        _ => mode(path, 0o755),
    }
}

/// Makes a folder, where there is nothing yet.
#[cfg(not(unix))]
pub fn new_folder(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}

/// Makes a file where there is none, and not through a link, that everyone can read and, if it is so, start.
#[cfg(unix)]
pub fn new_file(path: &Path, executable: bool) -> io::Result<File> {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    let wanted = if executable { 0o755 } else { 0o644 };
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(wanted).open(path)?;
    if file.metadata()?.permissions().mode() & 0o777 != wanted {
        file.set_permissions(fs::Permissions::from_mode(wanted))?;
    }
    Ok(file)
}

/// Makes a file where there is none, and not through a link.
#[cfg(not(unix))]
pub fn new_file(path: &Path, _: bool) -> io::Result<File> {
    File::create_new(path)
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
        let bytes = vec![7; 23 * BUFFER + 1];
        for size in [0, LONG] {
            let (mut copied, heard) = (Vec::new(), std::cell::Cell::new(0));
            let done = |bytes| heard.set(heard.get() + bytes);
            let facts = Copier::default().copy(Algorithm::Sha512, size, &bytes[..], &mut copied, &done).unwrap();
            assert_eq!(copied, bytes);
            assert_eq!((facts.size, heard.get()), (bytes.len() as u64, bytes.len() as u64));
            let digests = (Algorithm::Sha512.digest(&bytes), Algorithm::Sha256.digest(&bytes));
            assert_eq!((facts.digest, facts.sha256), digests);
        }
    }

    #[test]
    fn a_long_copy_fails_as_what_it_writes_to_does() {
        struct Full(usize);
        impl Write for Full {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let copy = |room| Copier::default().copy(Algorithm::Sha256, LONG, io::repeat(1), Full(room), &|_| {});
        for room in [0, BUFFER, 30 * BUFFER] {
            assert_eq!(copy(room).unwrap_err().kind(), io::ErrorKind::StorageFull);
        }
    }
}
