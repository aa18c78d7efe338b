//! Unpacks a bundle into a folder.

use std::cell::Cell;
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::Path;

use lazytools_lock::recipe::signature::MinisignKey;
use lazytools_lock::CachePath;

use super::{read, Head, Sink};
use crate::bundle::folder::{remove_one, remove_unneeded, writing, Partial, PARTIAL};
use crate::bundle::place::remove;
use crate::digest::Algorithm;
use crate::files;
use crate::inside::Inside;
use crate::manifest::{FileEntry, LinkTarget, Manifest, CACHE, NAME};
use crate::signature::Signed;
use crate::verify::{different_bytes, Problem, What};
use crate::{signature, AirgapError, Result};

/// What a second run does.
const AGAIN: &str = "what is there already is not written again";

struct Unpack<'a> {
    archive: &'a Path,
    inside: Inside,
    partial: Partial,
    before: Option<Manifest>,
    done: &'a dyn Fn(u64),
    left: Cell<u64>,
}

/// Unpacks a bundle into a folder, which is made; a difference over the bundle that it was made against. Nothing of it
/// counts before all of it is there: the manifest comes last. Gives the manifest and who signed it.
pub fn unpack(
    archive: &Path,
    to: &Path,
    keys: &[MinisignKey],
    begin: &dyn Fn(u64),
    done: &dyn Fn(u64),
) -> Result<(Manifest, Signed)> {
    let (head, mut unpack, missing) = read(archive, keys, |head| {
        begin(head.manifest.bytes());
        Unpack::new(archive, to, head, done)
    })?;
    if !missing.is_empty() {
        let expected = head.manifest.expected();
        let problems = missing.iter().filter_map(|path| Some(Problem::missing(path, expected.get(path)?)));
        return Err(AirgapError::Bundle { path: archive.to_owned(), problems: problems.collect() });
    }
    let Head { manifest, text, signature, signed } = head;
    let end = || {
        match signature.filter(|_| signed != Signed::Unreadable) {
            Some(signature) => unpack.partial.write(&to.join(signature::NAME), signature.as_bytes())?,
            None => remove(&to.join(signature::NAME))?,
        }
        unpack.partial.write(&to.join(NAME), &text)
    };
    end().map_err(|error| unpack.partial.full(error, text.len() as u64, AGAIN))?;
    unpack.partial.stays(false);
    unpack.inside.forget();
    for path in &manifest.removed {
        remove_one(path, &unpack.inside)?;
    }
    if let Some(before) = unpack.before.as_ref() {
        remove_unneeded(before, &manifest, &unpack.inside)?;
    }
    Ok((manifest, signed))
}

impl<'a> Unpack<'a> {
    fn new(archive: &'a Path, to: &Path, head: &Head, done: &'a dyn Fn(u64)) -> Result<Self> {
        let refuse = |message: &str| AirgapError::Place { path: to.to_owned(), message: message.to_owned() };
        let there = match fs::symlink_metadata(to.join(NAME)) {
            Ok(_) => {
                let bytes = Manifest::bytes_of(to)?;
                Some((Manifest::parse(&to.join(NAME), &bytes)?.0, Algorithm::Sha256.digest(&bytes)))
            }
            Err(_) => None,
        };
        let digest = there.as_ref().map(|(_, digest)| digest);
        let same = digest == Some(&Algorithm::Sha256.digest(&head.text));
        match &head.manifest.since {
            _ if same => {}
            Some(since) if digest == Some(since) => {}
            Some(since) => {
                return Err(refuse(&format!(
                    "{} holds only a difference, and this is not the bundle that it was made against, whose manifest is \
                     {since}: name that one",
                    archive.display()
                )));
            }
            None if digest.is_some() => {
                return Err(refuse("another bundle is there: name a folder that is new, or remove it"));
            }
            None => empty_or_begun(to).map_err(AirgapError::io("reading", to))?.then_some(()).ok_or_else(|| {
                refuse(
                    "there is something else in it: name a folder that is new, so that nothing of it is written over",
                )
            })?,
        }
        let inside = Inside::new(to)?;
        let mut partial = Partial::new(&inside)?;
        // By it a second run tells what was begun from what is somebody else's.
        partial.stays(true);
        let before = there.map(|(manifest, _)| manifest).filter(|_| !same);
        let bytes = head.manifest.files.values().filter(|entry| !entry.earlier).map(|entry| entry.size).sum();
        Ok(Self { archive, inside, partial, before, done, left: Cell::new(bytes) })
    }

