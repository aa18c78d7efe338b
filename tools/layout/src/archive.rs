//! Archives by their declared format, opened and looked through.

use std::fs::File;
use std::io::Read;
use std::sync::Arc;

use lazytools_lock::Format;

use crate::decode::Compression;
use crate::error::{decoding, Outcome, Problem};
use crate::fsys::read_at;
use crate::select::plain_name;
use crate::steps::Input;
use crate::tar::{Member, MemberKind, TarReader, NO_TAR};
use crate::zip::{Directory, Entry, Inflater, MemberReader};

/// How many bytes of headers are allowed for each member, beyond the members' own bytes.
const OVERHEAD: u64 = 4096;
/// A link names no more than the longest path.
const MAX_TARGET: usize = 4096;

/// The bounds of an archive.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How many bytes all members together may have.
    pub bytes: u64,
    /// How many members there may be.
    pub members: u64,
}

/// What was counted so far.
#[derive(Debug)]
pub struct Counter {
    bounds: Bounds,
    bytes: u64,
    members: u64,
}

impl Counter {
    /// Nothing yet.
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, bytes: 0, members: 0 }
    }

    /// One more member of so many bytes.
    pub fn member(&mut self, bytes: u64) -> Outcome<()> {
        self.members += 1;
        if self.members > self.bounds.members {
            let what = format!("the archive has more than {} members", self.bounds.members);
            return Err(Problem::Bound { what, bound: "max_members" });
        }
        self.bytes(bytes)
    }

    /// So many more bytes.
    pub fn bytes(&mut self, bytes: u64) -> Outcome<()> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > self.bounds.bytes {
            let what = format!("the archive's members have more than {} bytes", self.bounds.bytes);
            return Err(Problem::Bound { what, bound: "max_bytes" });
        }
        Ok(())
    }
}

/// Opens an artifact of a declared format, after a look at its first bytes.
pub fn open(input: &Input<'_>, format: Format) -> Outcome<(File, u64)> {
    let (file, length) = input.open()?;
    let head = head(input, &file)?;
    // Old tar archives have no signature; their first header's checksum tells later.
    if format != Format::Tar && format.matches(&head) == Some(false) {
        let found = Format::describe(&head).to_owned();
        return Err(Problem::Kind { key: input.key(), declared: format, found });
    }
    Ok((file, length))
}

fn head(input: &Input<'_>, file: &File) -> Outcome<Vec<u8>> {
    let mut head = vec![0; 512];
    let read = read_at(file, &mut head, 0).map_err(|error| input.unreadable(error))?;
    head.truncate(read);
    Ok(head)
}

/// A reader of a tar archive's members.
pub fn tar(input: &Input<'_>, format: Format, bounds: Bounds) -> Outcome<TarReader<Box<dyn Read + Send>>> {
    let (file, _) = open(input, format)?;
    let compression = Compression::of(format);
    let reader = compression.reader(file).map_err(|error| decoding(&error))?;
    let raw = bounds.members.saturating_mul(OVERHEAD).saturating_add(bounds.bytes).saturating_add(1 << 20);
    Ok(TarReader::new(reader, raw, compression == Compression::None))
}

/// Says what an archive is instead, where a problem is that it is not of its declared kind.
pub fn not_the_kind(input: &Input<'_>, format: Format, problem: Problem) -> Problem {
    let Problem::Damaged { detail } = &problem else { return problem };
    let Ok((file, _)) = input.open() else { return problem };
    let Ok(head) = head(input, &file) else { return problem };
    let looks = Format::describe(&head);
    let found = if detail == NO_TAR && Compression::of(format) == Compression::None {
        looks.to_owned()
    } else if detail == NO_TAR {
        format!("{} with something else than a tar archive in it", in_words(format))
    } else if format.matches(&head).is_none() && !matches!(looks, "something else" | "a JSON text") {
        // brotli has no signature, but what has one of another kind is no brotli. A bracket is no signature.
        looks.to_owned()
    } else {
        return problem;
    };
    Problem::Kind { key: input.key(), declared: format, found }
}

fn in_words(format: Format) -> &'static str {
    match Compression::of(format) {
        Compression::Br => "a brotli file",
        Compression::Bz2 => "a bzip2 file",
        Compression::Gz => "a gzip file",
        Compression::Xz => "an xz file",
        Compression::Zst => "a zstandard file",
        Compression::None => "a file",
    }
}

