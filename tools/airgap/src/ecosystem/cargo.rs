//! `CARGO_HOME`: what Cargo keeps of registries and of git repositories.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use lazytools_lock::CachePath;

use super::{cargo_config, crates, flag, link_or_copy, walk};
use crate::collection::Folder;
use crate::digest::Algorithm;
use crate::{files, json, AirgapError, Result};

/// Names of settings and credentials in a `CARGO_HOME`, older ones last.
const SETTINGS: [&str; 4] = ["config.toml", "config", "credentials.toml", "credentials"];

/// The `CARGO_HOME` of a run.
#[derive(Debug)]
pub struct CargoHome {
    path: PathBuf,
    /// The operator's own.
    own: Option<PathBuf>,
}

impl CargoHome {
    /// Makes it, with links to the operator's own settings and credentials: no copy of a token is made.
    pub(super) fn new(path: PathBuf, folder: &Folder) -> Result<Self> {
        files::folder(&path).map_err(AirgapError::io("making", &path))?;
        let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).map(PathBuf::from);
        let own = std::env::var_os("CARGO_HOME").map(PathBuf::from).or(home.map(|home| home.join(".cargo")));
        let own = own.and_then(|own| fs::canonicalize(own).ok());
        for name in SETTINGS {
            let Some(file) = own.as_ref().map(|own| own.join(name)).filter(|file| file.is_file()) else { continue };
            // Windows has no links for everyone: there Cargo runs without.
            if let Some(target) = file.to_str() {
                let _ = files::symlink(target, &path.join(name));
            }
        }
        // What Bazel's own downloads have brought need not be downloaded again.
        for (place, digest) in crates::read(&folder.tree(&crates::tree_path())).unwrap_or_default() {
            let file = folder.cache().file(&digest);
            if file.is_file() {
                link_or_copy(&file, &path.join(place.to_path()))?;
            }
        }
        Ok(Self { path, own })
    }

    /// What names it.
    pub(super) fn flags(&self) -> Vec<OsString> {
        // crate_universe would take an empty folder in the repository instead.
        vec![flag("CARGO_HOME", &self.path), "--repo_env=CARGO_BAZEL_ISOLATED=0".into()]
    }

    /// Writes what Cargo has fetched as a tree; false where that is nothing. `downloads` are the SHA-256 of what a bundle's
    /// repository cache holds: such crates are listed and not written.
    ///
    /// A registry in git is not taken, and then nothing is said to be covered.
    pub(super) fn take(&self, tree: &Path, downloads: &BTreeSet<String>) -> Result<bool> {
        let indexes = self.path.join("registry/index");
        let mut taken = BTreeSet::new();
        for entry in fs::read_dir(&indexes).into_iter().flatten() {
            let entry = entry.map_err(AirgapError::io("reading", &indexes))?;
            if !entry.path().join("config.json").is_file() {
                return Ok(false);
            }
            let place = Path::new("registry/index").join(entry.file_name());
            for file in ["config.json".into()].into_iter().chain(below(&entry.path(), ".cache")?) {
                link_or_copy(&entry.path().join(&file), &tree.join(&place).join(&file))?;
            }
            taken.insert(entry.file_name());
        }
        let databases = below(&self.path, "git/db")?;
        for file in databases.iter().filter(|file| !is_passing(file)) {
            link_or_copy(&self.path.join(file), &tree.join(file))?;
        }
        if taken.is_empty() && databases.is_empty() {
            return Ok(false);
        }
        self.take_crates(tree, downloads)?;
        let settings = self.own.as_ref().map(|own| cargo_config::of(own)).transpose()?.unwrap_or_default();
        json::write(&tree.join("config.toml"), cargo_config::offline(settings).as_bytes())?;
        Ok(true)
    }

    /// Those that this run has unpacked, which are those that it needs.
    fn take_crates(&self, tree: &Path, downloads: &BTreeSet<String>) -> Result<()> {
        let mut listed = BTreeMap::new();
        for file in below(&self.path, "registry/cache")? {
            let Some(unpacked) = file.strip_prefix("registry/cache").ok().map(|file| file.with_extension("")) else {
                continue;
            };
            let path = self.path.join(&file);
            if !self.path.join("registry/src").join(unpacked).is_dir() {
                continue;
            }
            let place: Option<CachePath> = file.to_str().and_then(|file| file.replace('\\', "/").parse().ok());
            let Some(place) = place.filter(crates::is_place) else { continue };
            let facts = files::facts(Algorithm::Sha256, &path).map_err(AirgapError::io("reading", &path))?;
            if downloads.contains(&facts.sha256.hex()) {
                listed.insert(place, facts.sha256);
            } else {
                link_or_copy(&path, &tree.join(&file))?;
            }
        }
        if !listed.is_empty() {
            json::write(&tree.join(crates::LIST), crates::text(&listed).as_bytes())?;
        }
        Ok(())
    }
}

/// The files below a folder of a folder, by their paths in the latter.
fn below(folder: &Path, inside: &str) -> Result<Vec<PathBuf>> {
    Ok(walk(&folder.join(inside))?.into_iter().map(|file| Path::new(inside).join(file)).collect())
}

/// What a git repository has that says nothing of what is in it.
fn is_passing(file: &Path) -> bool {
    file.components().any(|part| part.as_os_str() == "hooks")
        || file.file_name().is_some_and(|name| name == "FETCH_HEAD")
        || file.extension().is_some_and(|extension| extension == "lock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_fetched_is_taken_once() {
        let lab = tempfile::tempdir().unwrap();
        let (home, tree) = (lab.path().join("home"), lab.path().join("tree"));
        let write = |path: &str, text: &str| {
            let path = home.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let own = CargoHome { path: home.clone(), own: None };
        assert!(!own.take(&tree, &BTreeSet::new()).unwrap());
        write("registry/index/h-1/config.json", "{}");
        write("registry/index/h-1/.cache/a/b", "entry");
        write("registry/index/h-1/.last-updated", "now");
        for name in ["cached-1.0.0", "other-1.0.0", "stale-1.0.0"] {
            write(&format!("registry/cache/h-1/{name}.crate"), name);
        }
        write("registry/src/h-1/cached-1.0.0/x", "");
        write("registry/src/h-1/other-1.0.0/x", "");
        let cached = Algorithm::Sha256.digest(b"cached-1.0.0");
        assert!(own.take(&tree, &BTreeSet::from([cached.hex()])).unwrap());
        let found: Vec<_> = walk(&tree).unwrap().into_iter().map(|file| file.display().to_string()).collect();
        assert_eq!(
            found,
            [
                "config.toml",
                "crates.sha256",
                "registry/cache/h-1/other-1.0.0.crate",
                "registry/index/h-1/.cache/a/b",
                "registry/index/h-1/config.json"
            ]
        );
        let list = crates::read(&tree).unwrap();
        assert_eq!(list.into_values().collect::<Vec<_>>(), [cached]);
        // A registry in git has another form.
        write("registry/index/g-1/.git/HEAD", "");
        assert!(!own.take(&lab.path().join("again"), &BTreeSet::new()).unwrap());
    }
}
