//! Puts a bundle in force in a workspace: a bazelrc fragment that is right for the Bazel in use.

mod cargo_home;
mod fragment;
mod rc;

use std::fs;
use std::path::{Path, PathBuf};

use crate::bazel_version::BazelVersion;
use crate::digest::Algorithm;
use crate::lock_file::LockFile;
use crate::manifest::Manifest;
use crate::{json, AirgapError, Result};

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
    /// The folder to make as `CARGO_HOME`, where the bundle holds what Cargo needs.
    pub cargo_home: PathBuf,
}

/// What was made, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// The fragment's text.
    pub text: String,
    /// Where it is.
    pub path: PathBuf,
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
    let cargo_home =
        &std::path::absolute(&options.cargo_home).map_err(AirgapError::io("finding", &options.cargo_home))?;
    if cargo_home::is_needed(manifest) {
        cargo_home::check(cargo_home)?;
    }
    let relative = options.relative;
    let fragment =
        Fragment { manifest, bundle: &bundle, workspace: &workspace, relative, version, has_lock, cargo_home };
    let text = fragment.text()?;
    if let Ok(there) = fs::read_to_string(&path) {
        fragment::ours(&there, &path)?;
    }
    let inside = if options.fragment.is_absolute() { "" } else { "%workspace%/" };
    let import = format!("try-import {inside}{}", options.fragment.display());
    let missing_import = (!rc::imports(&workspace, &path)).then_some(import);
    Ok(Installed { text, path, missing_import })
}

/// Writes the fragment.
pub fn install(options: &Options, manifest: &Manifest) -> Result<Installed> {
    let installed = check(options, manifest)?;
    if let Some(home) = cargo_home::of_fragment(&installed.text) {
        let bundle = fs::canonicalize(&options.bundle).map_err(AirgapError::io("finding", &options.bundle))?;
        cargo_home::make(&home, &bundle, manifest)?;
    }
    json::write(&installed.path, installed.text.as_bytes())?;
    Ok(installed)
}

/// The name of the folder that is made as `CARGO_HOME` for a workspace, below the user's caches: each has its own.
pub fn cargo_home_name(workspace: &Path) -> String {
    let workspace = fs::canonicalize(workspace).unwrap_or_else(|_| workspace.to_owned());
    let digest = Algorithm::Sha256.digest(workspace.as_os_str().as_encoded_bytes());
    format!("cargo-home-{}", &digest.hex()[..16])
}

/// Takes the fragment away and the `CARGO_HOME` that it names, if `install` wrote it and nobody changed it; false where there is none.
pub fn undo(workspace: &Path, fragment: &Path) -> Result<bool> {
    let path = workspace.join(fragment);
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        read => read.map_err(AirgapError::io("reading", &path))?,
    };
    fragment::ours(&text, &path)?;
    if let Some(home) = cargo_home::of_fragment(&text) {
        cargo_home::remove(&home)?;
    }
    fs::remove_file(&path).map_err(AirgapError::io("removing", &path))?;
    Ok(true)
}
