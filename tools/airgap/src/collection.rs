//! A collection: what a build needs from elsewhere, and the bytes of it that could be had.
//!
//! On disk it is a folder with `collection.json`, `repository_cache/` as Bazel filled it, `registry_files/`, where each
//! file's name is its SHA-256, and `trees/` with folders that go into a bundle as they are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use lazytools_lock::CachePath;
use serde::{Deserialize, Serialize};

use crate::cache::{IdMarker, RepositoryCache};
use crate::clients;
use crate::digest::Digest;
use crate::json::{self, Kind};
use crate::registry::RegistryUrl;
use crate::tree::Tree;
use crate::Result;

/// The folder of a bundle with repositories as Bazel made them.
pub const VENDOR: &str = "vendor";
/// The file in it by which `--vendor_dir` takes them as they are.
pub const VENDOR_FILE: &str = "VENDOR.bazel";
/// The folder of a bundle with bare git repositories.
pub const GIT: &str = "git";
/// The folder of a bundle with downloads without a checksum.
pub const REPLAY: &str = "replay";

/// The version of the form.
pub const COLLECTION_VERSION: Version = Version;

const KIND: Kind = Kind {
    what: "the collection",
    mend: "Run `lazytools airgap collect` again with the same -o, which writes it anew",
};

/// The one version of the form that there is, 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Version;

impl TryFrom<u64> for Version {
    type Error = String;

    fn try_from(version: u64) -> std::result::Result<Self, String> {
        if version == 1 {
            Ok(Self)
        } else {
            Err(format!("this lazytools reads version 1 of the form, and not {version}"))
        }
    }
}

impl From<Version> for u64 {
    fn from(_: Version) -> Self {
        1
    }
}

/// What a build needs from elsewhere. Everything in it is sorted but the registries, whose order counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Collection {
    /// The version of the form.
    pub collection_version: Version,
    /// The Bazel that was asked, as in `7.7.1`.
    pub bazel: String,
    /// The targets.
    pub targets: BTreeSet<String>,
    /// The platforms that were built for; empty where only the one that Bazel takes by itself was.
    pub platforms: BTreeSet<String>,
    /// The registries, in the order that Bazel asks them.
    pub registries: Vec<RegistryUrl>,
    /// What is needed.
    pub items: Vec<Item>,
    /// Folders that go into a bundle as they are, by their paths in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trees: Vec<Tree>,
    /// For a repository the shortest chain of targets that leads to it, from one that was asked for to one of its own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub chains: BTreeMap<String, Vec<String>>,
}

/// By what a bundle holds something that no repository cache can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Cover {
    /// The repository itself, as Bazel made it, pinned.
    Vendored,
    /// A bare git repository that stands for the one elsewhere.
    Git,
    /// Its bytes, which `lazytools airgap serve` serves.
    Replay,
    /// A folder that Go takes for a module proxy.
    GoProxy,
    /// A folder that Cargo takes for a registry.
    CargoRegistry,
}

/// Something that is needed, by what can be done about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "class", deny_unknown_fields)]
pub enum Item {
    /// A download with a checksum: Bazel finds it in a repository cache.
    Checksummed {
        /// The declared digest.
        digest: Digest,
        /// Its size in bytes.
        size: u64,
        /// The canonical ids that Bazel asked by.
        ids: BTreeSet<IdMarker>,
        /// Where it comes from, without secrets.
        urls: BTreeSet<String>,
        /// The repositories and extensions that ask for it.
        needed_by: BTreeSet<String>,
        /// The platforms that it is needed for.
        platforms: BTreeSet<String>,
    },
    /// A file of a registry.
    RegistryFile {
        /// The registry.
        registry: RegistryUrl,
        /// The path inside it.
        path: CachePath,
        /// Its SHA-256.
        digest: Digest,
        /// Its size in bytes.
        size: u64,
    },
    /// A download without a checksum: Bazel never takes it from a cache.
    WithoutChecksum {
        /// Where it comes from, without secrets.
        urls: BTreeSet<String>,
        /// The repositories and extensions that ask for it.
        needed_by: BTreeSet<String>,
        /// By what a bundle holds it all the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        covered: Option<Cover>,
    },
    /// A download with a checksum that failed, and whose rule goes on without it.
    NotFetched {
        /// The declared digest.
        digest: Digest,
        /// Where it would come from, without secrets.
        urls: BTreeSet<String>,
        /// The repositories and extensions that ask for it.
        needed_by: BTreeSet<String>,
    },
    /// A repository that git fetches.
    Git {
        /// The repository or extension.
        needed_by: String,
        /// The command lines, in order.
        commands: Vec<String>,
        /// By what a bundle holds it all the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        covered: Option<Cover>,
    },
    /// A repository or extension that starts a program which may download.
    Executes {
        /// The repository or extension.
        needed_by: String,
        /// The command lines, in order.
        commands: Vec<String>,
        /// By what a bundle holds it all the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        covered: Option<Cover>,
    },
    /// A repository that was left out by its name.
    LeftOut {
        /// Its canonical name.
        repository: String,
        /// The targets that were asked for and need it, and so were not analysed.
        targets: BTreeSet<String>,
    },
    /// Something of the machine itself.
    Host {
        /// The program, file or folder.
        what: String,
        /// The repositories and extensions that ask for it.
        needed_by: BTreeSet<String>,
    },
}

