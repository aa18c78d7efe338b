//! A file that is being fetched. What has come of it stays when the connection or the process breaks off, so that the
//! rest alone is fetched the next time.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use crate::digests::Digests;
use crate::remembered::Validators;

/// A file that grows.
pub(crate) struct Partial {
    file: File,
    path: PathBuf,
    /// Beside a file that may be continued: what the server said of it.
    note: Option<PathBuf>,
    validators: Option<Validators>,
    /// Makes a file that cannot be continued vanish.
    vanishing: Option<TempPath>,
}

impl Partial {
    /// The file under a name in a folder, as far as it has come. While another process works at it, or where a file
    /// cannot be locked, a new one that nobody continues.
    pub fn open(folder: &Path, name: &str) -> std::io::Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join(name);
        if let Some(file) = lock(&path)? {
            let note = folder.join(format!("{name}.json"));
            let validators = fs::read(&note).ok().and_then(|text| serde_json::from_slice(&text).ok());
            return Ok(Self { file, path, note: Some(note), validators, vanishing: None });
        }
        let (file, path) = NamedTempFile::new_in(folder)?.into_parts();
        Ok(Self { file, path: path.to_path_buf(), note: None, validators: None, vanishing: Some(path) })
    }

    /// How many bytes have come.
    pub fn size(&self) -> std::io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// What the server said of the bytes that have come.
    pub fn validators(&self) -> Option<&Validators> {
        self.validators.as_ref()
    }

    /// Throws away what has come, and notes what the server says of what is to come.
    pub fn begin(&mut self, validators: Option<Validators>) -> std::io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        if let Some(note) = &self.note {
            match &validators {
                Some(found) => fs::write(note, serde_json::to_vec(found)?)?,
                None => drop(fs::remove_file(note)),
            }
        }
        self.validators = validators;
        Ok(())
    }

    /// The digests of what has come, and from now on its end is written to.
    pub fn continued(&mut self) -> std::io::Result<Digests> {
        self.file.rewind()?;
        let mut digests = Digests::default();
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = self.file.read(&mut buffer)?;
            if count == 0 {
                self.file.seek(SeekFrom::End(0))?;
                return Ok(digests);
            }
            digests.update(&buffer[..count]);
        }
    }

    /// Takes bytes in.
    pub fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.file.write_all(bytes)
    }

    /// The whole file, ready to be kept; it vanishes unless it is.
    pub fn whole(&mut self) -> std::io::Result<NamedTempFile> {
        if let Some(note) = &self.note {
            let _ = fs::remove_file(note);
        }
        let path = match self.vanishing.take() {
            Some(path) => path,
            None => TempPath::try_from_path(&self.path)?,
        };
        Ok(NamedTempFile::from_parts(self.file.try_clone()?, path))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Still locked, so it is nobody else's.
        if self.note.is_some() && self.size().is_ok_and(|size| size == 0) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The file, locked for this process. None: another one has it.
#[cfg(unix)]
fn lock(path: &Path) -> std::io::Result<Option<File>> {
    use std::os::unix::fs::MetadataExt as _;

    use rustix::fs::{flock, FlockOperation};

    for _ in 0..8 {
        let file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
            return Ok(None);
        }
        // Who had it before may have finished it and moved it away: then this is another file than the one of the name.
        let here = fs::metadata(path).map(|found| (found.dev(), found.ino())).ok();
        let held = file.metadata()?;
        if here == Some((held.dev(), held.ino())) {
            return Ok(Some(file));
        }
    }
    Ok(None)
}

#[cfg(not(unix))]
fn lock(_path: &Path) -> std::io::Result<Option<File>> {
    Ok(None)
}

#[cfg(all(test, unix))]
mod tests {
    use lazytools_lock::Algorithm;

    use super::*;

    #[test]
    fn what_has_come_is_continued() {
        let folder = tempfile::tempdir().unwrap();
        let mut partial = Partial::open(folder.path(), "k").unwrap();
        partial.begin(Some(Validators::default())).unwrap();
        partial.write(b"half ").unwrap();
        // Another one at the same time gets a file of its own.
        let mut other = Partial::open(folder.path(), "k").unwrap();
        other.begin(None).unwrap();
        other.write(b"other").unwrap();
        drop(other);
        drop(partial);
        let mut partial = Partial::open(folder.path(), "k").unwrap();
        assert_eq!(partial.size().unwrap(), 5);
        assert_eq!(partial.validators(), Some(&Validators::default()));
        let mut digests = partial.continued().unwrap();
        partial.write(b"a file").unwrap();
        digests.update(b"a file");
        let whole = partial.whole().unwrap();
        assert_eq!(fs::read(whole.path()).unwrap(), b"half a file");
        let digest = Algorithm::Sha256.digest(b"half a file");
        assert_eq!(digests.finish().integrity(Algorithm::Sha256), Some(digest));
        drop((whole, partial));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