    fn finished(&self, entry: &FileEntry) {
        (self.done)(entry.size);
        self.left.set(self.left.get().saturating_sub(entry.size));
    }

    fn full<T>(&self, outcome: Result<T>) -> Result<T> {
        outcome.map_err(|error| self.partial.full(error, self.left.get(), AGAIN))
    }
}

/// Whether a folder is not there, has nothing in it, or has what a run wrote that was interrupted.
fn empty_or_begun(folder: &Path) -> std::io::Result<bool> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
        Ok(mut entries) => Ok(entries.next().is_none() || folder.join(PARTIAL).is_dir()),
    }
}

/// Whether a file is there whole: a rename to a path that is its digest says so.
fn is_there(path: &CachePath, entry: &FileEntry, target: &Path) -> bool {
    let by_digest = path.names().next() == Some(CACHE);
    by_digest && fs::symlink_metadata(target).is_ok_and(|meta| meta.is_file() && meta.len() == entry.size)
}

impl Sink for Unpack<'_> {
    fn file(&mut self, path: &CachePath, entry: &FileEntry, content: &mut dyn Read) -> Result<()> {
        let target = self.inside.file(path)?;
        let found = if is_there(path, entry, &target) {
            different_bytes(path, entry, content, std::io::sink()).map_err(AirgapError::io("reading", self.archive))?
        } else {
            let written = self
                .partial
                .create(entry.executable, &target)
                .and_then(|file| different_bytes(path, entry, content, &file).map_err(writing(&target)));
            let found = self.full(written)?;
            if found.is_none() {
                self.partial.appear(&target)?;
            }
            found
        };
        if let Some(difference) = found {
            let what = What::Damaged { sources: entry.sources.iter().cloned().collect(), difference };
            let problems = vec![Problem { path: path.to_string(), what }];
            return Err(AirgapError::Bundle { path: self.archive.to_owned(), problems });
        }
        self.finished(entry);
        Ok(())
    }

    fn twin(&mut self, path: &CachePath, twin: &CachePath) -> Result<()> {
        let (target, from) = (self.inside.file(path)?, self.inside.file(twin)?);
        let next = self.partial.next();
        remove(&next)?;
        if fs::hard_link(&from, &next).is_err() {
            let copied = fs::copy(&from, &next).map(drop).map_err(writing(&target));
            self.full(copied)?;
            files::readable(&next).map_err(writing(&target))?;
        }
        self.partial.appear(&target)?;
        // Two names of one file stay two: rename does nothing then.
        remove(&next)
    }

    fn link(&mut self, path: &CachePath, entry: &FileEntry) -> Result<()> {
        let target = self.inside.file(path)?;
        let next = self.partial.next();
        remove(&next)?;
        let leads_to = entry.link.as_ref().map(LinkTarget::as_str).unwrap_or_default();
        let made = files::symlink(leads_to, &next).map_err(writing(&target));
        self.full(made)?;
        self.partial.appear(&target)?;
        self.finished(entry);
        Ok(())
    }

    fn marker(&mut self, path: &CachePath) -> Result<()> {
        let target = self.inside.file(path)?;
        if fs::symlink_metadata(&target).is_ok_and(|meta| meta.is_file() && meta.len() == 0) {
            return Ok(());
        }
        remove(&target)?;
        let made = files::new_file(&target, false).map(drop).map_err(writing(&target));
        self.full(made)
    }
}
