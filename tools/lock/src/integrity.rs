//! Subresource integrity: the digest of an artifact's bytes, as Bazel and npm write it.

use std::fmt;
use std::io::{self, Read};
use std::str::FromStr;

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256, Sha384, Sha512};

/// A digest algorithm that is strong enough to pin with. Weaker ones have no name here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Algorithm {
    /// SHA-256, 32 bytes.
    Sha256,
    /// SHA-384, 48 bytes.
    Sha384,
    /// SHA-512, 64 bytes.
    Sha512,
}

impl Algorithm {
    /// The name in an SRI string: `sha256`, `sha384` or `sha512`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// How many bytes the digest has.
    #[allow(clippy::len_without_is_empty, reason = "no digest is empty")]
    pub fn len(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The digest of bytes that are in memory.
    pub fn digest(self, bytes: &[u8]) -> Integrity {
        let digest = match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        };
        Integrity { algorithm: self, digest }
    }

    /// The digest of all that a reader gives, however much that is.
    pub fn digest_of(self, mut bytes: impl Read) -> io::Result<Integrity> {
        fn feed<D: Digest>(bytes: &mut impl Read) -> io::Result<Vec<u8>> {
            let mut hasher = D::new();
            let mut buffer = vec![0; 1 << 16];
            loop {
                match bytes.read(&mut buffer) {
                    Ok(0) => return Ok(hasher.finalize().to_vec()),
                    Ok(count) => hasher.update(&buffer[..count]),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
        }
        let digest = match self {
            Self::Sha256 => feed::<Sha256>(&mut bytes)?,
            Self::Sha384 => feed::<Sha384>(&mut bytes)?,
            Self::Sha512 => feed::<Sha512>(&mut bytes)?,
        };
        Ok(Integrity { algorithm: self, digest })
    }
}

/// A digest in SRI form: `sha256-<base64>`.
///
/// ```
/// use lazytools_lock::Integrity;
/// let empty: Integrity = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".parse().unwrap();
/// assert_eq!(empty.hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Integrity {
    algorithm: Algorithm,
    digest: Vec<u8>,
}

/// Why a text is no integrity.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum IntegrityError {
    /// There is no `-` between algorithm and digest.
    #[error("integrity {0:?} has no algorithm: write it as sha256-<base64> (LT104)")]
    NoAlgorithm(String),
    /// The algorithm is unknown or too weak.
    #[error("integrity {text:?} uses {algorithm:?}: only sha256, sha384 and sha512 pin an artifact (LT104)")]
    Algorithm {
        /// The whole text.
        text: String,
        /// The part before the `-`.
        algorithm: String,
    },
    /// The part after the `-` is not base64.
    #[error(
        "integrity {0:?} is not base64 after the algorithm: a digest in hex has to be converted, \
         as in `printf %s HEX | xxd -r -p | base64` (LT104)"
    )]
    Base64(String),
    /// The digest has the wrong number of bytes.
    #[error("integrity {text:?} holds {actual} bytes where {algorithm} has {expected} (LT104)")]
    Length {
        /// The whole text.
        text: String,
        /// The algorithm's name.
        algorithm: &'static str,
        /// How many bytes the text holds.
        actual: usize,
        /// How many bytes the algorithm has.
        expected: usize,
    },
}

impl Integrity {
    /// An integrity from a digest's raw bytes; `None` where the length does not fit the algorithm.
    pub fn from_bytes(algorithm: Algorithm, digest: &[u8]) -> Option<Self> {
        (digest.len() == algorithm.len()).then(|| Self { algorithm, digest: digest.to_vec() })
    }

    /// An integrity from a digest in hexadecimal, as checksum files hold it; `None` where it is not one.
    pub fn from_hex(algorithm: Algorithm, digest: &str) -> Option<Self> {
        Self::from_bytes(algorithm, &hex::decode(digest).ok()?)
    }

    /// The strongest digest of a text that may hold several, separated by spaces, and weak ones among them; `None`
    /// where there is none that pins.
    pub fn strongest(text: &str) -> Option<Self> {
        text.split_ascii_whitespace().filter_map(|one| one.parse::<Self>().ok()).max_by_key(|one| one.algorithm.len())
    }

    /// The algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The digest's raw bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.digest
    }

    /// The digest in lower-case hexadecimal.
    pub fn hex(&self) -> String {
        hex::encode(&self.digest)
    }

    /// The digest in base64, without the algorithm.
    pub fn base64(&self) -> String {
        STANDARD.encode(&self.digest)
    }
}

impl fmt::Display for Integrity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.algorithm.name(), self.base64())
    }
}

impl FromStr for Integrity {
    type Err = IntegrityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, digest) = text.split_once('-').ok_or_else(|| IntegrityError::NoAlgorithm(text.to_owned()))?;
        let algorithm = match name {
            "sha256" => Algorithm::Sha256,
            "sha384" => Algorithm::Sha384,
            "sha512" => Algorithm::Sha512,
            other => return Err(IntegrityError::Algorithm { text: text.to_owned(), algorithm: other.to_owned() }),
        };
        let digest = STANDARD.decode(digest).map_err(|_| IntegrityError::Base64(text.to_owned()))?;
        if digest.len() != algorithm.len() {
            return Err(IntegrityError::Length {
                text: text.to_owned(),
                algorithm: algorithm.name(),
                actual: digest.len(),
                expected: algorithm.len(),
            });
        }
        Ok(Self { algorithm, digest })
    }
}

impl TryFrom<String> for Integrity {
    type Error = IntegrityError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Integrity> for String {
    fn from(integrity: Integrity) -> Self {
        integrity.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips() {
        for algorithm in [Algorithm::Sha256, Algorithm::Sha384, Algorithm::Sha512] {
            let integrity = algorithm.digest(b"abc");
            assert_eq!(integrity.to_string().parse::<Integrity>().unwrap(), integrity);
            assert_eq!(Integrity::from_hex(algorithm, &integrity.hex()), Some(integrity));
        }
    }

    #[test]
    fn the_strongest_digest_counts() {
        let sha256 = Algorithm::Sha256.digest(b"x");
        let sha512 = Algorithm::Sha512.digest(b"x");
        assert_eq!(Integrity::strongest(&format!("sha1-AAAA {sha512} {sha256}")), Some(sha512));
        assert_eq!(Integrity::strongest("sha1-Kq5sNclPz7QV2+lfQIuc6R7oRu0="), None);
    }

    #[test]
    fn refuses_what_is_no_integrity() {
        let message = |text: &str| text.parse::<Integrity>().unwrap_err().to_string();
        assert!(message("").contains("has no algorithm"));
        assert!(message("md5-1B2M2Y8AsgTpgAmY7PhCfg==").contains("only sha256, sha384 and sha512"));
        assert!(message("sha256-zz!").contains("not base64"));
        assert!(message("sha256-AAAA").contains("holds 3 bytes where sha256 has 32"));
        let hex = format!("sha256-{}", Algorithm::Sha256.digest(b"").hex());
        assert!(message(&hex).contains("holds 48 bytes"), "a hex digest is valid base64 of another length");
    }
}
