//! The `extract` step.

use std::fs::File;
use std::sync::Arc;

use lazytools_lock::step::Extract;
use lazytools_lock::{FileMode, Format};

use crate::archive::{self, not_the_kind, zip_kind, zip_mode, zip_target, Bounds, Counter};
use crate::batch::{write_file, Batcher};
use crate::decode::Compression;
use crate::error::{decoding, output, Outcome, Problem};
use crate::registry::Kind;
use crate::repeats::Repeat;
use crate::select::{Selector, Taken};
use crate::site::Site;
use crate::steps::Input;
use crate::tar::{Member, MemberKind};
use crate::work::{Job, Queue, Scratch, CHUNK};
use crate::zip::{Directory, Entry, MemberReader};

/// The most that one job of a zip archive's members has: members, and bytes.
const JOB_MEMBERS: usize = 64;
const JOB_BYTES: u64 = 1 << 20;

/// A zip archive's members that are taken.
pub struct ZipWork {
    file: Arc<File>,
    step: usize,
    members: Vec<ZipMember>,
}

struct ZipMember {
    entry: Entry,
    path: Arc<str>,
    mode: FileMode,
}

/// The mode of an archive's member on disk: what GNU tar makes of it under the usual umask of 022, and readable in any
/// case, so that the folder does not depend on who made it.
fn disk_mode(taken: &Taken, bits: u32) -> FileMode {
    taken.mode.unwrap_or_else(|| FileMode::from_bits(bits & 0o755 | 0o400))
}

/// Carries the step out.
pub fn extract(site: &Site<'_>, at: usize, step: &Extract, queue: &Queue<'_>, scratch: &mut Scratch) -> Outcome<()> {
    let input = site.steps.input(&site.steps.tasks[at], &step.artifact)?;
    let Some(nested) = &step.nested else { return members(site, at, step, input, queue, scratch) };
    let file = crate::nested::take_out(site, step, nested, input, scratch)?;
    let step = Extract { format: nested.format, nested: None, ..step.clone() };
    members(site, at, &step, &input.nested(nested.member.clone(), file), queue, scratch)
}

/// Takes the members of an archive, or the content of a compressed file.
fn members(
    site: &Site<'_>,
    at: usize,
    step: &Extract,
    input: &Input<'_>,
    queue: &Queue<'_>,
    scratch: &mut Scratch,
) -> Outcome<()> {
    let extracted = match step.format {
        Format::Zip => zip(site, at, step, input, queue, scratch),
        format if format.is_archive() => tar(site, at, step, input, queue, scratch),
        _ => single(site, at, step, input, queue, scratch),
    };
    extracted.map_err(|problem| not_the_kind(input, step.format, problem))
}

pub fn bounds(step: &Extract) -> Bounds {
    Bounds { bytes: step.max_bytes, members: step.max_members }
}

fn finish(step: &Extract, selector: &Selector, input: &Input<'_>) -> Outcome<()> {
    if let Some(missing) = selector.missing() {
        let seen = |name: &str| selector.stripped(name).map(str::to_owned);
        let near = archive::near(input, step.format, bounds(step), missing, &seen);
        return Err(Problem::NoMember { member: missing.to_owned(), near });
    }
    selector.finish()
}

fn name_of(member: &[u8]) -> String {
    String::from_utf8_lossy(member).into_owned()
}

fn not_a_file(name: &[u8], kind: impl Into<String>) -> Problem {
    Problem::MemberKind { member: name_of(name), kind: kind.into() }
}

fn link_target(name: &[u8], target: Vec<u8>) -> Outcome<Kind> {
    let refuse = |_| Problem::MemberName { member: name_of(name), reason: "is a link to what is not UTF-8".to_owned() };
    Ok(Kind::Link { target: String::from_utf8(target).map_err(refuse)?.into() })
}

