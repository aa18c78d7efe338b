//! Go's module cache, whose downloads are a module proxy: <https://go.dev/ref/mod#module-cache>.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use lazytools_lock::CachePath;

use super::{flag, link_or_copy, walk};
use crate::{files, json, AirgapError, Result};

/// Where a bundle has a module proxy.
pub fn tree_path() -> CachePath {
    "goproxy".parse().unwrap_or_else(|_| unreachable!("it is a path"))
}

/// The module cache of a run.
#[derive(Debug)]
pub struct ModuleCache {
    path: PathBuf,
}

impl ModuleCache {
    pub(super) fn new(path: PathBuf) -> Result<Self> {
        files::folder(&path).map_err(AirgapError::io("making", &path))?;
        Ok(Self { path })
    }

    /// What names it, to Go and to Gazelle, which would take a folder in a repository instead.
    pub(super) fn flags(&self) -> Vec<OsString> {
        let mut flags = vec![flag("GOMODCACHE", &self.path), "--repo_env=GO_REPOSITORY_USE_HOST_MODCACHE=1".into()];
        // Gazelle may download a module by itself, without a checksum and past this folder; not where some modules come
        // from elsewhere than the proxy. That none does is what this says, and what Go assumes without it.
        if ["GOPRIVATE", "GONOPROXY"].iter().all(|name| std::env::var_os(name).is_none_or(|value| value.is_empty())) {
            flags.push("--repo_env=GONOPROXY=none".into());
        }
        flags
    }

    /// Writes what Go has downloaded as a module proxy; false where that is nothing.
    pub(super) fn take(&self, tree: &Path) -> Result<bool> {
        let downloads = self.path.join("cache/download");
        // A module's folder, with the versions that it has.
        let mut modules: BTreeMap<PathBuf, Versions> = BTreeMap::new();
        for file in walk(&downloads)? {
            let Some((module, version, kind)) = part(&file) else { continue };
            link_or_copy(&downloads.join(&file), &tree.join(&file))?;
            let versions = modules.entry(module).or_default();
            versions.all.insert(version.clone());
            if kind == "info" {
                versions.with_info.insert(version);
            }
        }
        for (module, versions) in &modules {
            let folder = tree.join(module).join("@v");
            // Go asks for it before all else.
            for version in versions.all.difference(&versions.with_info) {
                let text = format!("{{\"Version\":\"{}\"}}", unescaped(version));
                json::write(&folder.join(format!("{version}.info")), text.as_bytes())?;
            }
            let mut listed: Vec<&str> = versions.all.iter().map(String::as_str).filter(|one| !is_pseudo(one)).collect();
            listed.sort_unstable();
            let list: Vec<String> = listed.into_iter().map(unescaped).chain([String::new()]).collect();
            json::write(&folder.join("list"), list.join("\n").as_bytes())?;
        }
        Ok(!modules.is_empty())
    }
}

#[derive(Default)]
struct Versions {
    all: BTreeSet<String>,
    with_info: BTreeSet<String>,
}

/// The module's folder, the version and the kind of a file of a module proxy; `None` for what else Go keeps there (locks,
/// digests, the checksum database).
fn part(file: &Path) -> Option<(PathBuf, String, &'static str)> {
    let folder = file.parent()?;
    let module = folder.parent().filter(|_| folder.file_name().is_some_and(|name| name == "@v"))?;
    let (version, kind) = file.file_name()?.to_str()?.rsplit_once('.')?;
    let kind = ["info", "mod", "zip"].into_iter().find(|known| *known == kind)?;
    (!module.starts_with("sumdb")).then(|| (module.to_owned(), version.to_owned(), kind))
}

/// A version as it is written in Go, of one that is escaped for file systems that ignore case.
fn unescaped(version: &str) -> String {
    let mut text = String::new();
    let mut upper = false;
    for char in version.chars() {
        match char {
            '!' => upper = true,
            char if upper => {
                text.push(char.to_ascii_uppercase());
                upper = false;
            }
            char => text.push(char),
        }
    }
    text
}

/// Whether a version stands for a commit: `list` names none of these.
fn is_pseudo(version: &str) -> bool {
    let version = version.split('+').next().unwrap_or_default();
    let parts: Vec<&str> = version.rsplitn(3, '-').collect();
    let [commit, time, _] = parts.as_slice() else { return false };
    let time = time.rsplit('.').next().unwrap_or_default();
    commit.len() == 12 && time.len() == 14 && time.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn downloads_become_a_proxy() {
        let lab = tempfile::tempdir().unwrap();
        let cache = ModuleCache::new(lab.path().join("cache")).unwrap();
        let tree = lab.path().join("tree");
        assert!(!cache.take(&tree).unwrap());
        for name in [
            "cache/lock",
            "cache/download/sumdb/s.example/latest",
            "cache/download/h.example/!x/@v/list",
            "cache/download/h.example/!x/@v/v1.10.0-!r!c.mod",
            "cache/download/h.example/!x/@v/v1.2.0.zip",
            "cache/download/h.example/!x/@v/v1.2.0.ziphash",
            "cache/download/h.example/!x/@v/v1.2.0.lock",
            "cache/download/h.example/!x/@v/v0.0.0-20200102030405-0123456789ab.info",
            "h.example/!x@v1.2.0/x.go",
        ] {
            let path = cache.path.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        assert!(cache.take(&tree).unwrap());
        let found: Vec<_> = walk(&tree).unwrap().into_iter().map(|file| file.display().to_string()).collect();
        let inside = |name: &str| format!("h.example/!x/@v/{name}");
        assert_eq!(
            found,
            [
                inside("list"),
                inside("v0.0.0-20200102030405-0123456789ab.info"),
                inside("v1.10.0-!r!c.info"),
                inside("v1.10.0-!r!c.mod"),
                inside("v1.2.0.info"),
                inside("v1.2.0.zip")
            ]
        );
        let read = |name: &str| fs::read_to_string(tree.join(inside(name))).unwrap();
        assert_eq!(read("list"), "v1.10.0-RC\nv1.2.0\n");
        assert_eq!(read("v1.10.0-!r!c.info"), "{\"Version\":\"v1.10.0-RC\"}");
    }
}
