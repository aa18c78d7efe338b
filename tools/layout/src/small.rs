//! The steps that need no archive: place, write, symlink, directory.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use lazytools_lock::step::{Place, Write};
use lazytools_lock::{Algorithm, FileMode, Step, TextPart};

use crate::batch::write_file;
use crate::error::{output, Outcome};
use crate::fsys::Modes;
use crate::registry::{Kind, Registry};
use crate::site::{HardLink, Site};
use crate::work::{Scratch, CHUNK};

/// Claims what a step writes. Folders are made with that; links are made when all is there.
pub fn claim(site: &Site<'_>, at: usize) -> Outcome<()> {
    let task = &site.steps.tasks[at];
    match task.step {
        Step::Directory(step) => site.claim_folder(at, &step.to),
        Step::Symlink(step) => {
            let target = step.target.as_str().into();
            site.claim(at, &step.to, Kind::Link { target }).map(drop)
        }
        Step::Place(step) => {
            let input = site.steps.input(task, &step.artifact)?;
            let integrity = Some(Box::new(input.integrity.clone()));
            let bytes = input.size()?;
            site.claim(at, &step.to, Kind::File { mode: step.mode, size: bytes, integrity }).map(drop)
        }
        Step::Write(step) => {
            let text = text(site, at, step)?;
            let integrity = Some(Box::new(Algorithm::Sha256.digest(text.as_bytes())));
            let kind = Kind::File { mode: step.mode, size: text.len() as u64, integrity };
            site.claim(at, &step.to, kind).map(drop)
        }
        Step::Extract(_) | Step::Repack(_) => Ok(()),
    }
}

/// Carries a step out that was claimed.
pub fn carry_out(site: &Site<'_>, at: usize, scratch: &mut Scratch) -> Outcome<()> {
    match site.steps.tasks[at].step {
        Step::Place(step) => place(site, at, step, scratch),
        Step::Write(step) => {
            let path = site.root.join(step.to.as_str());
            write_file(site.modes, &path, step.mode, text(site, at, step)?.as_bytes())
        }
        _ => Ok(()),
    }
}

fn text(site: &Site<'_>, at: usize, step: &Write) -> Outcome<String> {
    let task = &site.steps.tasks[at];
    let mut text = String::new();
    for part in &step.text {
        match part {
            TextPart::Literal(literal) => text.push_str(literal),
            TextPart::Digest(digest) => text.push_str(&site.digests.text(&site.steps, task, digest)?),
        }
    }
    Ok(text)
}

fn place(site: &Site<'_>, at: usize, step: &Place, scratch: &mut Scratch) -> Outcome<()> {
    let input = site.steps.input(&site.steps.tasks[at], &step.artifact)?;
    let (mut from, length) = input.open()?;
    let path = site.root.join(step.to.as_str());
    if length <= CHUNK as u64 {
        let bytes = &mut scratch.buffer[..usize::try_from(length).unwrap_or(CHUNK)];
        from.read_exact(bytes).map_err(|error| input.unreadable(error))?;
        return write_file(site.modes, &path, step.mode, bytes);
    }
    let mut to = site.modes.create(&path, step.mode)?;
    let copied = io::copy(&mut from, &mut to).map_err(output("write", &path))?;
    if copied != length {
        return Err(input.unreadable(io::Error::new(io::ErrorKind::UnexpectedEof, "it changed while it was read")));
    }
    Ok(())
}

/// Makes a further name of a file, or a copy where there can be none.
pub fn hard_link(registry: &Registry, root: &Path, modes: Modes, link: &HardLink) -> Outcome<()> {
    let (from, to) = (root.join(&*link.from), root.join(&*link.to));
    if link.mode.is_none() && fs::hard_link(&from, &to).is_ok() {
        return Ok(());
    }
    let mode = match registry.get(&link.to).map(|record| &record.kind) {
        Some(Kind::File { mode, .. }) => *mode,
        _ => FileMode::FILE,
    };
    let mut source = fs::File::open(&from).map_err(output("read", &from))?;
    let mut file = modes.create(&to, mode)?;
    io::copy(&mut source, &mut file).map_err(output("write", &to))?;
    Ok(())
}
