//! Folders that are taken along as they are: repositories, mirrors of git, registries of other package managers, programs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use lazytools_lock::CachePath;
use serde::{Deserialize, Serialize};

use crate::digest::{Algorithm, Digest};
use crate::files as on_disk;
use crate::manifest::{FileKind, LinkTarget};
use crate::{AirgapError, Result};

/// A folder of a collection, `trees/<path>`, that goes into a bundle at `<path>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tree {
    /// Its path in a bundle.
    pub path: CachePath,
    /// What its files are.
    pub kind: FileKind,
    /// Where it came from, without secrets.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub sources: BTreeSet<String>,
    /// The repositories and extensions that need it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub needed_by: BTreeSet<String>,
    /// The platforms that it is needed for.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub platforms: BTreeSet<String>,
}

/// A file or symlink of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeFile {
    /// Its path inside the tree.
    pub path: CachePath,
    /// Where it is.
    pub source: PathBuf,
    /// The SHA-256 of its bytes; of a link, of its target.
    pub sha256: Digest,
    /// The bytes; of a link, of its target.
    pub size: u64,
    /// Whether it can be started.
    pub executable: bool,
    /// Of a link, where it leads.
    pub link: Option<LinkTarget>,
}

/// All files and links below a folder, sorted by path. Folders without any are left out: a bundle has no empty ones.
pub fn files(folder: &Path) -> Result<Vec<TreeFile>> {
    let mut found = Vec::new();
    walk(folder, None, &mut found)?;
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

fn walk(folder: &Path, inside: Option<&CachePath>, found: &mut Vec<TreeFile>) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(AirgapError::io("reading", folder))? {
        let entry = entry.map_err(AirgapError::io("reading", folder))?;
        let source = entry.path();
        let refuse = |message: String| AirgapError::Place { path: source.clone(), message };
        let name = entry.file_name();
        let name = name.to_str().ok_or_else(|| refuse("its name is not UTF-8: no bundle can hold it".to_owned()))?;
        let name: CachePath = name.parse().map_err(|error| refuse(format!("{error}: no bundle can hold it")))?;
        let path = inside.map_or_else(|| name.clone(), |folder| folder.join(&name));
        let meta = fs::symlink_metadata(&source).map_err(AirgapError::io("reading", &source))?;
        if meta.is_dir() {
            walk(&source, Some(&path), found)?;
            continue;
        }
        let file = if meta.is_symlink() {
            let target = fs::read_link(&source).map_err(AirgapError::io("reading", &source))?;
            let link = LinkTarget::try_from(target.to_string_lossy().into_owned());
            let link = link.map_err(|error| refuse(error.to_string()))?;
            let sha256 = Algorithm::Sha256.digest(link.as_str().as_bytes());
            let size = link.as_str().len() as u64;
            TreeFile { path, source, sha256, size, executable: false, link: Some(link) }
        } else if meta.is_file() {
            let facts = on_disk::facts(Algorithm::Sha256, &source).map_err(AirgapError::io("reading", &source))?;
            let executable = on_disk::is_executable(&meta);
            TreeFile { path, source, sha256: facts.sha256, size: facts.size, executable, link: None }
        } else {
            return Err(refuse("it is neither a file, a folder nor a link: no bundle can hold it".to_owned()));
        };
        found.push(file);
    }
    Ok(())
}