impl Item {
    /// What has to be done so that it is there on the other side; `None` for what a bundle holds.
    pub fn mend(&self) -> Option<&'static str> {
        match self {
            Self::Checksummed { .. }
            | Self::RegistryFile { .. }
            | Self::WithoutChecksum { covered: Some(_), .. }
            | Self::Git { covered: Some(_), .. }
            | Self::Executes { covered: Some(_), .. } => None,
            Self::WithoutChecksum { .. } => {
                Some(
                    "give the rule a sha256 or integrity: Bazel takes no download without one from a cache; or collect \
                     without --no-vendor, or with --replay",
                )
            }
            Self::NotFetched { .. } => {
                Some("nothing, if the build is to do without it as it did here; or see why the download failed")
            }
            Self::Git { .. } => Some(
                "use http_archive or archive_override of the same commit with an integrity, or have a git mirror on the \
                 other side and url.<mirror>.insteadOf in a file that GIT_CONFIG_GLOBAL names",
            ),
            Self::Executes { commands, .. } => Some(clients::mend(commands)),
            Self::LeftOut { .. } => {
                Some("nothing, if the chosen platforms do not need it; or collect again without this --without")
            }
            Self::Host { .. } => Some("have it on the other side's machine, at the same place"),
        }
    }

    /// The repositories and extensions that ask for it; of a registry's file none.
    pub fn needed_by(&self) -> Box<dyn Iterator<Item = &String> + '_> {
        match self {
            Self::Checksummed { needed_by, .. }
            | Self::WithoutChecksum { needed_by, .. }
            | Self::NotFetched { needed_by, .. }
            | Self::Host { needed_by, .. } => Box::new(needed_by.iter()),
            Self::Git { needed_by, .. } | Self::Executes { needed_by, .. } => Box::new(std::iter::once(needed_by)),
            Self::LeftOut { repository, .. } => Box::new(std::iter::once(repository)),
            Self::RegistryFile { .. } => Box::new(std::iter::empty()),
        }
    }

    /// The class in words.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Checksummed { .. } => "with a checksum",
            Self::RegistryFile { .. } => "file of a registry",
            Self::WithoutChecksum { .. } => "without a checksum",
            Self::NotFetched { .. } => "not fetched",
            Self::Git { .. } => "fetched by git",
            Self::Executes { .. } => "executes a program",
            Self::LeftOut { .. } => "left out by name",
            Self::Host { .. } => "of the machine",
        }
    }
}

/// The folder of a collection.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A folder, which need not be there yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The repository cache that Bazel fills.
    pub fn cache(&self) -> RepositoryCache {
        RepositoryCache::new(self.0.join("repository_cache"))
    }

    /// Where registry files are.
    pub fn registry_files(&self) -> PathBuf {
        self.0.join("registry_files")
    }

    /// Where the bytes of a registry file are.
    pub fn registry_file(&self, digest: &Digest) -> PathBuf {
        self.registry_files().join(digest.hex())
    }

    /// Where a tree is, by its path in a bundle.
    pub fn tree(&self, path: &CachePath) -> PathBuf {
        self.0.join("trees").join(path.to_path())
    }

    /// Reads what was collected.
    pub fn read(&self) -> Result<Collection> {
        json::read(KIND, &self.0.join("collection.json"))
    }

    /// Writes what was collected.
    pub fn write(&self, collection: &Collection) -> Result<()> {
        json::write(&self.0.join("collection.json"), &json::text(collection))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Algorithm;

    #[test]
    fn what_is_written_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let digest = Algorithm::Sha512.digest(b"x");
        let collection = Collection {
            collection_version: COLLECTION_VERSION,
            bazel: "7.7.1".to_owned(),
            targets: BTreeSet::from(["//...".to_owned()]),
            platforms: BTreeSet::new(),
            registries: vec!["https://b.example".parse().unwrap(), "https://a.example".parse().unwrap()],
            items: vec![
                Item::Checksummed {
                    ids: BTreeSet::from([IdMarker::of(digest.algorithm(), "id")]),
                    digest,
                    size: 1,
                    urls: BTreeSet::new(),
                    needed_by: BTreeSet::from(["@@x".to_owned()]),
                    platforms: BTreeSet::new(),
                },
                Item::Host { what: "git".to_owned(), needed_by: BTreeSet::new() },
            ],
            trees: Vec::new(),
            chains: BTreeMap::new(),
        };
        let folder = Folder::new(folder.path());
        folder.write(&collection).unwrap();
        assert_eq!(folder.read().unwrap(), collection);
        let text = std::fs::read_to_string(folder.path().join("collection.json")).unwrap();
        std::fs::write(folder.path().join("collection.json"), text.replace("ersion\": 1", "ersion\": 2")).unwrap();
        let error = folder.read().unwrap_err().to_string();
        assert!(
            error.contains("at collectionVersion: this lazytools reads version 1 of the form, and not 2"),
            "{error}"
        );
    }
}
