//! Hands each cache to the tool in the way that its recipe asks for.

use std::fs;
use std::path::{Path, PathBuf};

use lazytools_lock::{AccessMode, CacheSpec};

use super::copy::{self, Modes};
use super::environment::CacheVariables;
use super::error::{At as _, Result, RunError};
use super::job::CacheFiles;
use super::private::Private;
use super::real_folder::{self, Found};
use super::snapshot::Snapshot;
use super::template::fill_recipe;
use super::tree::{self, Item, Kind};

/// A cache that is ready for the tool.
#[derive(Debug)]
pub struct Cache {
    /// The cache's name.
    pub name: String,
    /// The recipe's name and version.
    pub recipe: String,
    /// The folder that the tool is given.
    pub root: PathBuf,
    /// What Bazel declared; another path than `root` where that has links.
    pub declared: PathBuf,
    /// The folder that the tool may only read: all of the cache, or what a copy of some paths shares with it.
    pub shared: Option<PathBuf>,
    /// What the folder held before the tool ran, where no mount keeps the tool from writing.
    pub before: Option<Snapshot>,
}

/// Prepares a cache.
pub fn prepare(spec: &CacheSpec, files: &CacheFiles, private: &Private) -> Result<Cache> {
    let name = spec.name.as_str();
    let broken = |why: String| {
        RunError::BadCache(format!(
            "cache {name:?} ({}) {why}: the folder {} is not what its target makes; build that target again",
            spec.recipe,
            files.folder.display()
        ))
    };
    let folder = fs::canonicalize(&files.folder).map_err(|error| broken(format!("cannot be found: {error}")))?;
    if !folder.is_dir() {
        return Err(broken("is no folder".to_owned()));
    }
    let items = match &files.manifest {
        Some(path) => tree::from_manifest(&tree::read_manifest(path)?),
        None => tree::walk(&folder)?,
    };
    let rels: Vec<PathBuf> =
        items.iter().filter(|item| !matches!(item.kind, Kind::Folder)).map(|item| item.rel.clone()).collect();
    let found = real_folder::find(&folder, &rels).map_err(|(rel, _)| broken(format!("lacks {}", rel.display())))?;
    let (real, whole) = match found {
        Found::Real => (folder.clone(), true),
        Found::Behind(real) => (real, true),
        Found::Scattered => (folder.clone(), false),
    };
    let writable = spec.access.mode == AccessMode::Copy;
    let restore = spec.access.exact && !is_exact(&real, &items);
    let mut shared = None;
    let root = if writable || restore || !whole {
        let place = format!("cache/{name}");
        let (view, to) = (private.folder(&place)?, private.real().join(&place));
        let paths: Vec<PathBuf> = spec.access.paths.iter().map(lazytools_lock::CachePath::to_path).collect();
        if writable && whole && !restore && !paths.is_empty() {
            copy::copy_some(&real, &to, &items, &paths)?;
            shared = Some(real);
        } else {
            copy::copy(&real, &to, &items, if writable { Modes::Writable } else { Modes::Exact })?;
        }
        view
    } else {
        real
    };
    Ok(Cache {
        name: name.to_owned(),
        recipe: spec.recipe.clone(),
        shared: if writable { shared } else { Some(root.clone()) },
        root,
        declared: files.folder.clone(),
        before: None,
    })
}

/// Whether modes and links are as laid out.
fn is_exact(folder: &Path, items: &[Item]) -> bool {
    items.iter().all(|item| {
        let path = folder.join(&item.rel);
        match &item.kind {
            Kind::Folder => true,
            Kind::Link(target) => fs::read_link(&path).is_ok_and(|link| link == *target),
            Kind::File(mode) => has_mode(&path, *mode),
        }
    })
}

#[cfg(unix)]
fn has_mode(path: &Path, mode: Option<u32>) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    let is = |meta: fs::Metadata| mode.is_none_or(|mode| meta.permissions().mode() & 0o777 == mode);
    fs::symlink_metadata(path).is_ok_and(is)
}

#[cfg(not(unix))]
fn has_mode(_path: &Path, _mode: Option<u32>) -> bool {
    true
}

/// Fills the recipe's variables in and writes its runtime files.
pub fn variables(spec: &CacheSpec, cache: &Cache, private: &Private) -> Result<CacheVariables> {
    let upper = format!("upper/{}", cache.name);
    let asks_for_upper = |text: &str| text.contains("{upper}");
    if spec.environment.set.values().any(|text| asks_for_upper(text))
        || spec.runtime_files.iter().any(|file| asks_for_upper(&file.text))
        || spec.access.mode == AccessMode::Layered
    {
        private.folder(&upper)?;
    }
    let place = |name: &str| match name {
        "root" => Some(cache.root.clone()),
        "upper" => Some(private.view().join(&upper)),
        "home" => Some(private.view().join("home")),
        "tmp" => Some(private.view().join("tmp")),
        _ => None,
    };
    for file in &spec.runtime_files {
        let path = private.real_of(&runtime_path(&file.to, private)?);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).at("cannot make the folder", folder)?;
        }
        fs::write(&path, fill_recipe(&file.text, place)?).at("cannot write", &path)?;
    }
    let fill = |(name, text): (&String, &String)| fill_recipe(text, place).map(|value| (name.clone(), value));
    Ok(CacheVariables {
        name: cache.name.clone(),
        set: spec.environment.set.iter().map(fill).collect::<Result<_>>()?,
        clear: spec.environment.clear.clone(),
    })
}

/// Where a runtime file goes: below the private HOME or TMPDIR and nowhere else.
fn runtime_path(to: &str, private: &Private) -> Result<PathBuf> {
    let rel = to
        .strip_prefix("{home}/")
        .map(|rest| ("home", rest))
        .or_else(|| to.strip_prefix("{tmp}/").map(|rest| ("tmp", rest)))
        .and_then(|(folder, rest)| Some((folder, rest.parse::<lazytools_lock::CachePath>().ok()?)));
    let (folder, rest) = rel.ok_or_else(|| {
        RunError::Usage(format!("runtime file {to:?} is not below {{home}} or {{tmp}}: correct the recipe"))
    })?;
    Ok(private.view().join(folder).join(rest.to_path()))
}

/// Says what the tool did to caches that it may only read, where it could.
pub fn check_untouched(caches: &[Cache], label: &str) -> Result<()> {
    for cache in caches {
        let Some(changes) = cache.before.as_ref().and_then(Snapshot::undo_changes) else { continue };
        let mut what = Vec::new();
        if !changes.stray.is_empty() {
            let now = if changes.left { "remove it" } else { "now removed" };
            what.push(format!("made {} ({now})", list(&changes.stray)));
        }
        if !changes.changed.is_empty() {
            what.push(format!("changed {} (build the cache's target again)", list(&changes.changed)));
        }
        return Err(RunError::Wrote(format!(
            "{label}: the tool wrote to cache {:?} ({}), which it may only read: it {}. The recipe needs \
             `access.mode = \"copy\"`",
            cache.name,
            cache.recipe,
            what.join(" and ")
        )));
    }
    Ok(())
}

/// The first few of some paths.
fn list(paths: &[PathBuf]) -> String {
    const SHOWN: usize = 8;
    let shown = paths.iter().take(SHOWN).map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
    match paths.len().checked_sub(SHOWN) {
        None | Some(0) => shown,
        Some(more) => format!("{shown} and {more} more"),
    }
}
