//! The steps that need no archive: place, write, symlink, directory.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use lazytools_lock::step::{Place, Write};
use lazytools_lock::{Algorithm, FileMode, Step, TextPart};

use crate::batch::{write_file, Batcher};
use crate::error::{output, Outcome, Problem};
use crate::fsys::{self, Modes};
use crate::registry::{Kind, Registry};
use crate::site::{HardLink, Site};
use crate::steps::Input;
use crate::work::{Queue, Scratch, CHUNK};

/// From here on a file is worth several threads.
const LARGE: u64 = 4 << 20;

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
            let bytes = input.known_size()?;
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

/// Whether a file is so large that it is copied by several threads.
fn is_large(size: u64) -> bool {
    size > LARGE
}

/// Whether a step is carried out by [`place_large`].
pub fn is_large_place(site: &Site<'_>, at: usize) -> bool {
    let task = &site.steps.tasks[at];
    let Step::Place(step) = task.step else { return false };
    site.steps.input(task, &step.artifact).and_then(Input::known_size).is_ok_and(is_large)
}

fn place(site: &Site<'_>, at: usize, step: &Place, scratch: &mut Scratch) -> Outcome<()> {
    let input = site.steps.input(&site.steps.tasks[at], &step.artifact)?;
    let expected = input.known_size()?;
    if is_large(expected) {
        return Ok(());
    }
    let path = site.root.join(step.to.as_str());
    if expected >= CHUNK as u64 {
        let (mut from, length) = input.open()?;
        let mut to = site.modes.create(&path, step.mode)?;
        let copied = io::copy(&mut from, &mut to).map_err(output("write", &path))?;
        return if copied == length { Ok(()) } else { Err(changed(input)) };
    }
    let expected = usize::try_from(expected).unwrap_or(0);
    let mut from = fs::File::open(input.path).map_err(|error| input.unreadable(error))?;
    // One byte more than there should be, so that a longer file is seen without asking for its size.
    let length = fill(&mut from, &mut scratch.buffer[..=expected]).map_err(|error| input.unreadable(error))?;
    if length != expected {
        input.open()?;
        return Err(changed(input));
    }
    write_file(site.modes, &path, step.mode, &scratch.buffer[..length])
}

fn changed(input: &Input<'_>) -> Problem {
    input.unreadable(io::Error::new(io::ErrorKind::UnexpectedEof, "it changed while it was read"))
}

/// Reads until the buffer is full or the file ends.
fn fill(file: &mut fs::File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// Places a large file: shares its blocks where the file system can, and otherwise reads on this thread while others
/// write.
pub fn place_large(site: &Site<'_>, at: usize, step: &Place, queue: &Queue<'_>, scratch: &mut Scratch) -> Outcome<()> {
    let input = site.steps.input(&site.steps.tasks[at], &step.artifact)?;
    let (mut from, length) = input.open()?;
    if fsys::share_blocks(site.modes, &from, &site.root.join(step.to.as_str()), step.mode)? {
        return Ok(());
    }
    let mut batcher = Batcher::new(queue, at, site.modes, &site.root);
    let mut read = |buffer: &mut [u8]| fill(&mut from, buffer).map_err(|error| input.unreadable(error));
    match batcher.file(step.to.as_str().into(), step.mode, None, scratch, &mut read)? {
        Some(copied) if copied != length => Err(changed(input)),
        _ => Ok(()),
    }
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
