//! Caches of Cargo and Go, which repository rules and extensions fill by starting these programs. While Bazel collects, each
//! has a folder of its own; what is in it afterwards goes into the bundle in a form that the program itself takes.

pub mod cargo;
pub mod cargo_config;
pub mod crates;
pub mod go;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::clients::Client;
use crate::collection::{Cover, Folder, Item};
use crate::manifest::FileKind;
use crate::tree::Tree;
use crate::{files, AirgapError, Result};

use cargo::CargoHome;
use go::ModuleCache;

/// The folders that Cargo and Go use while Bazel collects. They are below the work folder, and go with it.
#[derive(Debug)]
pub struct Caches {
    cargo: CargoHome,
    go: ModuleCache,
}

impl Caches {
    /// Makes them, empty but for crates that an earlier run has downloaded.
    pub fn new(work: &Path, folder: &Folder) -> Result<Self> {
        let cargo = CargoHome::new(work.join("cargo_home"), folder)?;
        let go = ModuleCache::new(work.join("go"))?;
        Ok(Self { cargo, go })
    }

    /// The flags by which Bazel hands them to repository rules and extensions. They do nothing where neither is started.
    pub fn flags(&self) -> Vec<OsString> {
        self.cargo.flags().into_iter().chain(self.go.flags()).collect()
    }

    /// Takes what was filled into trees of the collection, and marks the items that they cover.
    pub fn take(&self, folder: &Folder, items: &mut [Item]) -> Result<Vec<Tree>> {
        let mut trees = Vec::new();
        let cargo = folder.tree(&crates::tree_path());
        files::remove_tree(&cargo).map_err(AirgapError::io("removing", &cargo))?;
        if self.cargo.take(&cargo, &downloads(items))? {
            trees.push(tree(FileKind::CargoRegistry, cover(items, Client::Cargo, Cover::CargoRegistry)));
        }
        let go = folder.tree(&go::tree_path());
        files::remove_tree(&go).map_err(AirgapError::io("removing", &go))?;
        if self.go.take(&go)? {
            trees.push(tree(FileKind::GoProxy, cover(items, Client::Go, Cover::GoProxy)));
        }
        Ok(trees)
    }
}

fn tree(kind: FileKind, needed_by: BTreeSet<String>) -> Tree {
    let path = if kind == FileKind::GoProxy { go::tree_path() } else { crates::tree_path() };
    Tree { path, kind, sources: BTreeSet::new(), needed_by, platforms: BTreeSet::new() }
}

/// The SHA-256 of what a bundle holds in its repository cache, in hexadecimal.
fn downloads(items: &[Item]) -> BTreeSet<String> {
    let digests = items.iter().filter_map(|item| match item {
        Item::Checksummed { digest, .. } => Some(digest),
        _ => None,
    });
    let sha256 = digests.filter(|digest| digest.algorithm() == crate::digest::Algorithm::Sha256);
    sha256.map(crate::digest::Digest::hex).collect()
}

/// Marks the items all of whose commands start this client, and gives who that is.
fn cover(items: &mut [Item], client: Client, by: Cover) -> BTreeSet<String> {
    let mut who = BTreeSet::new();
    for item in items {
        let Item::Executes { needed_by, commands, covered } = item else { continue };
        if commands.iter().all(|command| Client::started(command) == Some(client)) {
            *covered = Some(by);
            who.insert(needed_by.clone());
        }
    }
    who
}

/// All files below a folder by their paths in it, sorted; none where it is not there. Links are followed by nobody.
fn walk(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(inside) = open.pop() {
        let path = folder.join(&inside);
        let entries = match fs::read_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries.map_err(AirgapError::io("reading", &path))?,
        };
        for entry in entries {
            let entry = entry.map_err(AirgapError::io("reading", &path))?;
            let kind = entry.file_type().map_err(AirgapError::io("reading", &path))?;
            let inside = inside.join(entry.file_name());
            if kind.is_dir() {
                open.push(inside);
            } else if kind.is_file() {
                found.push(inside);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Brings a file to another place: as another name where that can be had, else as a copy.
fn link_or_copy(from: &Path, to: &Path) -> Result<()> {
    let parent = to.parent().unwrap_or(to);
    files::folder(parent).map_err(AirgapError::io("making", parent))?;
    if fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    fs::copy(from, to).map(drop).map_err(AirgapError::io("writing", to))
}

fn flag(name: &str, value: &Path) -> OsString {
    let mut flag = OsString::from(format!("--repo_env={name}="));
    flag.push(value);
    flag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_client_alone_did_is_covered() {
        let item = |who: &str, commands: &[&str]| Item::Executes {
            needed_by: who.to_owned(),
            commands: commands.iter().map(|&command| command.to_owned()).collect(),
            covered: None,
        };
        let mut items = [
            item("a", &["<work>/x/cargo-bazel splice", "<work>/x/cargo-bazel generate"]),
            item("b", &["cargo metadata", "curl https://h.example"]),
            item("c", &["bash -c 'cargo fetch'"]),
        ];
        assert_eq!(cover(&mut items, Client::Cargo, Cover::CargoRegistry), BTreeSet::from(["a".to_owned()]));
        assert!(items[0].mend().is_none() && items[1].mend().is_some() && items[2].mend().is_some());
    }
}
