//! Digests of a file, all in one pass.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::num::NonZeroU64;
use std::path::Path;

use lazytools_lock::step::DigestAlgorithm;
use lazytools_lock::{Algorithm, Integrity};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::error::FetchError;

/// Works the digests of bytes out as they pass.
#[derive(Default)]
pub struct Digests {
    md5: Md5,
    sha1: Sha1,
    sha256: Sha256,
    sha384: Sha384,
    sha512: Sha512,
    size: u64,
}

/// What is known of a file whose bytes were seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFacts {
    /// How many bytes it has; none where it is empty.
    pub size: Option<NonZeroU64>,
    /// Its digests.
    pub digests: BTreeMap<DigestAlgorithm, Vec<u8>>,
}

impl Digests {
    /// Takes bytes in.
    pub fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.sha1.update(bytes);
        self.sha256.update(bytes);
        self.sha384.update(bytes);
        self.sha512.update(bytes);
        self.size += bytes.len() as u64;
    }

    /// The facts about all bytes taken in.
    pub fn finish(self) -> FileFacts {
        let digests = BTreeMap::from([
            (DigestAlgorithm::Md5, self.md5.finalize().to_vec()),
            (DigestAlgorithm::Sha1, self.sha1.finalize().to_vec()),
            (DigestAlgorithm::Sha256, self.sha256.finalize().to_vec()),
            (DigestAlgorithm::Sha384, self.sha384.finalize().to_vec()),
            (DigestAlgorithm::Sha512, self.sha512.finalize().to_vec()),
        ]);
        FileFacts { size: NonZeroU64::new(self.size), digests }
    }
}

impl FileFacts {
    /// The facts about a local file.
    pub fn of(path: &Path) -> Result<Self, FetchError> {
        let mut file = File::open(path).map_err(FetchError::file(path))?;
        let mut digests = Digests::default();
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = file.read(&mut buffer).map_err(FetchError::file(path))?;
            if count == 0 {
                return Ok(digests.finish());
            }
            digests.update(&buffer[..count]);
        }
    }

    /// The integrity in an algorithm.
    pub fn integrity(&self, algorithm: Algorithm) -> Option<Integrity> {
        Integrity::from_bytes(algorithm, self.digests.get(&DigestAlgorithm::from(algorithm))?)
    }
}
