//! Brings a file to its place in a bundle: it appears whole or not at all.

use std::fs::{self, File};
use std::path::Path;

use lazytools_lock::CachePath;

use super::plan::{in_cache, Planned};
use super::{Link, Written};
use crate::digest::{Algorithm, Digest};
use crate::files::{self, Facts};
use crate::manifest::LinkTarget;
use crate::{AirgapError, Result};

/// Brings a file and its markers to their places; its SHA-256.
pub(super) fn place(
    planned: &Planned,
    path: &CachePath,
    output: &Path,
    partial: &Path,
    link: Link,
    written: &mut Written,
) -> Result<Digest> {
    let target = &output.join(path.to_path());
    let known = known(planned, path, target);
    let sha256 = if let Some(sha256) = known {
        written.kept += 1;
        sha256
    } else {
        let parent = target.parent().unwrap_or(partial);
        files::folder(parent).map_err(AirgapError::io("making", parent))?;
        let sha256 = match &planned.entry.link {
            Some(leads_to) => write_link(planned, leads_to, target, partial)?,
            None => write(planned, target, partial, link)?,
        };
        written.files += 1;
        written.bytes += planned.entry.size;
        sha256
    };
    for id in &planned.entry.ids {
        let marker = target.with_file_name(format!("id-{id}"));
        if !marker.exists() {
            File::create(&marker)
                .and_then(|_| files::readable(&marker))
                .map_err(AirgapError::io("writing", &marker))?;
        }
    }
    Ok(sha256)
}

/// The SHA-256 of what is there already, if it is what has to be there. One that was renamed to a path that is its digest
/// is whole, and is not read again; `verify` reads all.
fn known(planned: &Planned, path: &CachePath, target: &Path) -> Option<Digest> {
    let entry = &planned.entry;
    let meta = fs::symlink_metadata(target).ok()?;
    if let Some(link) = &entry.link {
        let found = meta.is_symlink().then(|| fs::read_link(target).ok()).flatten()?;
        return (found.to_str() == Some(link.as_str())).then(|| planned.digest.clone());
    }
    if !meta.is_file() || meta.len() != entry.size || files::is_executable(&meta) != entry.executable {
        return None;
    }
    let algorithm = planned.digest.algorithm();
    if in_cache(path) && algorithm == Algorithm::Sha256 {
        return Some(planned.digest.clone());
    }
    let facts = files::facts(algorithm, target).ok()?;
    (facts.digest == planned.digest).then_some(facts.sha256)
}

fn write_link(planned: &Planned, leads_to: &LinkTarget, target: &Path, partial: &Path) -> Result<Digest> {
    let next = partial.join("next");
    remove(&next)?;
    files::symlink(leads_to.as_str(), &next).map_err(AirgapError::io("writing", target))?;
    fs::rename(&next, target).map_err(AirgapError::io("writing", target))?;
    Ok(planned.digest.clone())
}

fn write(planned: &Planned, target: &Path, partial: &Path, link: Link) -> Result<Digest> {
    let source = &planned.source;
    let collected = |message: String| AirgapError::Collected { path: source.clone(), message };
    let algorithm = planned.digest.algorithm();
    let from = File::open(source).map_err(|error| collected(error.to_string()))?;
    let next = partial.join("next");
    let check = |facts: Facts| {
        if facts.digest == planned.digest {
            Ok(facts.sha256)
        } else {
            Err(collected(format!(
                "it is damaged: its digest is {}, and it has to be {}",
                facts.digest, planned.digest
            )))
        }
    };
    remove(&next)?;
    // Another name has the mode of the first one, which an executable of a tree may not have right.
    if link == Link::Hard && !planned.entry.executable && fs::hard_link(source, &next).is_ok() {
        let facts = files::facts(algorithm, source).map_err(AirgapError::io("reading", source))?;
        let sha256 = check(facts)?;
        fs::rename(&next, target).map_err(AirgapError::io("writing", target))?;
        // Where both are names of one file already, rename does nothing.
        remove(&next)?;
        return Ok(sha256);
    }
    let to = File::create(&next).map_err(AirgapError::io("writing", &next))?;
    let facts = files::copy(algorithm, from, &to).map_err(AirgapError::io("writing", target))?;
    let sha256 = check(facts)?;
    let readable = if planned.entry.executable { files::executable } else { files::readable };
    readable(&next).map_err(AirgapError::io("writing", &next))?;
    fs::rename(&next, target).map_err(AirgapError::io("writing", target))?;
    Ok(sha256)
}

/// Removes a file that may not be there.
pub(super) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(AirgapError::io("removing", path)(error)),
        _ => Ok(()),
    }
}
