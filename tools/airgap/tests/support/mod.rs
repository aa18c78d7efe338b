//! A small collection and its bundles, for the tests.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use lazytools_airgap::bundle::{write, Extra, Options, Watch, Written};
use lazytools_airgap::cache::IdMarker;
use lazytools_airgap::collection::{Collection, Folder, Item, Version};
use lazytools_airgap::digest::Algorithm;
use lazytools_airgap::manifest::FileKind;
use lazytools_airgap::signature::Signer;
use lazytools_airgap::tree::Tree;
use lazytools_airgap::verify::verify;
use tempfile::TempDir;

pub struct Lab {
    folder: TempDir,
    pub collected: Folder,
    pub items: Vec<Item>,
    pub trees: Vec<Tree>,
}

/// What is not as usual.
#[derive(Default)]
pub struct With<'a> {
    pub since: Option<&'a str>,
    pub distdirs: bool,
    pub extras: &'a [Extra],
    pub signer: Option<&'a Signer>,
}

pub struct Silent;

impl Watch for Silent {
    fn begin(&self, _: u64, _: usize) {}
    fn done(&self, _: u64) {}
}

impl Lab {
    /// Two archives, a file of a registry, and a vendored repository with a program and a link.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let collected = Folder::new(folder.path().join("collected"));
        fs::create_dir_all(collected.registry_files()).unwrap();
        let mut lab = Self { folder, collected, items: Vec::new(), trees: Vec::new() };
        lab.download(Algorithm::Sha256, b"an archive", &["https://h.example/a/release.tar.gz"]);
        lab.download(
            Algorithm::Sha512,
            b"another",
            &["https://h.example/b/release.tar.gz", "https://m.example/b.tar.gz"],
        );
        let bytes = b"module()\n";
        let digest = Algorithm::Sha256.digest(bytes);
        fs::write(lab.collected.registry_file(&digest), bytes).unwrap();
        let registry = "https://r.example".parse().unwrap();
        let path = "modules/m/1.0/MODULE.bazel".parse().unwrap();
        lab.items.push(Item::RegistryFile { registry, path, digest, size: bytes.len() as u64 });
        lab.tree();
        lab.write();
        lab
    }

    fn tree(&mut self) {
        let path: lazytools_lock::CachePath = "vendor/x".parse().unwrap();
        let tree = self.collected.tree(&path);
        let deep = tree.join("a-folder-whose-name-is-long/".repeat(5));
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("run"), "#!/bin/sh\n").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::{symlink, PermissionsExt as _};
            fs::set_permissions(deep.join("run"), fs::Permissions::from_mode(0o755)).unwrap();
            symlink("a-folder-whose-name-is-long/".repeat(5) + "run", tree.join("start")).unwrap();
        }
        self.trees.push(Tree {
            path,
            kind: FileKind::Vendored,
            sources: BTreeSet::new(),
            needed_by: BTreeSet::from(["@@x".to_owned()]),
            platforms: BTreeSet::new(),
        });
    }

    pub fn download(&mut self, algorithm: Algorithm, bytes: &[u8], urls: &[&str]) {
        let digest = algorithm.digest(bytes);
        let file = self.collected.cache().file(&digest);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
        self.items.push(Item::Checksummed {
            size: bytes.len() as u64,
            ids: BTreeSet::from([IdMarker::of(algorithm, &urls.join(" "))]),
            digest,
            urls: urls.iter().map(|url| (*url).to_owned()).collect(),
            needed_by: BTreeSet::from(["@@y".to_owned()]),
            platforms: BTreeSet::new(),
        });
    }

    pub fn write(&self) {
        let collection = serde_json::json!({
            "collectionVersion": Version, "bazel": "7.7.1", "targets": ["//..."], "platforms": [],
            "registries": ["https://r.example"], "items": self.items, "trees": self.trees,
            "chains": BTreeMap::<String, Vec<String>>::new(),
        });
        let collection: Collection = serde_json::from_value(collection).unwrap();
        self.collected.write(&collection).unwrap();
    }

    pub fn out(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn bundle(&self, name: &str) -> Written {
        self.bundle_with(name, &With::default()).unwrap()
    }

    /// A bundle with options that are not the usual ones; the error's text where there is none.
    pub fn bundle_with(&self, name: &str, with: &With<'_>) -> Result<Written, String> {
        let (output, since) = (self.out(name), with.since.map(|name| self.out(name)));
        let options = Options {
            since: since.as_deref(),
            distdirs: with.distdirs,
            extras: with.extras,
            signer: with.signer,
            ..Options::new(&self.collected, &output)
        };
        write(&options, &Silent).map(|(_, written)| written).map_err(|error| error.to_string())
    }

    pub fn problems(&self, name: &str) -> String {
        verify(&self.out(name), &|_| {}).map_or_else(|error| error.to_string(), |_| String::new())
    }

    /// All files and links below a folder with their modes and bytes, or where they lead.
    pub fn tree_of(&self, name: &str) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
        let (top, mut files) = (self.out(name), BTreeMap::new());
        let mut open = vec![top.clone()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                let meta = fs::symlink_metadata(&entry).unwrap();
                if meta.is_dir() {
                    open.push(entry);
                    continue;
                }
                let bytes = if meta.is_symlink() {
                    fs::read_link(&entry).unwrap().to_str().unwrap().as_bytes().to_vec()
                } else {
                    fs::read(&entry).unwrap()
                };
                files.insert(entry.strip_prefix(&top).unwrap().to_owned(), (mode(&meta), bytes));
            }
        }
        files
    }
}

#[cfg(unix)]
fn mode(meta: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    meta.permissions().mode() & 0o777
}

#[cfg(not(unix))]
fn mode(_: &fs::Metadata) -> u32 {
    0
}

/// Whether a text has all these parts.
pub fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

pub fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}
