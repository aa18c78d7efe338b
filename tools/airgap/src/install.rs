//! Puts a bundle in force in a workspace: a bazelrc fragment that is right for the Bazel in use.

mod cargo_home;
mod exceptions;
mod fragment;
mod git_config;
mod made;
mod rc;
mod writable_cache;

use std::fs;
use std::path::{Path, PathBuf};

use crate::bazel_version::BazelVersion;
use crate::digest::Algorithm;
use crate::manifest::{Manifest, CACHE, DISTDIR, REGISTRIES};
use crate::{json, lock_check, serve, AirgapError, Result};

pub use fragment::{repository_cache, Fragment};
pub use rc::imports;

/// Where Bazel finds a bundle's downloads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// In a repository cache, by their digests.
    #[default]
    Cache,
    /// In folders for `--distdir`, by their names.
    Distdir,
}

/// The fragment's name where nothing else was said.
pub const FRAGMENT: &str = "airgap.bazelrc";

/// What is to be installed where.
#[derive(Clone, Debug)]
pub struct Options {
    /// The bundle.
    pub bundle: PathBuf,
    /// The workspace.
    pub workspace: PathBuf,
    /// The fragment's name, from the workspace.
    pub fragment: PathBuf,
    /// Name the bundle relative to the workspace, so that both can move together.
    pub relative: bool,
    /// Where Bazel finds downloads.
    pub layout: Layout,
    /// The Bazel in use.
    pub version: BazelVersion,
    /// The folder to make as `CARGO_HOME`, where the bundle holds what Cargo needs.
    pub cargo_home: PathBuf,
    /// The folder to make as repository cache, to which Bazel writes. The bundle's own is taken where `relative` is set and it can
    /// be written to.
    pub repository_cache: PathBuf,
}

/// What was made, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// The fragment's text.
    pub text: String,
    /// Where it is.
    pub path: PathBuf,
    /// The configuration of git, where the bundle has mirrors: where it is, and its text.
    pub git_config: Option<(PathBuf, String)>,
    /// The repository cache that is made.
    pub repository_cache: Option<PathBuf>,
    /// The line that the workspace's .bazelrc lacks; `None` where it imports the fragment already.
    pub missing_import: Option<String>,
}

/// Checks everything and says what would be written. The bundle itself is held against its manifest by `verify`.
pub fn check(options: &Options, manifest: &Manifest) -> Result<Installed> {
    let version = options.version.supported()?;
    let workspace = crate::workspace::find(&options.workspace)?;
    let bundle = fs::canonicalize(&options.bundle).map_err(AirgapError::io("finding", &options.bundle))?;
    if manifest.since.is_some() {
        let absent = manifest.files.iter().find(|(path, entry)| entry.earlier && !bundle.join(path.to_path()).exists());
        if let Some((file, _)) = absent {
            let message = format!(
                "it holds only a difference, and {file} is in the bundle that it was made against: copy it over that one, \
                 as in `cp -r {}/. EARLIER_BUNDLE`, and install that",
                options.bundle.display()
            );
            return Err(AirgapError::Place { path: bundle, message });
        }
    }
    not_planted(&bundle, manifest)?;
    if options.layout == Layout::Distdir && fragment::distdirs(manifest).is_empty() {
        let message =
            "it has no folders for --distdir: bundle again with --distdirs, or install with --layout cache".to_owned();
        return Err(AirgapError::Place { path: bundle, message });
    }
    let lock = lock_check::check(&workspace, version, manifest)?;
    let path = workspace.join(&options.fragment);
    rc::no_reachable_registry(&workspace, &path, manifest)?;
    let has_lock = lock.is_some();
    let cargo_home =
        &std::path::absolute(&options.cargo_home).map_err(AirgapError::io("finding", &options.cargo_home))?;
    if cargo_home::is_needed(manifest) {
        made::check(cargo_home)?;
    }
    // Bazel writes into its repository cache, and a bundle is to stay what its manifest says. Only one that moves together
    // with the workspace is used itself.
    let own = options.relative && writable_cache::is_writable(&bundle);
    let made_cache = options.layout == Layout::Cache && !own;
    let made_cache = made_cache.then(|| std::path::absolute(&options.repository_cache)).transpose();
    let made_cache = made_cache.map_err(AirgapError::io("finding", &options.repository_cache))?;
    if let Some(cache) = &made_cache {
        made::check(cache)?;
    }
    let git_config = git_config::place(&path);
    let mut fragment = Fragment {
        manifest,
        bundle: &bundle,
        workspace: &workspace,
        relative: options.relative,
        layout: options.layout,
        version,
        has_lock,
        git_config: None,
        cargo_home,
        repository_cache: made_cache.as_deref(),
    };
    let user = git_config::of_user(&git_config);
    let git = git_config::text(manifest, &user, &|inside| fragment.absolute(inside))?;
    fragment.git_config = git.is_some().then_some(&git_config);
    let text = fragment.text()?;
    let git_config = git.map(|text| (git_config.clone(), text));
    for path in [Some(&path), git_config.as_ref().map(|(path, _)| path)].into_iter().flatten() {
        if let Ok(there) = fs::read_to_string(path) {
            fragment::ours(&there, path)?;
        }
    }
    let inside = if options.fragment.is_absolute() { "" } else { "%workspace%/" };
    let import = format!("try-import {inside}{}", options.fragment.display());
    let missing_import = (!rc::imports(&workspace, &path)).then_some(import);
    Ok(Installed { text, path, git_config, repository_cache: made_cache, missing_import })
}

