//! MODULE.bazel.lock, as far as it says which files of registries a build needs.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::digest::{Algorithm, Digest};
use crate::json::{self, Kind};
use crate::{AirgapError, Result};

const KIND: Kind = Kind {
    what: "the lock file",
    mend: "Restore it from version control, or remove it and run `bazel mod deps`, which writes it anew",
};

/// The oldest form with digests of registry files (Bazel 7.2).
const OLDEST: u64 = 11;
/// The newest that is known (Bazel 9.2).
const NEWEST: u64 = 28;

/// What a lock file says of registries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockFile {
    /// The version of its form; `None` for the empty one that Debian's Bazel 7 writes.
    pub version: Option<u64>,
    /// The files that were asked for, by address, with their digests; `None` where the registry does not have the file,
    /// which counts, too: Bazel asks registries in order.
    pub registry_files: BTreeMap<String, Option<Digest>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Text {
    lock_file_version: Option<u64>,
    #[serde(default)]
    registry_file_hashes: BTreeMap<String, Option<String>>,
}

impl LockFile {
    /// Reads a lock file of any form from that of Bazel 7.2 to that of Bazel 9.2.
    pub fn read(path: &Path) -> Result<Self> {
        let text: Text = json::read(KIND, path)?;
        let fail = |message| Err(AirgapError::LockFile { path: path.to_owned(), message });
        match text.lock_file_version {
            Some(version) if version < OLDEST => {
                return fail(format!(
                    "its lockFileVersion {version} is of a Bazel before 7.2: build once with Bazel {} or newer, which \
                     writes it anew",
                    crate::bazel_version::BazelVersion::OLDEST
                ));
            }
            Some(version) if version > NEWEST => {
                return fail(format!(
                    "its lockFileVersion {version} is newer than this lazytools, which knows {NEWEST} and older: use a \
                     newer lazytools"
                ));
            }
            _ => {}
        }
        let mut registry_files = BTreeMap::new();
        for (url, digest) in text.registry_file_hashes {
            let digest = match digest.as_deref() {
                // The words are Bazel's; null is what some tools that merge lock files make of them.
                None | Some("not found") => None,
                Some(digits) => match Digest::from_hex(Algorithm::Sha256, digits) {
                    Some(digest) => Some(digest),
                    None => return fail(format!("registryFileHashes[{url:?}] is {digits:?}, which is no SHA-256")),
                },
            };
            registry_files.insert(url, digest);
        }
        Ok(Self { version: text.lock_file_version, registry_files })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<LockFile> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("MODULE.bazel.lock");
        std::fs::write(&path, text).unwrap();
        LockFile::read(&path)
    }

    #[test]
    fn all_forms_say_the_same_of_registries() {
        let digest = Algorithm::Sha256.digest(b"module()");
        for version in [11, 13, 14, 16, 18, 24, 26, 28] {
            let text = format!(
                r#"{{"lockFileVersion": {version},
                "registryFileHashes": {{
                  "https://a.example/modules/m/1.0/MODULE.bazel": "not found",
                  "https://b.example/modules/m/1.0/MODULE.bazel": "{}",
                  "https://c.example/modules/m/1.0/MODULE.bazel": null
                }},
                "selectedYankedVersions": {{}}, "moduleExtensions": {{"//:x.bzl%x": {{"general": {{}}}}}}, "facts": {{}}}}"#,
                digest.hex()
            );
            let lock = read(&text).unwrap();
            assert_eq!(lock.version, Some(version));
            let digests: Vec<_> = lock.registry_files.into_values().collect();
            assert_eq!(digests, [None, Some(digest.clone()), None]);
        }
    }

    #[test]
    fn the_empty_one_of_debian() {
        assert_eq!(read("{}").unwrap(), LockFile { version: None, registry_files: BTreeMap::new() });
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let error = |text| read(text).unwrap_err().to_string();
        assert!(error(r#"{"lockFileVersion": 6}"#).contains("of a Bazel before 7.2"));
        assert!(error(r#"{"lockFileVersion": 29}"#).contains("newer than this lazytools"));
        assert!(error(r#"{"lockFileVersion": 13, "registryFileHashes": {"u": "12"}}"#)
            .contains("is \"12\", which is no SHA-256"));
        let damaged = error(r#"{"lockFileVersion": 13, "registryFileHashes": {"u": 1}}"#);
        assert!(damaged.contains("at registryFileHashes.u: invalid type") && damaged.ends_with("(LT701)"), "{damaged}");
        assert!(error("{} {").contains("trailing characters"));
    }
}
