//! A reader of tar archives: ustar, GNU and pax, with long names and sparse files.
//!
//! It is our own because it must stay small whatever the archive says: the `tar` crate reads a long name of any length
//! into memory. Everything here that an archive can make large has a bound.

mod header;
mod pax;
mod sparse;

use std::io::{self, Read};

use crate::error::{damaged, decoding, Outcome, Problem};
use header::{Header, BLOCK};
use pax::Pax;
use sparse::Sparse;

/// The longest name, pax header or map of holes that is read.
const MAX_EXTRA: u64 = 1 << 20;
/// How much is read at a time.
const BUFFER: usize = 64 << 10;

/// What a member is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberKind {
    /// A file.
    File,
    /// A folder.
    Directory,
    /// A symbolic link to this.
    Symlink(Vec<u8>),
    /// A further name of this member.
    HardLink(Vec<u8>),
    /// Something else, in words.
    Other(&'static str),
}

/// A member of an archive.
#[derive(Debug)]
pub struct Member {
    /// Its name, as it stands there.
    pub name: Vec<u8>,
    /// What it is.
    pub kind: MemberKind,
    /// Its permission bits and more, as they stand there.
    pub mode: u32,
    /// How many bytes its content has.
    pub size: u64,
}

/// Reads an archive from its plain bytes.
pub struct TarReader<R> {
    source: Source<R>,
    /// What is left of the member's bytes in the archive.
    left: u64,
    /// Zero bytes after them.
    padding: u64,
    sparse: Option<Sparse>,
    /// What pax's global headers say.
    global: Pax,
    /// Whether the archive's end has to be marked, because nothing around it says that it is whole.
    needs_end: bool,
    members: u64,
}

/// A buffered reader that counts.
struct Source<R> {
    inner: R,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    total: u64,
    limit: u64,
}

impl<R: Read> Source<R> {
    fn fill(&mut self) -> io::Result<bool> {
        if self.start == self.end {
            self.start = 0;
            self.end = self.inner.read(&mut self.buffer)?;
            self.count(self.end)?;
        }
        Ok(self.start < self.end)
    }

    fn count(&mut self, bytes: usize) -> io::Result<()> {
        self.total += bytes as u64;
        if self.total > self.limit {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "past the bound"));
        }
        Ok(())
    }

    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.start == self.end && into.len() >= BUFFER / 2 {
            let read = self.inner.read(into)?;
            self.count(read)?;
            return Ok(read);
        }
        if !self.fill()? {
            return Ok(0);
        }
        let length = into.len().min(self.end - self.start);
        into[..length].copy_from_slice(&self.buffer[self.start..self.start + length]);
        self.start += length;
        Ok(length)
    }

    /// Fills the buffer given, except at the end.
    fn block(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < into.len() {
            match self.read(&mut into[filled..])? {
                0 => break,
                read => filled += read,
            }
        }
        Ok(filled)
    }

    /// Fills the buffer given; less than that is an error.
    fn whole(&mut self, into: &mut [u8]) -> io::Result<()> {
        if self.block(into)? < into.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    fn skip(&mut self, mut bytes: u64) -> io::Result<()> {
        while bytes > 0 {
            if !self.fill()? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let length = (self.end - self.start).min(usize::try_from(bytes).unwrap_or(usize::MAX));
            self.start += length;
            bytes -= length as u64;
        }
        Ok(())
    }
}

impl<R: Read> TarReader<R> {
    /// Reads an archive that may have `max_bytes` plain bytes, its headers included. `needs_end`: whether an end without
    /// the two empty blocks is an error.
    pub fn new(inner: R, max_bytes: u64, needs_end: bool) -> Self {
        let buffer = vec![0; BUFFER].into_boxed_slice();
        Self {
            source: Source { inner, buffer, start: 0, end: 0, total: 0, limit: max_bytes },
            left: 0,
            padding: 0,
            sparse: None,
            global: Pax::default(),
            needs_end,
            members: 0,
        }
    }