/// Reads on in a member; the buffer is filled, except at the end.
pub type Content<'a> = &'a mut dyn FnMut(&mut [u8]) -> Outcome<usize>;

/// Shows all members of an archive, in its order.
pub fn visit(
    input: &Input<'_>,
    format: Format,
    bounds: Bounds,
    each: &mut dyn FnMut(&Member, Content<'_>) -> Outcome<()>,
) -> Outcome<()> {
    if format == Format::Zip {
        return visit_zip(input, bounds, each);
    }
    let mut visit = || {
        let mut counter = Counter::new(bounds);
        let mut tar = tar(input, format, bounds)?;
        while let Some(member) = tar.next_member()? {
            counter.member(member.size)?;
            each(&member, &mut |buffer| tar.read_full(buffer))?;
        }
        Ok(())
    };
    visit().map_err(|problem| not_the_kind(input, format, problem))
}

fn visit_zip(
    input: &Input<'_>,
    bounds: Bounds,
    each: &mut dyn FnMut(&Member, Content<'_>) -> Outcome<()>,
) -> Outcome<()> {
    let (file, length) = open(input, Format::Zip)?;
    let file = Arc::new(file);
    let mut inflater = Inflater::default();
    let mut names = Directory::find(&file, length)?.names(&file, bounds.members);
    let mut counter = Counter::new(bounds);
    while let Some((entry, name)) = names.next_entry()? {
        let kind = zip_kind(&entry);
        let member = Member { name: name.to_vec(), kind, mode: zip_mode(&entry), size: entry.size };
        let text = String::from_utf8_lossy(name);
        let mut reader = None;
        let mut unused = Some(&mut inflater);
        each(&member, &mut |buffer| {
            if let Some(inflater) = unused.take() {
                counter.bytes(entry.size)?;
                reader = Some(MemberReader::new(&file, entry, &text, inflater)?);
            }
            reader.as_mut().map_or(Ok(0), |reader| reader.read_full(buffer))
        })?;
    }
    Ok(())
}

/// What a zip archive's member is. A link's target is its content.
pub fn zip_kind(entry: &Entry) -> MemberKind {
    match entry.unix_mode.unwrap_or(0) & 0o170_000 {
        0o040_000 => MemberKind::Directory,
        0o120_000 => MemberKind::Symlink(Vec::new()),
        0 | 0o100_000 if entry.is_folder => MemberKind::Directory,
        0 | 0o100_000 => MemberKind::File,
        0o010_000 => MemberKind::Other("a FIFO"),
        0o020_000 => MemberKind::Other("a character device"),
        0o060_000 => MemberKind::Other("a block device"),
        0o140_000 => MemberKind::Other("a socket"),
        _ => MemberKind::Other("of a kind that Unix does not have"),
    }
}

/// A zip archive's member's mode; where the archiver did not know any, that of a plain file.
pub fn zip_mode(entry: &Entry) -> u32 {
    entry.unix_mode.map_or(0o644, |mode| mode & 0o7777)
}

/// What a link in a zip archive names.
pub fn zip_target(file: &Arc<File>, entry: Entry, name: &str, inflater: &mut Inflater) -> Outcome<Vec<u8>> {
    let mut target = vec![0; MAX_TARGET + 1];
    let length = MemberReader::new(file, entry, name, inflater)?.read_full(&mut target)?;
    if length > MAX_TARGET {
        return Err(Problem::Hostile {
            what: format!("link {name:?} names something of more than {MAX_TARGET} bytes"),
        });
    }
    target.truncate(length);
    Ok(target)
}

/// The names in an archive that come near one.
pub fn near(
    input: &Input<'_>,
    format: Format,
    bounds: Bounds,
    wanted: &str,
    seen: &dyn Fn(&str) -> Option<String>,
) -> Vec<String> {
    let mut near = crate::near::Near::new(wanted);
    // What goes wrong here was already told, or is not what this is about.
    let _ = visit(input, format, bounds, &mut |member, _| {
        if let Some(name) = plain_name(&member.name).ok().and_then(|name| seen(&name)) {
            near.see(&name);
        }
        Ok(())
    });
    near.finish()
}
