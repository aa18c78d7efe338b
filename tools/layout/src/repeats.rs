//! Members that a tar archive has twice.
//!
//! npm has packed many a package with `dist/index.js` and `./dist/index.js`, which is one file with the same bytes. The
//! first one is written, and in the end the second one's digest is held against what is there.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::error::{output, Outcome, Problem};

/// A member that was not written, because its file is there already.
pub struct Repeat {
    path: Arc<str>,
    /// The step.
    pub step: usize,
    digest: [u8; 32],
}

impl Repeat {
    /// Reads the member.
    pub fn read(path: Arc<str>, step: usize, mut next: impl FnMut(&mut [u8]) -> Outcome<usize>) -> Outcome<Self> {
        let mut hasher = Sha256::default();
        let mut buffer = [0; 16 << 10];
        loop {
            match next(&mut buffer)? {
                0 => return Ok(Self { path, step, digest: hasher.finalize().into() }),
                filled => hasher.update(&buffer[..filled]),
            }
        }
    }

    /// That the file that is there has the same bytes.
    pub fn check(&self, root: &Path) -> Outcome<()> {
        let path = root.join(&*self.path);
        let mut hasher = Sha256::default();
        let mut file = File::open(&path).map_err(output("read", &path))?;
        io::copy(&mut file, &mut hasher).map_err(output("read", &path))?;
        let digest: [u8; 32] = hasher.finalize().into();
        if digest == self.digest {
            return Ok(());
        }
        Err(Problem::Collision {
            path: self.path.to_string(),
            other: format!("{} of the same step", self.path),
            reason: "both write it, with different bytes",
        })
    }
}