    /// The next member; what was not read of the one before is passed over. At the end of the archive the rest of the
    /// bytes is looked at as well, so that a damaged end is told.
    pub fn next_member(&mut self) -> Outcome<Option<Member>> {
        self.source.skip(self.left.saturating_add(self.padding)).map_err(|error| problem(&error))?;
        (self.left, self.padding, self.sparse) = (0, 0, None);
        let mut long_name: Option<Vec<u8>> = None;
        let mut long_link: Option<Vec<u8>> = None;
        let mut own = Pax::default();
        loop {
            let Some(header) = self.header()? else {
                if long_name.is_some() || long_link.is_some() || !own.is_empty() {
                    return Err(damaged("it ends after the long name of a member"));
                }
                return self.end();
            };
            match header.kind() {
                b'L' => long_name = Some(c_text(self.extra(&header)?)),
                b'K' => long_link = Some(c_text(self.extra(&header)?)),
                b'x' | b'X' => own.parse(&self.extra(&header)?)?,
                b'g' => {
                    let text = self.extra(&header)?;
                    self.global.parse(&text)?;
                }
                b'V' => self.pass_over(&header)?,
                _ => return self.member(&header, long_name, long_link, own).map(Some),
            }
        }
    }

    /// The next header; `None` at the end of the archive.
    fn header(&mut self) -> Outcome<Option<Header>> {
        let mut block = [0; BLOCK];
        let read = self.source.block(&mut block).map_err(|error| problem(&error))?;
        if self.members == 0 && (read < BLOCK || !(Header::fits(&block) || is_empty(&block))) {
            return Err(damaged(NO_TAR));
        }
        if read == 0 {
            if self.needs_end {
                return Err(damaged("it ends without the empty blocks that mark a tar archive's end"));
            }
            return Ok(None);
        }
        if read < BLOCK {
            return Err(damaged("it ends too early"));
        }
        if is_empty(&block) {
            return Ok(None);
        }
        self.members += 1;
        Header::new(&block).map(Some)
    }

    /// A long name or pax header.
    fn extra(&mut self, header: &Header) -> Outcome<Vec<u8>> {
        let size = header.size()?;
        if size > MAX_EXTRA {
            return Err(Problem::Hostile { what: format!("a member's name or pax header has {size} bytes") });
        }
        let length = usize::try_from(size).unwrap_or(usize::MAX);
        let mut text = vec![0; length];
        self.source.whole(&mut text).map_err(|error| problem(&error))?;
        self.source.skip(padding(size)).map_err(|error| problem(&error))?;
        Ok(text)
    }

    fn pass_over(&mut self, header: &Header) -> Outcome<()> {
        let size = header.size()?;
        self.source.skip(size.saturating_add(padding(size))).map_err(|error| problem(&error))
    }

    fn member(
        &mut self,
        header: &Header,
        long_name: Option<Vec<u8>>,
        long_link: Option<Vec<u8>>,
        own: Pax,
    ) -> Outcome<Member> {
        let pax = own.over(&self.global);
        let mut name = pax.path.or(long_name).unwrap_or_else(|| header.name());
        let link = || pax.link.or(long_link).unwrap_or_else(|| header.link());
        let kind = match header.kind() {
            // Before ustar, a folder was a file whose name ends in a slash.
            b'0' | 0 | b'7' | b'S' if !name.ends_with(b"/") => MemberKind::File,
            b'0' | 0 | b'7' | b'5' | b'D' | b'S' => MemberKind::Directory,
            b'1' => MemberKind::HardLink(link()),
            b'2' => MemberKind::Symlink(link()),
            b'3' => MemberKind::Other("a character device"),
            b'4' => MemberKind::Other("a block device"),
            b'6' => MemberKind::Other("a FIFO"),
            b'M' => MemberKind::Other("the rest of a file that begins in another volume"),
            _ => MemberKind::Other("of a kind that tar does not define"),
        };
        let size = if let Some(size) = pax.size { size } else { header.size()? };
        // A further name has no bytes of its own, whatever its header says; GNU tar reads it so, too.
        let stored = if matches!(kind, MemberKind::HardLink(_)) { 0 } else { size };
        (self.left, self.padding) = (stored, padding(stored));
        let mut logical = if kind == MemberKind::File { stored } else { 0 };
        if header.kind() == b'S' {
            let source = &mut self.source;
            let sparse = Sparse::gnu(header, |block| source.whole(block))?;
            logical = sparse.size();
            self.sparse = Some(sparse);
        } else if let Some(map) = pax.sparse {
            if let Some(real) = map.name.clone() {
                name = real;
            }
            let before = self.source.total - (self.source.end - self.source.start) as u64;
            let source = &mut self.source;
            let sparse = Sparse::pax(map, self.left, |block| source.whole(block))?;
            let read = (self.source.total - (self.source.end - self.source.start) as u64) - before;
            self.left = self
                .left
                .checked_sub(read)
                .ok_or_else(|| damaged("a sparse member's map is longer than the member"))?;
            logical = sparse.size();
            self.sparse = Some(sparse);
        }
        if let Some(sparse) = &self.sparse {
            if kind != MemberKind::File || sparse.stored() > self.left {
                return Err(damaged("a sparse member does not hold what its map says"));
            }
        }
        Ok(Member { name, kind, mode: header.mode()?, size: logical })
    }

