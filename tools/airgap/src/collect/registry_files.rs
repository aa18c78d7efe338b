//! The files of registries that a build needs, and their bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

use lazytools_fetch::{Client, FetchError, Reason};
use lazytools_lock::CachePath;

use crate::collection::{Folder, Item};
use crate::digest::{Algorithm, Digest};
use crate::lock_file::LockFile;
use crate::module_graph::{from_registries, Node};
use crate::registry::RegistryUrl;
use crate::{files, json, AirgapError, Result};

/// Collects files of registries and keeps their bytes.
pub struct RegistryFiles<'a> {
    registries: &'a [RegistryUrl],
    client: &'a Client,
    folder: &'a Folder,
    found: BTreeMap<(RegistryUrl, CachePath), (Digest, u64)>,
}

impl<'a> RegistryFiles<'a> {
    pub fn new(registries: &'a [RegistryUrl], client: &'a Client, folder: &'a Folder) -> Self {
        Self { registries, client, folder, found: BTreeMap::new() }
    }

    /// Takes what a lock file says; false where it says nothing.
    pub fn add_from_lock(&mut self, path: &Path) -> Result<bool> {
        if !path.exists() {
            return Ok(false);
        }
        let lock = LockFile::read(path)?;
        let mut known = false;
        for (url, digest) in lock.registry_files {
            // A registry that this build does not ask may still be in the lock of another one.
            let Some((registry, path)) = self.locate(&url) else { continue };
            known = true;
            let Some(digest) = digest else { continue };
            let cached = self.folder.cache().file(&digest);
            let bytes = match std::fs::read(&cached) {
                Ok(bytes) if Algorithm::Sha256.digest(&bytes) == digest => bytes,
                _ => self.fetch(&registry, &path)?.unwrap_or_default(),
            };
            let found = Algorithm::Sha256.digest(&bytes);
            if found != digest {
                let (found, expected) = (found.to_string(), digest.to_string());
                return Err(AirgapError::RegistryChanged { url: registry.file(&path), found, expected });
            }
            self.keep(registry, path, &bytes)?;
        }
        Ok(known)
    }

    /// Takes what the graph of modules says: for each version the first registry that has it. Of the files that say
    /// where a module's source is, those that Bazel has read, which are in the cache.
    pub fn add_from_graph(&mut self, graph: &Node) -> Result<()> {
        let modules = from_registries(graph);
        for (name, version) in modules.iter().flat_map(|(name, versions)| versions.iter().map(move |one| (name, one))) {
            let in_module = |file: &str| format!("modules/{name}/{version}/{file}").parse::<CachePath>();
            let (Ok(module), Ok(source)) = (in_module("MODULE.bazel"), in_module("source.json")) else { continue };
            for registry in self.registries {
                let Some(bytes) = self.fetch(registry, &module)? else { continue };
                self.keep(registry.clone(), module.clone(), &bytes)?;
                let bytes = self.fetch(registry, &source)?;
                self.keep_if_read(registry, source, bytes)?;
                break;
            }
        }
        let settings: CachePath = "bazel_registry.json".parse().unwrap_or_else(|_| unreachable!("it is a path"));
        // Of a registry that no module comes from Bazel does not ask for it.
        let used: BTreeSet<RegistryUrl> = self.found.keys().map(|(registry, _)| registry.clone()).collect();
        for registry in &used {
            let bytes = self.fetch(registry, &settings)?;
            self.keep_if_read(registry, settings.clone(), bytes)?;
        }
        Ok(())
    }

    fn keep_if_read(&mut self, registry: &RegistryUrl, path: CachePath, bytes: Option<Vec<u8>>) -> Result<()> {
        let Some(bytes) = bytes else { return Ok(()) };
        if self.folder.cache().size(&Algorithm::Sha256.digest(&bytes)).is_some() {
            self.keep(registry.clone(), path, &bytes)?;
        }
        Ok(())
    }

    /// Takes a file that Bazel has downloaded, if it is one of a registry.
    pub fn add_downloaded(&mut self, url: &str, file: &Path) -> Result<()> {
        let Some((registry, path)) = self.locate(url) else { return Ok(()) };
        let bytes = std::fs::read(file).map_err(AirgapError::io("reading", file))?;
        self.keep(registry, path, &bytes)
    }

    /// Whose file an address is: of the registry with the longest address that it begins with.
    fn locate(&self, url: &str) -> Option<(RegistryUrl, CachePath)> {
        let fit = self.registries.iter().filter_map(|registry| Some((registry, registry.path_of(url)?)));
        let longest = fit.max_by_key(|(registry, _)| registry.as_str().len());
        longest.filter(|(registry, _)| !registry.is_file()).map(|(registry, path)| (registry.clone(), path))
    }

    /// A file of a registry; `None` where the registry does not have it.
    fn fetch(&self, registry: &RegistryUrl, path: &CachePath) -> Result<Option<Vec<u8>>> {
        let url = registry.file(path);
        if let Some(file) = url.strip_prefix("file://") {
            let read = std::fs::read(file);
            return Ok(read.ok());
        }
        match self.client.bytes(&url, "*/*") {
            Ok(bytes) => Ok(Some(bytes)),
            Err(FetchError::Address { reason: Reason::Status { status: 404 | 410 }, .. }) => Ok(None),
            Err(error) => Err(AirgapError::Registry { registry: registry.to_string(), error: Box::new(error) }),
        }
    }

    fn keep(&mut self, registry: RegistryUrl, path: CachePath, bytes: &[u8]) -> Result<()> {
        // A folder of the machine is not mirrored: it has to be there as a whole.
        if registry.is_file() {
            return Ok(());
        }
        let digest = Algorithm::Sha256.digest(bytes);
        let file = self.folder.registry_file(&digest);
        let there =
            File::open(&file).is_ok_and(|file| file.metadata().is_ok_and(|meta| meta.len() == bytes.len() as u64));
        if !there {
            let folder = self.folder.registry_files();
            files::folder(&folder).map_err(AirgapError::io("making", &folder))?;
            json::write(&file, bytes)?;
        }
        self.found.insert((registry, path), (digest, bytes.len() as u64));
        Ok(())
    }

    /// What was found.
    pub fn items(self) -> impl Iterator<Item = Item> {
        let found = self.found.into_iter();
        found.map(|((registry, path), (digest, size))| Item::RegistryFile { registry, path, digest, size })
    }
}
