//! What was checked of an artifact beyond its digest.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A signature that was checked when the artifact was pinned. It holds no times, so that every machine writes the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Provenance {
    /// Whose kind of signature it is.
    pub from: SignatureKind,
    /// What it is over.
    pub over: SignedThing,
    /// The key: for npm `SHA256:` and the base64 of the digest of its DER form, for minisign its id in
    /// hex, for OpenPGP the fingerprint of the primary key in hex.
    pub key: String,
}

/// A kind of signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignatureKind {
    /// An npm registry's own, ECDSA P-256.
    Npm,
    /// minisign's, Ed25519.
    Minisign,
    /// OpenPGP's.
    OpenPgp,
}

/// What a signature is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignedThing {
    /// The artifact's bytes.
    Artifact,
    /// The checksum file from which the artifact's digest was taken.
    Checksums,
    /// The artifact's name, version and digest, as the registry publishes them.
    Digest,
}

impl fmt::Display for SignatureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Npm => "npm",
            Self::Minisign => "minisign",
            Self::OpenPgp => "openpgp",
        })
    }
}