    /// Looks at what follows the archive's end.
    fn end(&mut self) -> Outcome<Option<Member>> {
        loop {
            match self.source.fill() {
                Ok(false) => return Ok(None),
                Ok(true) => {
                    if self.source.buffer[self.source.start..self.source.end].iter().any(|byte| *byte != 0) {
                        return Err(damaged("something follows the tar archive's end"));
                    }
                    self.source.start = self.source.end;
                }
                Err(error) => return Err(problem(&error)),
            }
        }
    }

    /// Reads the member's content: the buffer is filled, except at the end.
    pub fn read_full(&mut self, into: &mut [u8]) -> Outcome<usize> {
        let mut filled = 0;
        while filled < into.len() {
            match self.read_some(&mut into[filled..])? {
                0 => break,
                read => filled += read,
            }
        }
        Ok(filled)
    }

    fn read_some(&mut self, into: &mut [u8]) -> Outcome<usize> {
        let Some(sparse) = &mut self.sparse else { return self.read_stored(into) };
        let (length, is_hole) = sparse.next(into.len());
        if is_hole {
            into[..length].fill(0);
            return Ok(length);
        }
        let read = self.read_stored(&mut into[..length])?;
        if let Some(sparse) = &mut self.sparse {
            sparse.give_back(length - read);
        }
        Ok(read)
    }

    fn read_stored(&mut self, into: &mut [u8]) -> Outcome<usize> {
        let length = into.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if length == 0 {
            return Ok(0);
        }
        let read = self.source.read(&mut into[..length]).map_err(|error| problem(&error))?;
        if read == 0 {
            return Err(damaged("it ends in the middle of a member"));
        }
        self.left -= read as u64;
        Ok(read)
    }
}

fn is_empty(block: &[u8]) -> bool {
    block.iter().all(|byte| *byte == 0)
}

/// How many bytes follow so many, to fill the last block.
fn padding(size: u64) -> u64 {
    size.wrapping_neg() % BLOCK as u64
}

/// The detail of an archive that does not begin as one; the caller says what it is instead.
pub const NO_TAR: &str = "it does not begin with a tar header";

fn problem(error: &io::Error) -> Problem {
    if error.kind() == io::ErrorKind::FileTooLarge {
        return Problem::Bound { what: "the archive's plain bytes go past max_bytes".to_owned(), bound: "max_bytes" };
    }
    if error.kind() == io::ErrorKind::UnexpectedEof && error.get_ref().is_none() {
        return damaged("it ends too early");
    }
    decoding(error)
}

/// A long name's bytes, which end at the first NUL.
fn c_text(mut text: Vec<u8>) -> Vec<u8> {
    if let Some(end) = text.iter().position(|byte| *byte == 0) {
        text.truncate(end);
    }
    text
}