/// Fails where what Bazel is to be told of is no folder of the bundle. `verify` sees that, too, and may have been left out.
fn not_planted(bundle: &Path, manifest: &Manifest) -> Result<()> {
    let named = [CACHE, REGISTRIES, DISTDIR].into_iter().chain(manifest.registries.iter().map(|one| one.path.as_str()));
    for path in named.map(|inside| bundle.join(inside)) {
        match fs::symlink_metadata(&path) {
            Ok(meta) if !meta.is_dir() => {
                let what = if meta.is_symlink() { "link" } else { "file" };
                return Err(AirgapError::Planted { path, what });
            }
            _ => {}
        }
    }
    Ok(())
}

/// Writes the fragment.
pub fn install(options: &Options, manifest: &Manifest) -> Result<Installed> {
    let installed = check(options, manifest)?;
    match &installed.git_config {
        Some((path, text)) => json::write(path, text.as_bytes())?,
        // Of another bundle that was installed before.
        None => drop(remove(&git_config::place(&installed.path))?),
    }
    let bundle = fs::canonicalize(&options.bundle).map_err(AirgapError::io("finding", &options.bundle))?;
    if let Some(cache) = &installed.repository_cache {
        writable_cache::make(cache, &bundle, manifest)?;
    }
    if let Some(home) = cargo_home::of_fragment(&installed.text) {
        cargo_home::make(&home, &bundle, manifest)?;
    }
    json::write(&installed.path, installed.text.as_bytes())?;
    Ok(installed)
}

/// Whether there is a fragment that `install` wrote.
pub fn is_installed(workspace: &Path, fragment: &Path) -> bool {
    let path = workspace.join(fragment);
    fs::read_to_string(&path).is_ok_and(|text| fragment::ours(&text, &path).is_ok())
}

/// The bundle that a workspace's fragment names; `None` where it names none.
pub fn installed_bundle(workspace: &Path, fragment: &Path) -> Option<PathBuf> {
    let cache = workspace.join(repository_cache(fragment)?);
    made::bundle(&cache).or_else(|| cache.parent().map(Path::to_owned))
}

/// The name of a folder that is made for a workspace, below the user's caches: each workspace has its own.
pub fn made_name(what: &str, workspace: &Path) -> String {
    let workspace = fs::canonicalize(workspace).unwrap_or_else(|_| workspace.to_owned());
    let digest = Algorithm::Sha256.digest(workspace.as_os_str().as_encoded_bytes());
    format!("{what}-{}", &digest.hex()[..16])
}

/// Takes away the fragment, what was written beside it and the folders that were made for it, if `install` wrote them and nobody
/// changed them; false where there is no fragment.
pub fn undo(workspace: &Path, fragment: &Path) -> Result<bool> {
    let path = workspace.join(fragment);
    serve::remove(workspace)?;
    remove(&git_config::place(&path))?;
    remove(&path)
}

fn remove(path: &Path) -> Result<bool> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        read => read.map_err(AirgapError::io("reading", path))?,
    };
    fragment::ours(&text, path)?;
    if let Some(home) = cargo_home::of_fragment(&text) {
        made::remove(&home)?;
    }
    // A bundle's own is not one that was made.
    if let Some(cache) = repository_cache(path).filter(|cache| made::is_made(cache)) {
        made::remove(&cache)?;
    }
    fs::remove_file(path).map_err(AirgapError::io("removing", path))?;
    Ok(true)
}
