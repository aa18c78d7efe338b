//! The work folder, and how outputs leave it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::copy::{self, Modes};
use super::error::{At as _, Result, RunError};
use super::job::Job;
use super::private::{remove_tree, Private};
use super::tree;

/// The work folder's name in the private folder.
const WORK: &str = "work";

/// Makes the work folder and copies the sources into it. Gives the folder as the tool knows it.
pub fn fill(job: &Job, private: &Private) -> Result<PathBuf> {
    let view = private.folder(WORK)?;
    let work = private.real().join(WORK);
    for (from, rel) in &job.srcs {
        let to = work.join(rel);
        if from.is_dir() {
            copy::copy(from, &to, &tree::walk(from)?, Modes::Writable)?;
        } else {
            if let Some(folder) = to.parent() {
                fs::create_dir_all(folder).at("cannot make the folder", folder)?;
            }
            copy::copy_file(from, &to, None, Modes::Writable)?;
        }
    }
    Ok(view)
}

/// Takes the declared outputs out of the work folder: all of them or none.
pub fn take_outputs(job: &Job, private: &Private) -> Result<()> {
    let work = private.real().join(WORK);
    let missing: Vec<&str> = job
        .outs
        .iter()
        .map(|(rel, _)| rel.as_str())
        .filter(|rel| resolve(&work.join(rel), private).is_none())
        .collect();
    if !missing.is_empty() {
        return Err(RunError::NoOutput(format!(
            "{}: the tool succeeded and did not make {}. Its folder has {}. Correct the declared path, or the tool's \
             arguments",
            job.spec.label,
            missing.join(", "),
            contents(job, &work)
        )));
    }
    for (rel, to) in &job.outs {
        if let Some(from) = resolve(&work.join(rel), private) {
            deliver(&from, to)?;
        }
    }
    Ok(())
}

/// The file or folder itself, where a link names it.
fn resolve(path: &Path, private: &Private) -> Option<PathBuf> {
    match fs::read_link(path) {
        Ok(target) => {
            let named = path.parent()?.join(private.real_of(&target));
            fs::canonicalize(named).ok()
        }
        Err(_) => path.exists().then(|| path.to_owned()),
    }
}

/// What the tool made, for an error message.
fn contents(job: &Job, work: &Path) -> String {
    const SHOWN: usize = 20;
    let items = tree::walk(work).unwrap_or_default();
    let is_source = |rel: &Path| job.srcs.iter().any(|(_, src)| rel.starts_with(src));
    let mut made: Vec<String> = items
        .iter()
        .filter(|item| !matches!(item.kind, tree::Kind::Folder) && !is_source(&item.rel))
        .map(|item| item.rel.display().to_string())
        .collect();
    made.sort();
    match made.len() {
        0 => "nothing but the sources".to_owned(),
        count if count > SHOWN => format!("{} and {} more files", made[..SHOWN].join(", "), count - SHOWN),
        _ => made.join(", "),
    }
}

/// Puts a file or folder at its place in one step.
pub fn deliver(from: &Path, to: &Path) -> Result<()> {
    let movable = !(from.is_dir() && tree::has_links_out(from));
    put(from, to, movable, |part| {
        if from.is_dir() {
            tree::walk(from).and_then(|items| copy::copy(from, part, &items, Modes::Writable))
        } else {
            copy::copy_file(from, part, None, Modes::Writable)
        }
    })
}

/// Moves a file or folder to its place, or has `copy` make it beside its place where that cannot be.
pub fn put(from: &Path, to: &Path, movable: bool, copy: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let folder = to.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).at("cannot make the folder", folder)?;
    clear(to)?;
    if movable {
        match fs::rename(from, to) {
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {}
            other => return other.at("cannot make the output", to),
        }
    }
    let name = to.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let part = folder.join(format!(".{name}.lt-{}", std::process::id()));
    let placed = copy(&part).and_then(|()| fs::rename(&part, to).at("cannot make the output", to));
    if placed.is_err() {
        remove_tree(&part);
        let _ = fs::remove_file(&part);
    }
    placed
}

/// Bazel makes the folder of a tree artifact before the action; any older content has to go.
fn clear(to: &Path) -> Result<()> {
    match fs::symlink_metadata(to) {
        Ok(meta) if meta.is_dir() => {
            remove_tree(to);
            Ok(())
        }
        Ok(_) => fs::remove_file(to).at("cannot replace", to),
        Err(_) => Ok(()),
    }
}