fn tar(
    site: &Site<'_>,
    at: usize,
    step: &Extract,
    input: &Input<'_>,
    queue: &Queue<'_>,
    scratch: &mut Scratch,
) -> Outcome<()> {
    let mut selector = Selector::new(step)?;
    let mut counter = Counter::new(bounds(step));
    let mut tar = archive::tar(input, step.format, bounds(step))?;
    let mut batcher = Batcher::new(queue, at, site.modes, &site.root);
    while let Some(member) = tar.next_member()? {
        counter.member(member.size)?;
        let Some(taken) = selector.choose(&member.name)? else { continue };
        if member.kind == MemberKind::File {
            let mode = disk_mode(&taken, member.mode);
            let mut read = |buffer: &mut [u8]| tar.read_full(buffer);
            if let Some(path) = site.claimed_file(at, &taken.path, mode, member.size) {
                site.note_repeat(Repeat::read(path, at, read)?);
                continue;
            }
            let path = site.claim_file(at, &taken.path, mode, member.size)?;
            if batcher.file(path, mode, Some(member.size), scratch, &mut read)?.is_none() {
                return Ok(());
            }
        } else {
            let copied = other_member(site, at, member, &taken, &mut selector)?;
            counter.bytes(copied)?;
        }
    }
    batcher.flush(scratch);
    finish(step, &selector, input)
}

/// A member that is no file. How many bytes it takes in any case.
fn other_member(site: &Site<'_>, at: usize, member: Member, taken: &Taken, selector: &mut Selector) -> Outcome<u64> {
    match member.kind {
        MemberKind::File => {}
        MemberKind::Directory if taken.picked => {
            return Err(not_a_file(&member.name, "a folder, of which pick takes nothing; take its files with include"));
        }
        MemberKind::Directory => site.claim_folder(at, &taken.path)?,
        MemberKind::Symlink(target) => {
            site.claim(at, &taken.path, link_target(&member.name, target)?)?;
        }
        MemberKind::HardLink(target) => {
            let from = selector.look_up(&target)?;
            let linked = match &from {
                Some(from) => site.claim_hard_link(at, &taken.path, from.path.as_str(), taken.mode)?,
                None => None,
            };
            let Some(bytes) = linked else {
                let target = name_of(&target);
                let kind =
                    format!("a hard link to {target:?}, which the step does not take from the archive before it");
                return Err(not_a_file(&member.name, kind));
            };
            return Ok(if taken.mode.is_some() { bytes } else { 0 });
        }
        MemberKind::Other(kind) => return Err(not_a_file(&member.name, kind)),
    }
    Ok(0)
}

fn single(
    site: &Site<'_>,
    at: usize,
    step: &Extract,
    input: &Input<'_>,
    queue: &Queue<'_>,
    scratch: &mut Scratch,
) -> Outcome<()> {
    let Some(to) = &step.to else {
        return Err(Problem::Plan {
            what: format!("a {} file is extracted to a file, and the step has no `to`", step.format),
        });
    };
    if step.format == Format::File {
        return Err(Problem::Plan { what: "a plain file is placed, not extracted".to_owned() });
    }
    let name = to.names().next_back().unwrap_or_default();
    let selector_step = Extract { to: to.parent(), include: Vec::new(), exclude: Vec::new(), strip: 0, ..step.clone() };
    let mode = Selector::new(&selector_step)?.choose(name.as_bytes())?.and_then(|taken| taken.mode);
    let mode = mode.unwrap_or(FileMode::FILE);
    let (file, _) = archive::open(input, step.format)?;
    let path = site.claim_file(at, to, mode, 0)?;
    let mut reader = Compression::of(step.format).reader(file).map_err(|error| decoding(&error))?;
    let mut counter = Counter::new(bounds(step));
    let mut batcher = Batcher::new(queue, at, site.modes, &site.root);
    let mut read = |buffer: &mut [u8]| {
        let mut filled = 0;
        while filled < buffer.len() {
            match reader.read(&mut buffer[filled..]).map_err(|error| decoding(&error))? {
                0 => break,
                read => filled += read,
            }
        }
        counter.bytes(filled as u64)?;
        Ok(filled)
    };
    if let Some(size) = batcher.file(Arc::clone(&path), mode, None, scratch, &mut read)? {
        site.registry().set_size(&path, size);
    }
    Ok(())
}

