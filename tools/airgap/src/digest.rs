//! Digests as Bazel's repository cache names files by them.

use std::fmt;
use std::str::FromStr;

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use serde::{Deserialize, Serialize};
use sha2::Digest as _;

/// A digest algorithm of Bazel's repository cache. The weak SHA-1 is among them, because Bazel takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// BLAKE3, 32 bytes.
    Blake3,
    /// SHA-1, 20 bytes.
    Sha1,
    /// SHA-256, 32 bytes.
    Sha256,
    /// SHA-384, 48 bytes.
    Sha384,
    /// SHA-512, 64 bytes.
    Sha512,
}

impl Algorithm {
    /// All of them, by name.
    pub const ALL: [Self; 5] = [Self::Blake3, Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512];

    /// The name of its folder in a repository cache, and in an `integrity`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blake3 => "blake3",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// The algorithm of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// How many bytes a digest has.
    #[allow(clippy::len_without_is_empty, reason = "no digest is empty")]
    pub fn len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Blake3 | Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The digest of bytes that are in memory.
    pub fn digest(self, bytes: &[u8]) -> Digest {
        let mut hasher = Hasher::new(self);
        hasher.update(bytes);
        hasher.finish()
    }
}

/// A digest. As a text it is `sha256:<hex in lower case>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest {
    algorithm: Algorithm,
    bytes: Vec<u8>,
}

/// Why a text is no digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no digest: it has to be blake3, sha1, sha256, sha384 or sha512 with as many bytes as that has")]
pub struct NoDigest(String);

impl Digest {
    /// A digest from hexadecimal digits; `None` where they are not as many as the algorithm has.
    pub fn from_hex(algorithm: Algorithm, digits: &str) -> Option<Self> {
        let bytes = hex::decode(digits).ok()?;
        (bytes.len() == algorithm.len()).then_some(Self { algorithm, bytes })
    }

    /// What a repository rule declares for a download: `integrity` wins over `sha256`, as in Bazel. `None` where both
    /// are empty.
    pub fn declared(sha256: &str, integrity: &str) -> Result<Option<Self>, NoDigest> {
        if !integrity.is_empty() {
            return Self::from_integrity(integrity).map(Some);
        }
        if sha256.is_empty() {
            return Ok(None);
        }
        Self::from_hex(Algorithm::Sha256, sha256).map(Some).ok_or_else(|| NoDigest(sha256.to_owned()))
    }

    /// A digest in the form of subresource integrity, `sha512-<base64>`.
    pub fn from_integrity(text: &str) -> Result<Self, NoDigest> {
        let parse = || {
            let (name, digest) = text.split_once('-')?;
            let (algorithm, bytes) = (Algorithm::named(name)?, STANDARD.decode(digest).ok()?);
            (bytes.len() == algorithm.len()).then_some(Self { algorithm, bytes })
        };
        parse().ok_or_else(|| NoDigest(text.to_owned()))
    }

    /// The algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The digest in lower-case hexadecimal.
    pub fn hex(&self) -> String {
        hex::encode(&self.bytes)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.name(), self.hex())
    }
}

impl FromStr for Digest {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Self, NoDigest> {
        let (name, digits) = text.split_once(':').ok_or_else(|| NoDigest(text.to_owned()))?;
        let digest = Algorithm::named(name).and_then(|algorithm| Self::from_hex(algorithm, digits));
        digest.filter(|digest| digest.to_string() == text).ok_or_else(|| NoDigest(text.to_owned()))
    }
}

impl TryFrom<String> for Digest {
    type Error = NoDigest;

    fn try_from(text: String) -> Result<Self, NoDigest> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

/// Digests bytes as they come.
pub struct Hasher(State);

enum State {
    // Boxed: its state is some 2 KiB.
    Blake3(Box<blake3::Hasher>),
    Sha1(sha1::Sha1),
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
}

impl Hasher {
    /// For an algorithm.
    pub fn new(algorithm: Algorithm) -> Self {
        Self(match algorithm {
            Algorithm::Blake3 => State::Blake3(Box::default()),
            Algorithm::Sha1 => State::Sha1(sha1::Sha1::default()),
            Algorithm::Sha256 => State::Sha256(sha2::Sha256::default()),
            Algorithm::Sha384 => State::Sha384(sha2::Sha384::default()),
            Algorithm::Sha512 => State::Sha512(sha2::Sha512::default()),
        })
    }

    /// The next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Blake3(hasher) => drop(hasher.update(bytes)),
            State::Sha1(hasher) => hasher.update(bytes),
            State::Sha256(hasher) => hasher.update(bytes),
            State::Sha384(hasher) => hasher.update(bytes),
            State::Sha512(hasher) => hasher.update(bytes),
        }
    }

    /// The digest of all that came.
    pub fn finish(self) -> Digest {
        let (algorithm, bytes) = match self.0 {
            State::Blake3(hasher) => (Algorithm::Blake3, hasher.finalize().as_bytes().to_vec()),
            State::Sha1(hasher) => (Algorithm::Sha1, hasher.finalize().to_vec()),
            State::Sha256(hasher) => (Algorithm::Sha256, hasher.finalize().to_vec()),
            State::Sha384(hasher) => (Algorithm::Sha384, hasher.finalize().to_vec()),
            State::Sha512(hasher) => (Algorithm::Sha512, hasher.finalize().to_vec()),
        };
        Digest { algorithm, bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_digests_of_nothing() {
        let hex = |algorithm: Algorithm| algorithm.digest(b"").hex();
        assert_eq!(hex(Algorithm::Sha1), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        assert_eq!(hex(Algorithm::Sha256), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(hex(Algorithm::Blake3), "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
        assert!(hex(Algorithm::Sha384).starts_with("38b060a751ac9638"));
        assert!(hex(Algorithm::Sha512).starts_with("cf83e1357eefb8bd"));
    }

    #[test]
    fn texts_round_trip_and_hold_the_right_length() {
        for algorithm in Algorithm::ALL {
            let digest = algorithm.digest(b"abc");
            assert_eq!(digest.to_string().parse::<Digest>().unwrap(), digest);
            assert_eq!(digest.hex().len(), 2 * algorithm.len());
        }
        for bad in [
            "",
            "sha256",
            "sha256:ab",
            "md5:d41d8cd98f00b204e9800998ecf8427e",
            "sha1:DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
        ] {
            assert!(bad.parse::<Digest>().is_err(), "{bad}");
        }
    }

    #[test]
    fn integrity_wins_over_sha256() {
        let sha512 = "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";
        let sha256 = Algorithm::Sha256.digest(b"x").hex();
        let declared = Digest::declared(&sha256, sha512).unwrap().unwrap();
        assert_eq!(declared, Algorithm::Sha512.digest(b""));
        assert_eq!(Digest::declared(&sha256.to_uppercase(), "").unwrap().unwrap().hex(), sha256);
        assert_eq!(Digest::declared("", ""), Ok(None));
        assert!(Digest::declared("12", "").unwrap_err().to_string().contains("\"12\" is no digest"));
        assert!(Digest::declared("", "md5-AAAA").is_err());
    }
}
