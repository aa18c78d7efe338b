//! The `CARGO_HOME` behind the gap: a small folder that Cargo can write to, with links to the bundle, which need not be writable.

use std::path::{Path, PathBuf};

use lazytools_lock::CachePath;

use super::made::{self, copy, link};
use crate::ecosystem::crates;
use crate::manifest::{FileKind, Manifest, CACHE};
use crate::{cache, files, AirgapError, Result};

/// How the fragment names it.
const FLAG: &str = "--repo_env=CARGO_HOME=";

/// Whether a bundle holds what Cargo needs.
pub(super) fn is_needed(manifest: &Manifest) -> bool {
    manifest.files.values().any(|entry| entry.kind == FileKind::CargoRegistry)
}

/// The flags that name it to repository rules and extensions.
pub(super) fn flags(home: &str) -> [String; 3] {
    [
        format!("{FLAG}{home}"),
        // crate_universe would take an empty folder in the repository instead.
        "--repo_env=CARGO_BAZEL_ISOLATED=0".to_owned(),
        "--repo_env=CARGO_NET_OFFLINE=true".to_owned(),
    ]
}

/// The folder that a fragment names.
pub(super) fn of_fragment(text: &str) -> Option<PathBuf> {
    let line = text.lines().find_map(|line| line.strip_prefix("common ")?.trim_matches('"').strip_prefix(FLAG));
    line.map(PathBuf::from)
}

/// Makes it anew.
pub(super) fn make(home: &Path, bundle: &Path, manifest: &Manifest) -> Result<()> {
    made::begin(home, bundle)?;
    let tree = crates::tree_path();
    let mut indexes: Vec<CachePath> = Vec::new();
    let mut repositories: Vec<CachePath> = Vec::new();
    for path in manifest.files.iter().filter(|(_, entry)| entry.kind == FileKind::CargoRegistry).map(|(path, _)| path) {
        let Some(inside) = path.as_str().strip_prefix("cargo/").and_then(|inside| inside.parse::<CachePath>().ok())
        else {
            continue;
        };
        let names: Vec<&str> = inside.names().collect();
        match names.as_slice() {
            ["registry", "index", name, ..] => remember(&mut indexes, &["registry", "index", name]),
            ["git", "db", name, ..] => {
                remember(&mut repositories, &["git", "db", name]);
                copy(&bundle.join(path.to_path()), &home.join(inside.to_path()))?;
            }
            _ if crates::is_place(&inside) => link(&bundle.join(path.to_path()), &home.join(inside.to_path()))?,
            ["config.toml"] => copy(&bundle.join(path.to_path()), &home.join("config.toml"))?,
            _ => {}
        }
    }
    for index in indexes {
        link(&bundle.join(tree.join(&index).to_path()), &home.join(index.to_path()))?;
    }
    for repository in repositories {
        // A bundle has no empty folders, and no git repository is one without these.
        for name in ["objects", "refs"] {
            let folder = home.join(repository.to_path()).join(name);
            files::folder(&folder).map_err(AirgapError::io("making", &folder))?;
        }
    }
    for (place, digest) in crates::read(&bundle.join(tree.to_path()))? {
        let file = bundle.join(CACHE).join(cache::file_path(&digest).to_path());
        link(&file, &home.join(place.to_path()))?;
    }
    Ok(())
}

fn remember(paths: &mut Vec<CachePath>, names: &[&str]) {
    if let Ok(path) = names.join("/").parse() {
        if paths.last() != Some(&path) {
            paths.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Algorithm;
    use std::fs;

    #[test]
    fn the_fragment_says_where_it_is() {
        let text = format!("# x\ncommon --x\ncommon \"{}\"\n", flags("/home/a b/c")[0]);
        assert_eq!(of_fragment(&text), Some(PathBuf::from("/home/a b/c")));
        assert_eq!(of_fragment("common --x\n"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_home_is_links_into_the_bundle() {
        let lab = tempfile::tempdir().unwrap();
        let (bundle, home) = (lab.path().join("bundle"), lab.path().join("home"));
        let cached = Algorithm::Sha256.digest(b"cached");
        let list = format!("{}  registry/cache/h-1/cached-1.0.0.crate\n", cached.hex());
        let mut files = serde_json::Map::new();
        for (path, text, kind) in [
            ("cargo/config.toml", "[net]\noffline = true\n", "cargoRegistry"),
            ("cargo/crates.sha256", list.as_str(), "cargoRegistry"),
            ("cargo/git/db/x-1/HEAD", "ref: refs/heads/main\n", "cargoRegistry"),
            ("cargo/git/db/x-1/objects/pack/p.pack", "pack", "cargoRegistry"),
            ("cargo/registry/cache/h-1/other-1.0.0.crate", "other", "cargoRegistry"),
            ("cargo/registry/index/h-1/config.json", "{}", "cargoRegistry"),
            ("cargo/registry/index/h-1/.cache/a/b", "entry", "cargoRegistry"),
            (&format!("repository_cache/{}", cache::file_path(&cached)), "cached", "download"),
        ] {
            let file = bundle.join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
            let sha256 = Algorithm::Sha256.digest(text.as_bytes()).to_string();
            files.insert(path.to_owned(), serde_json::json!({"sha256": sha256, "size": text.len(), "kind": kind}));
        }
        let manifest = serde_json::json!({"manifestVersion": 1, "bazel": "7.7.1", "targets": [], "platforms": [],
            "registries": [], "files": files, "notIncluded": []});
        let manifest: Manifest = serde_json::from_value(manifest).unwrap();
        assert!(is_needed(&manifest));
        // A second time it is made anew.
        for _ in 0..2 {
            make(&home, &bundle, &manifest).unwrap();
            let read = |path: &str| fs::read_to_string(home.join(path)).unwrap();
            assert_eq!(read("registry/cache/h-1/cached-1.0.0.crate"), "cached");
            assert_eq!(read("registry/cache/h-1/other-1.0.0.crate"), "other");
            assert_eq!(read("registry/index/h-1/.cache/a/b"), "entry");
            assert_eq!(read("git/db/x-1/objects/pack/p.pack"), "pack");
            assert!(home.join("git/db/x-1/refs").is_dir());
            assert_eq!(read("config.toml"), "[net]\noffline = true\n");
            assert!(fs::symlink_metadata(home.join("registry/cache/h-1/cached-1.0.0.crate")).unwrap().is_symlink());
            fs::create_dir_all(home.join("registry/src/h-1/cached-1.0.0")).unwrap();
        }
        made::remove(&home).unwrap();
        // What was linked to is still there.
        assert!(bundle.join("cargo/registry/index/h-1/config.json").exists());
    }
}
