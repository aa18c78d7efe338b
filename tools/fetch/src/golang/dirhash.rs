//! Go's `h1:` sum of a module: SHA-256 over the sorted list of its files' SHA-256 digests and names.

use std::fmt;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::str::FromStr;

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use sha2::{Digest as _, Sha256};
use zip::ZipArchive;

/// The most bytes that a module's files may have together; go's own bound is 500 MB.
const MAX_BYTES: u64 = 1 << 30;

/// A sum as go.sum holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirHash([u8; 32]);

impl DirHash {
    /// The sum of a module's zip; in words, why it has none.
    pub fn of_zip(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| error.to_string())?;
        let mut files = Vec::new();
        let mut left = MAX_BYTES;
        for index in 0..archive.len() {
            let member = archive.by_index(index).map_err(|error| error.to_string())?;
            let name = member.name().to_owned();
            if name.contains('\n') {
                return Err("a file's name has a newline".to_owned());
            }
            let mut digest = Sha256::new();
            let count = std::io::copy(&mut member.take(left), &mut digest).map_err(|error| error.to_string())?;
            left -= count;
            if left == 0 {
                return Err(format!("its files have more than {MAX_BYTES} bytes"));
            }
            files.push((name, digest.finalize().to_vec()));
        }
        Ok(Self::of(files))
    }

    /// The sum of a go.mod.
    pub fn of_mod(bytes: &[u8]) -> Self {
        Self::of(vec![("go.mod".to_owned(), Sha256::digest(bytes).to_vec())])
    }

    fn of(mut files: Vec<(String, Vec<u8>)>) -> Self {
        files.sort();
        let mut sum = Sha256::new();
        for (name, digest) in &files {
            sum.update(format!("{}  {name}\n", hex::encode(digest)));
        }
        Self(sum.finalize().into())
    }
}

impl fmt::Display for DirHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "h1:{}", STANDARD.encode(self.0))
    }
}

impl FromStr for DirHash {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let bytes = STANDARD.decode(text.strip_prefix("h1:").ok_or(())?).map_err(|_| ())?;
        bytes.try_into().map(Self).map_err(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_go_makes_them() {
        // What `go mod download` writes for a go.mod that is just this line.
        let sum = DirHash::of_mod(b"module golang.org/x/text\n");
        assert_eq!(sum.to_string(), "h1:NqM8EUOU14njkJ3fqMW+pc6Ldnwhi/IjpwHt7yyuwOQ=");
        assert_eq!(sum.to_string().parse(), Ok(sum));
        assert_eq!("h1:AAAA".parse::<DirHash>(), Err(()));
    }
}
