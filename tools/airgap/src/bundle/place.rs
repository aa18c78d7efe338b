//! Brings a file to its place in a bundle: it appears whole or not at all.

use std::cell::Cell;
use std::fs::{self, File};
use std::path::Path;

use lazytools_lock::CachePath;

use super::folder::{writing, Partial};
use super::plan::{in_cache, Planned};
use super::{Link, Watch, Written};
use crate::digest::{Algorithm, Digest};
use crate::files::{self, Copier, Facts};
use crate::inside::Inside;
use crate::manifest::LinkTarget;
use crate::{AirgapError, Result};

/// Where files are brought to, and how.
pub(super) struct Place<'a> {
    inside: &'a Inside,
    partial: &'a Partial,
    link: Link,
    watch: &'a dyn Watch,
    copier: Copier,
    done: Cell<u64>,
}

impl<'a> Place<'a> {
    pub fn new(inside: &'a Inside, partial: &'a Partial, link: Link, watch: &'a dyn Watch) -> Self {
        Self { inside, partial, link, watch, copier: Copier::default(), done: Cell::new(0) }
    }

    /// The bytes of the files that are in their places.
    pub fn done(&self) -> u64 {
        self.done.get()
    }
}

/// Brings a file and its markers to their places; its SHA-256. `twin` is a file that is there and has the same bytes.
pub(super) fn place(
    to: &mut Place<'_>,
    planned: &Planned,
    path: &CachePath,
    twin: Option<&CachePath>,
    written: &mut Written,
) -> Result<Digest> {
    let target = &to.inside.file(path)?;
    let sha256 = if let Some(sha256) = known(planned, path, target) {
        written.kept += 1;
        to.watch.done(planned.entry.size);
        sha256
    } else {
        let sha256 = match (&planned.entry.link, twin) {
            (Some(leads_to), _) => write_link(to, planned, leads_to, target)?,
            (None, Some(twin)) => write_twin(to, planned, &to.inside.file(twin)?, target)?,
            (None, None) => write(to, planned, target)?,
        };
        written.files += 1;
        written.bytes += planned.entry.size;
        sha256
    };
    to.done.set(to.done.get() + planned.entry.size);
    for id in &planned.entry.ids {
        let marker = target.with_file_name(format!("id-{id}"));
        match fs::symlink_metadata(&marker) {
            Ok(meta) if meta.is_file() && meta.len() == 0 => continue,
            Ok(_) => remove(&marker)?,
            Err(_) => {}
        }
        files::new_file(&marker, false).map_err(writing(&marker))?;
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

fn write_link(to: &Place<'_>, planned: &Planned, leads_to: &LinkTarget, target: &Path) -> Result<Digest> {
    let next = to.partial.next();
    remove(&next)?;
    files::symlink(leads_to.as_str(), &next).map_err(writing(target))?;
    to.partial.appear(target)?;
    to.watch.done(planned.entry.size);
    Ok(planned.digest.clone())
}

/// Another name of a file of the bundle, or a copy where the file system has no such thing.
fn write_twin(to: &mut Place<'_>, planned: &Planned, twin: &Path, target: &Path) -> Result<Digest> {
    match write_name(to, planned, twin, target)? {
        Some(sha256) => Ok(sha256),
        None => write(to, planned, target),
    }
}

/// Another name of a file that is there; `None` where the file system has no such thing.
fn write_name(to: &Place<'_>, planned: &Planned, from: &Path, target: &Path) -> Result<Option<Digest>> {
    let next = to.partial.next();
    remove(&next)?;
    if fs::hard_link(from, &next).is_err() {
        return Ok(None);
    }
    let facts = files::facts(planned.digest.algorithm(), from).map_err(AirgapError::io("reading", from))?;
    let sha256 = check(planned, facts)?;
    to.partial.appear(target)?;
    // Where both are names of one file already, rename does nothing.
    remove(&next)?;
    to.watch.done(planned.entry.size);
    Ok(Some(sha256))
}

/// The SHA-256 of what a file of the collection turned out to be, if it is that.
pub(super) fn check(planned: &Planned, facts: Facts) -> Result<Digest> {
    if facts.digest == planned.digest {
        return Ok(facts.sha256);
    }
    let message = format!("it is damaged: its digest is {}, and it has to be {}", facts.digest, planned.digest);
    Err(AirgapError::Collected { path: planned.source.clone(), message })
}

/// A file of the collection.
pub(super) fn open(planned: &Planned) -> Result<File> {
    let collected = |message: String| AirgapError::Collected { path: planned.source.clone(), message };
    let file = File::open(&planned.source).map_err(|error| collected(error.to_string()))?;
    let size = file.metadata().map_err(|error| collected(error.to_string()))?.len();
    if size != planned.entry.size {
        let message = format!("it is damaged: it has {size} bytes, and has to have {}", planned.entry.size);
        return Err(collected(message));
    }
    Ok(file)
}

fn write(to: &mut Place<'_>, planned: &Planned, target: &Path) -> Result<Digest> {
    let from = open(planned)?;
    // Another name has the mode of the first one, which an executable of a tree may not have right.
    if to.link == Link::Hard && !planned.entry.executable {
        if let Some(sha256) = write_name(to, planned, &planned.source, target)? {
            return Ok(sha256);
        }
    }
    let file = to.partial.create(planned.entry.executable, target)?;
    let watch = to.watch;
    let facts = to
        .copier
        .copy(planned.digest.algorithm(), planned.entry.size, from, &file, &|bytes| watch.done(bytes))
        .map_err(writing(target))?;
    let sha256 = check(planned, facts)?;
    to.partial.appear(target)?;
    Ok(sha256)
}

/// Removes a file that may not be there.
pub(crate) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(AirgapError::io("removing", path)(error)),
        _ => Ok(()),
    }
}
