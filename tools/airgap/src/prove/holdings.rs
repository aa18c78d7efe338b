//! What the bundle in force has of something that a build wants.

use std::fs;
use std::path::{Component, Path, PathBuf};

use lazytools_lock::CachePath;
use serde::Serialize;

use crate::cache::{self, RepositoryCache};
use crate::digest::{Algorithm, Digest};
use crate::files;
use crate::install::installed_bundle;
use crate::manifest::{self, FileEntry, Manifest};
use crate::Result;

/// A bundle, with its manifest.
#[derive(Clone, Debug)]
pub struct Holdings {
    bundle: PathBuf,
    manifest: Manifest,
}

/// What there is of a file that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Wanted {
    /// Its path in the bundle.
    pub path: CachePath,
    /// What is wrong with it.
    pub state: State,
    /// Where it came from, as the manifest says.
    pub sources: Vec<String>,
    /// What needs it, as the manifest says.
    pub needed_by: Vec<String>,
}

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// The manifest lists it, and it is not there.
    Missing,
    /// The manifest lists it, and it has other bytes.
    Damaged,
    /// It is there, and a marker beside it, by which Bazel finds it, is not.
    MarkerMissing,
    /// The manifest does not list it: it was not collected.
    NotCollected,
    /// It is there as the manifest says.
    Whole,
}

impl Holdings {
    /// The bundle in a folder.
    pub fn of(bundle: &Path) -> Result<Self> {
        let manifest = Manifest::of(bundle)?;
        Ok(Self { bundle: fs::canonicalize(bundle).unwrap_or_else(|_| bundle.to_owned()), manifest })
    }

    /// The bundle that the workspace's fragment names; `None` where it names none that is there.
    pub fn installed(workspace: &Path, fragment: &Path) -> Result<Option<Self>> {
        let bundle = installed_bundle(workspace, fragment).filter(|bundle| bundle.join(manifest::NAME).is_file());
        bundle.map(|bundle| Self::of(&bundle)).transpose()
    }

    /// The bundle's folder.
    pub fn bundle(&self) -> &Path {
        &self.bundle
    }

    /// The bundle's repository cache.
    pub fn cache(&self) -> RepositoryCache {
        RepositoryCache::new(self.bundle.join(manifest::CACHE))
    }

    /// What there is of a download.
    pub fn download(&self, digest: &Digest) -> Wanted {
        let folder: CachePath = manifest::CACHE.parse().unwrap_or_else(|_| unreachable!("it is a path"));
        self.wanted(&folder.join(&cache::file_path(digest)))
    }

    /// What there is of a file of a registry, by the address that Bazel has asked; `None` where that is of none of the
    /// bundle's registries.
    pub fn registry_file(&self, url: &str) -> Option<Wanted> {
        let local = url.strip_prefix("file://").map(|path| normal(Path::new(path)));
        self.manifest.registries.iter().find_map(|registry| {
            let inside = match &local {
                Some(path) => {
                    let folder = self.bundle.join(registry.path.to_path());
                    // The workspace may lead to the bundle by another way.
                    let known =
                        path.ancestors().find(|above| fs::canonicalize(above).is_ok_and(|one| one == folder))?;
                    path.strip_prefix(known).ok()?.to_str()?.parse().ok()?
                }
                None => registry.url.path_of(url)?,
            };
            Some(self.wanted(&registry.path.join(&inside)))
        })
    }

    /// The address in a registry of what is at a path of the bundle.
    pub fn registry_address(&self, path: &CachePath) -> Option<String> {
        self.manifest.registries.iter().find_map(|registry| {
            let inside = path.as_str().strip_prefix(registry.path.as_str())?.strip_prefix('/')?;
            Some(format!("{}/{inside}", registry.url))
        })
    }

    fn wanted(&self, path: &CachePath) -> Wanted {
        let Some(entry) = self.manifest.files.get(path) else {
            return Wanted { path: path.clone(), state: State::NotCollected, sources: vec![], needed_by: vec![] };
        };
        Wanted {
            path: path.clone(),
            state: self.state(path, entry),
            sources: entry.sources.iter().cloned().collect(),
            needed_by: entry.needed_by.iter().cloned().collect(),
        }
    }

    fn state(&self, path: &CachePath, entry: &FileEntry) -> State {
        let file = self.bundle.join(path.to_path());
        let Ok(facts) = files::facts(Algorithm::Sha256, &file) else { return State::Missing };
        if facts.sha256 != entry.sha256 {
            return State::Damaged;
        }
        let marker = |id: &cache::IdMarker| file.with_file_name(format!("id-{id}")).exists();
        if entry.ids.iter().all(marker) {
            State::Whole
        } else {
            State::MarkerMissing
        }
    }
}

/// A path without `..`, as far as its names tell.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for name in path.components() {
        match name {
            Component::ParentDir => drop(normal.pop()),
            Component::CurDir => {}
            other => normal.push(other),
        }
    }
    normal
}
