//! Puts a bundle in force in a workspace: a bazelrc fragment that is right for the Bazel in use.

mod exceptions;
mod fragment;
mod git_config;
mod rc;

use std::fs;
use std::path::{Path, PathBuf};

use crate::bazel_version::BazelVersion;
use crate::lock_file::LockFile;
use crate::manifest::Manifest;
use crate::{json, serve, AirgapError, Result};

pub use fragment::Fragment;

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
    /// The Bazel in use.
    pub version: BazelVersion,
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
    /// The line that the workspace's .bazelrc lacks; `None` where it imports the fragment already.
    pub missing_import: Option<String>,
}

/// Checks everything and says what would be written. The bundle itself is held against its manifest by `verify`.
pub fn check(options: &Options, manifest: &Manifest) -> Result<Installed> {
    let version = options.version.supported()?;
    let workspace = fs::canonicalize(&options.workspace).map_err(AirgapError::io("finding", &options.workspace))?;
    let bundle = fs::canonicalize(&options.bundle).map_err(AirgapError::io("finding", &options.bundle))?;
    if !workspace.join("MODULE.bazel").is_file() {
        let message = "there is no MODULE.bazel: name the workspace with --workspace, or run this in it".to_owned();
        return Err(AirgapError::Place { path: workspace, message });
    }
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
    let lock = workspace.join("MODULE.bazel.lock");
    let lock = if lock.exists() { Some((LockFile::read(&lock)?, lock)) } else { None };
    let written_by = lock.as_ref().and_then(|(lock, path)| Some((lock.version?, path)));
    if let Some((number, path)) = written_by.filter(|(number, _)| !version.lock_versions().contains(number)) {
        let message = format!(
            "its lockFileVersion {number} is of another Bazel than {version}, which would take it for empty: use the Bazel \
             that wrote it (the bundle was collected with {}), or write it anew with {version} on the connected side",
            manifest.bazel
        );
        return Err(AirgapError::LockFile { path: path.clone(), message });
    }
    let path = workspace.join(&options.fragment);
    rc::no_reachable_registry(&workspace, &path, manifest)?;
    let has_lock = written_by.is_some();
    let git_config = git_config::place(&path);
    let mut fragment = Fragment {
        manifest,
        bundle: &bundle,
        workspace: &workspace,
        relative: options.relative,
        version,
        has_lock,
        git_config: None,
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
    let import = format!("try-import %workspace%/{}", options.fragment.display());
    let missing_import = (!rc::imports(&workspace, &path)).then_some(import);
    Ok(Installed { text, path, git_config, missing_import })
}

/// Writes the fragment.
pub fn install(options: &Options, manifest: &Manifest) -> Result<Installed> {
    let installed = check(options, manifest)?;
    match &installed.git_config {
        Some((path, text)) => json::write(path, text.as_bytes())?,
        // Of another bundle that was installed before.
        None => drop(remove(&git_config::place(&installed.path))?),
    }
    json::write(&installed.path, installed.text.as_bytes())?;
    Ok(installed)
}

/// Takes away the fragment and what was written beside it, if `install` wrote them and nobody changed them; false where
/// there is no fragment.
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
    fs::remove_file(path).map_err(AirgapError::io("removing", path))?;
    Ok(true)
}
