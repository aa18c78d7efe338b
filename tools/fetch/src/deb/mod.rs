//! Debian archives: a package is looked up in the archive's index, and the lock records its file in the pool.

mod control;
mod index;
mod release;
mod signature;
mod sources;

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lazytools_lock::{Algorithm, Integrity};

use crate::client::Client;
use crate::error::{FetchError, Reason};
use crate::memo::Memo;
use crate::npm::Signed;
use crate::purl::DebPurl;
use crate::registry::{Ecosystem, Located, Release};
use crate::store::Store;

use release::ReleaseFile;
use sources::{Archive, Sources};

/// The Debian archives that this machine knows.
pub struct Deb {
    sources: Sources,
    client: Client,
    store: Store,
    releases: Memo<Result<Arc<ReleaseFile>, FetchError>>,
    indexes: Memo<Result<PathBuf, FetchError>>,
}

/// A package as an index has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    version: String,
    path: String,
    size: Option<NonZeroU64>,
    sha256: String,
}

impl Deb {
    /// The archive at `declared`, else those of the machine's apt sources.
    pub fn find(declared: Option<&str>, workspace: &Path, client: Client) -> Result<Self, FetchError> {
        let sources = Sources::find(declared, workspace);
        if sources.is_empty() {
            let remedy = "add a source of packages to /etc/apt/sources.list.d";
            return Err(FetchError::NoRegistry { ecosystem: "deb", remedy });
        }
        let store = Store::of_user();
        Ok(Self { sources, client, store, releases: Memo::default(), indexes: Memo::default() })
    }

    fn release(&self, archive: &Archive, suite: &str) -> Result<Arc<ReleaseFile>, FetchError> {
        self.releases
            .get(format!("{} {suite}", archive.base), || release::fetch(&self.client, archive, suite).map(Arc::new))
    }

    /// All versions of a package in an archive, with the archive's own address for messages.
    fn packages(&self, archive: &Archive, purl: &DebPurl) -> Result<Vec<Package>, FetchError> {
        let release = self.release(archive, purl.suite())?;
        let mut found = Vec::new();
        for entry in release.indexes(purl.arch(), archive.components(purl.suite())) {
            let path = self.indexes.get(format!("{}/{}", archive.base, entry.path), || {
                index::fetch(&self.client, &self.store, &release, entry)
            })?;
            let packages = index::packages(&path, entry.compression, purl.name());
            found.extend(packages.map_err(FetchError::file(&path))?);
        }
        Ok(found)
    }

    /// Asks the archives that have the suite, one behind the other.
    fn ask<T>(
        &self,
        purl: &DebPurl,
        mut found: impl FnMut(&Archive, Vec<Package>) -> Option<T>,
    ) -> Result<T, FetchError> {
        let mut asked = Vec::new();
        let mut failure = None;
        for archive in self.sources.of_suite(purl.suite()) {
            match self.packages(archive, purl) {
                Ok(packages) => {
                    asked.push(archive.base.clone());
                    if let Some(found) = found(archive, packages) {
                        return Ok(found);
                    }
                }
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        Err(failure.unwrap_or_else(|| match asked.first() {
            Some(base) => {
                let message = format!(
                    "suite {} has no {} {} for {}: compare with `apt-cache policy {}`",
                    purl.suite(),
                    purl.name(),
                    purl.version(),
                    purl.arch(),
                    purl.name()
                );
                FetchError::at(base, Reason::Metadata(message))
            }
            None => FetchError::NoSuite { suite: purl.suite().to_owned() },
        }))
    }
}

impl Ecosystem for Deb {
    type Purl = DebPurl;

    fn locate(&self, purl: &DebPurl) -> Result<Located, FetchError> {
        self.ask(purl, |archive, packages| {
            let package = packages.into_iter().find(|package| package.version == purl.version())?;
            Some(Located {
                purl: purl.at(&package.path).purl(),
                addresses: vec![format!("{}/{}", archive.base, package.path)],
                integrity: Integrity::from_hex(Algorithm::Sha256, &package.sha256),
                weak: BTreeMap::new(),
                size: package.size,
                licence: None,
                signed: Signed::default(),
            })
        })
    }

    fn addresses(&self, purl: &DebPurl) -> Result<Vec<String>, FetchError> {
        match purl.path() {
            Some(path) => Ok(self.sources.bases(purl.suite()).map(|base| format!("{base}/{path}")).collect()),
            None => Ok(self.locate(purl)?.addresses),
        }
    }

    fn releases(&self, package: &DebPurl) -> Result<Vec<Release>, FetchError> {
        let mut versions = Vec::new();
        // Nothing is found on purpose, so that every archive is asked.
        let outcome = self.ask(package, |_, packages| {
            versions.extend(packages.into_iter().map(|package| package.version));
            None::<()>
        });
        match outcome {
            Err(error) if versions.is_empty() => return Err(error),
            _ => versions.sort(),
        }
        versions.dedup();
        let release = |version| Release { version, published: None, yanked: false };
        Ok(versions.into_iter().map(release).collect())
    }
}
