//! A workspace's lock file held against a bundle.
//!
//! Bazel asks the bundle's mirrors through `file://`, and for those it looks at no digest of the lock: a mirror that lags
//! behind the lock would only show as a module that is not found, and one that has a file too much as another build.

use std::fmt;
use std::path::Path;

use lazytools_lock::CachePath;

use crate::bazel_version::BazelVersion;
use crate::lock_file::LockFile;
use crate::manifest::Manifest;
use crate::{AirgapError, Result};

/// Something in which a lock file and a bundle do not agree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Disagreement {
    /// The lock says that a registry has a file, and the mirror does not.
    Missing {
        /// The file's address.
        url: String,
    },
    /// The mirror's file has other bytes than the lock says.
    Other {
        /// The file's address.
        url: String,
    },
    /// The lock says that a registry does not have the file, so that Bazel went on to the next one, and the mirror has it.
    Found {
        /// The file's address.
        url: String,
    },
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { url } => write!(f, "{url} is in the lock, and not in the bundle"),
            Self::Other { url } => write!(f, "{url} has another digest in the lock than in the bundle"),
            Self::Found { url } => write!(
                f,
                "{url} is \"not found\" in the lock, so that Bazel asked the next registry, and the bundle has it"
            ),
        }
    }
}

/// Everything in which the lock and the bundle do not agree, sorted. Registries that the bundle does not mirror say
/// nothing.
pub fn disagreements(lock: &LockFile, manifest: &Manifest) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for (url, digest) in &lock.registry_files {
        // Where one address is the beginning of another, the longer one is the registry of the file.
        let mirrors = manifest.registries.iter().filter_map(|one| Some((one, one.url.path_of(url)?)));
        let Some((registry, inside)) = mirrors.max_by_key(|(one, _)| one.url.as_str().len()) else { continue };
        let path: CachePath = registry.path.join(&inside);
        let shown = || lazytools_fetch::redact::redact(url);
        match (digest, manifest.files.get(&path)) {
            (Some(_), None) => found.push(Disagreement::Missing { url: shown() }),
            (Some(digest), Some(entry)) if *digest != entry.sha256 => found.push(Disagreement::Other { url: shown() }),
            (None, Some(_)) => found.push(Disagreement::Found { url: shown() }),
            _ => {}
        }
    }
    found.sort();
    found
}

/// The lock file of a workspace, if there is one that says something; fails where it is of another Bazel, or does not
/// agree with the bundle.
pub fn check(workspace: &Path, version: BazelVersion, manifest: &Manifest) -> Result<Option<LockFile>> {
    let path = workspace.join("MODULE.bazel.lock");
    if !path.exists() {
        return Ok(None);
    }
    let lock = LockFile::read(&path)?;
    let Some(number) = lock.version else { return Ok(None) };
    if !version.lock_versions().contains(&number) {
        let message = format!(
            "its lockFileVersion {number} is of another Bazel than {version}, which would take it for empty: use the Bazel \
             that wrote it (the bundle was collected with {}), or write it anew with {version} on the connected side",
            manifest.bazel
        );
        return Err(AirgapError::LockFile { path, message });
    }
    let disagreements = disagreements(&lock, manifest);
    if disagreements.is_empty() {
        Ok(Some(lock))
    } else {
        Err(AirgapError::LockDisagrees { path, disagreements })
    }
}