fn zip(
    site: &Site<'_>,
    at: usize,
    step: &Extract,
    input: &Input<'_>,
    queue: &Queue<'_>,
    scratch: &mut Scratch,
) -> Outcome<()> {
    let mut selector = Selector::new(step)?;
    let mut counter = Counter::new(bounds(step));
    let (file, length) = archive::open(input, Format::Zip)?;
    let file = Arc::new(file);
    let mut members = Vec::new();
    let mut names = Directory::find(&file, length)?.names(&file, step.max_members);
    while let Some((entry, name)) = names.next_entry()? {
        let Some(taken) = selector.choose(name)? else { continue };
        let mut kind = zip_kind(&entry);
        if entry.is_encrypted() {
            return Err(Problem::Unsupported { what: format!("member {:?} is encrypted", name_of(name)) });
        }
        let member = Member { name: name.to_vec(), kind: MemberKind::File, mode: zip_mode(&entry), size: entry.size };
        if kind == MemberKind::File {
            counter.bytes(entry.size)?;
            let mode = disk_mode(&taken, member.mode);
            let path = site.claim_file(at, &taken.path, mode, entry.size)?;
            members.push(ZipMember { entry, path, mode });
            continue;
        }
        if let MemberKind::Symlink(target) = &mut kind {
            *target = zip_target(&file, entry, &name_of(name), &mut scratch.inflater)?;
        }
        other_member(site, at, Member { kind, ..member }, &taken, &mut selector)?;
    }
    finish(step, &selector, input)?;
    hand_out(ZipWork { file, step: at, members }, queue, scratch);
    Ok(())
}

/// Makes jobs of about the same size. The largest members come first, so that no thread is left with one at the end.
fn hand_out(mut work: ZipWork, queue: &Queue<'_>, scratch: &mut Scratch) {
    let weight = |member: &ZipMember| member.entry.size + member.entry.compressed;
    work.members.sort_by_key(|member| {
        let weight = weight(member);
        std::cmp::Reverse(if weight > JOB_BYTES { weight } else { 0 })
    });
    let work = Arc::new(work);
    let (mut start, mut bytes) = (0, 0);
    for (at, member) in work.members.iter().enumerate() {
        bytes += weight(member);
        let count = at + 1 - start;
        if bytes >= JOB_BYTES || count == JOB_MEMBERS || at + 1 == work.members.len() {
            if !queue.push(Job::Zip(Arc::clone(&work), start..at + 1), scratch) {
                return;
            }
            (start, bytes) = (at + 1, 0);
        }
    }
}

/// Writes some members of a zip archive.
pub fn zip_members(
    site: &Site<'_>,
    work: &ZipWork,
    range: std::ops::Range<usize>,
    scratch: &mut Scratch,
) -> Result<(), (usize, Problem)> {
    for member in &work.members[range] {
        zip_member(site, work, member, scratch).map_err(|problem| {
            let problem = match problem {
                Problem::Damaged { detail } => Problem::Damaged { detail: format!("{}: {detail}", member.path) },
                problem => problem,
            };
            (work.step, problem)
        })?;
    }
    Ok(())
}

fn zip_member(site: &Site<'_>, work: &ZipWork, member: &ZipMember, scratch: &mut Scratch) -> Outcome<()> {
    let Scratch { inflater, buffer } = scratch;
    let mut reader = MemberReader::new(&work.file, member.entry, &member.path, inflater)?;
    let path = site.root.join(&*member.path);
    let mut length = reader.read_full(buffer)?;
    if length < CHUNK {
        return write_file(site.modes, &path, member.mode, &buffer[..length]);
    }
    let mut file = site.modes.create(&path, member.mode)?;
    while length > 0 {
        std::io::Write::write_all(&mut file, &buffer[..length]).map_err(output("write", &path))?;
        length = reader.read_full(buffer)?;
    }
    Ok(())
}
