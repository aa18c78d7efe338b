//! The central directory: what is where.

use std::fs::File;

use super::{u16_at, u32_at, u64_at};
use crate::error::{damaged, Outcome, Problem};
use crate::fsys::read_at;

const END: &[u8; 4] = b"PK\x05\x06";
const END_LENGTH: usize = 22;
const END64: &[u8; 4] = b"PK\x06\x06";
const LOCATOR64: &[u8; 4] = b"PK\x06\x07";
const LOCATOR64_LENGTH: u64 = 20;
const ENTRY: &[u8; 4] = b"PK\x01\x02";
const ENTRY_LENGTH: usize = 46;
/// How much of the directory is read at a time; more than its longest record can have.
const BUFFER: usize = 256 << 10;

/// A member, without its name.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Where its own header begins.
    pub offset: u64,
    /// How many bytes it has in the archive.
    pub compressed: u64,
    /// How many bytes it has.
    pub size: u64,
    /// Its CRC-32.
    pub crc: u32,
    /// How it is compressed.
    pub method: u16,
    /// Its flags.
    pub flags: u16,
    /// The mode as Unix has it, kind included; `None` where the archiver did not know.
    pub unix_mode: Option<u32>,
    /// Whether its name ends in a slash.
    pub is_folder: bool,
}

impl Entry {
    /// Whether its bytes are encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.flags & 1 != 0 || self.flags & 0x2000 != 0 || self.method == 99
    }

    /// Where its bytes end at the earliest.
    fn end(&self, name: usize) -> u64 {
        self.offset + super::member::HEADER as u64 + name as u64 + self.compressed
    }
}

/// Where the directory is.
#[derive(Debug)]
pub struct Directory {
    offset: u64,
    size: u64,
    count: u64,
    is_zip64: bool,
}

/// The members' records, one by one.
pub struct Names<'a> {
    file: &'a File,
    /// Where the next read begins.
    offset: u64,
    end: u64,
    buffer: Vec<u8>,
    at: usize,
    seen: u64,
    count: u64,
    is_zip64: bool,
    /// Where each member begins and ends at the earliest.
    extents: Vec<(u64, u64)>,
    limit: u64,
}

fn reading(error: &std::io::Error) -> Problem {
    damaged(format!("it cannot be read ({error})"))
}

impl Directory {
    /// Finds the directory of an archive.
    pub fn find(file: &File, length: u64) -> Outcome<Self> {
        let tail_length = length.min((END_LENGTH + 0xffff) as u64);
        let mut tail = vec![0; usize::try_from(tail_length).unwrap_or(0)];
        let tail_start = length - tail_length;
        let read = read_at(file, &mut tail, tail_start).map_err(|error| reading(&error))?;
        tail.truncate(read);
        let fits = |at: &usize| {
            tail[*at..].starts_with(END) && u16_at(&tail, at + 20) as usize == tail.len() - at - END_LENGTH
        };
        let last = tail.len().checked_sub(END_LENGTH);
        let at = last.and_then(|last| (0..=last).rev().find(fits));
        let at = at.ok_or_else(|| damaged("its directory, which ends a zip archive, is missing"))?;
        let end = &tail[at..];
        let end_offset = tail_start + at as u64;
        if u16_at(end, 4) != u16_at(end, 6) || (u16_at(end, 4) != 0 && u16_at(end, 4) != 0xffff) {
            return Err(Problem::Unsupported { what: "the archive is a part of several".to_owned() });
        }
        let mut directory = Self {
            offset: u64::from(u32_at(end, 16)),
            size: u64::from(u32_at(end, 12)),
            count: u64::from(u16_at(end, 10)),
            is_zip64: false,
        };
        let mut before = end_offset;
        if let Some(locator_offset) = end_offset.checked_sub(LOCATOR64_LENGTH) {
            let mut locator = [0; 20];
            let read = read_at(file, &mut locator, locator_offset).map_err(|error| reading(&error))?;
            if read == locator.len() && locator.starts_with(LOCATOR64) {
                before = u64_at(&locator, 8);
                directory.read_zip64(file, before)?;
            }
        }
        if directory.offset.checked_add(directory.size) != Some(before) {
            return Err(damaged("its directory is not where it says"));
        }
        Ok(directory)
    }

    fn read_zip64(&mut self, file: &File, offset: u64) -> Outcome<()> {
        let mut end = [0; 56];
        let read = read_at(file, &mut end, offset).map_err(|error| reading(&error))?;
        if read < end.len() || !end.starts_with(END64) {
            return Err(damaged("its zip64 directory is not where it says"));
        }
        *self = Self { offset: u64_at(&end, 48), size: u64_at(&end, 40), count: u64_at(&end, 32), is_zip64: true };
        Ok(())
    }

    /// The members' records. More than `limit` are an error.
    pub fn names<'a>(&self, file: &'a File, limit: u64) -> Names<'a> {
        Names {
            file,
            offset: self.offset,
            end: self.offset + self.size,
            buffer: Vec::new(),
            at: 0,
            seen: 0,
            count: self.count,
            is_zip64: self.is_zip64,
            extents: Vec::new(),
            limit,
        }
    }
}

impl Names<'_> {
    /// The next member and its name.
    pub fn next_entry(&mut self) -> Outcome<Option<(Entry, &[u8])>> {
        self.fill(ENTRY_LENGTH)?;
        if self.buffer.len() == self.at {
            return self.finish().map(|()| None);
        }
        let short = || damaged("its directory ends too early");
        if self.buffer.len() - self.at < ENTRY_LENGTH {
            return Err(short());
        }
        if !self.buffer[self.at..].starts_with(ENTRY) {
            return Err(damaged("its directory holds something else than members"));
        }
        let record = &self.buffer[self.at..];
        let (name, extra) = (u16_at(record, 28) as usize, u16_at(record, 30) as usize);
        let length = ENTRY_LENGTH + name + extra + u16_at(record, 32) as usize;
        self.fill(length)?;
        if self.buffer.len() - self.at < length {
            return Err(short());
        }
        self.seen += 1;
        if self.seen > self.limit {
            return Err(Problem::Bound {
                what: format!("the archive has more than {} members", self.limit),
                bound: "max_members",
            });
        }
        let record = &self.buffer[self.at..self.at + length];
        self.at += length;
        let entry = read_entry(record, name, extra)?;
        if entry.offset.checked_add(entry.compressed).is_none_or(|end| end > self.end) {
            return Err(damaged("a member lies outside of it"));
        }
        self.extents.push((entry.offset, entry.end(name)));
        Ok(Some((entry, &record[ENTRY_LENGTH..ENTRY_LENGTH + name])))
    }

    /// Has at least so many bytes in the buffer, unless the directory ends before.
    fn fill(&mut self, bytes: usize) -> Outcome<()> {
        if self.buffer.len() - self.at >= bytes || self.offset == self.end {
            return Ok(());
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        let start = self.buffer.len();
        let more = (self.end - self.offset).min(BUFFER as u64);
        self.buffer.resize(start + usize::try_from(more).unwrap_or(0), 0);
        let read = read_at(self.file, &mut self.buffer[start..], self.offset).map_err(|error| reading(&error))?;
        if read as u64 != more {
            return Err(damaged("its directory ends too early"));
        }
        self.offset += more;
        Ok(())
    }

    /// Members that share bytes are how a small archive grows beyond any ratio.
    fn finish(&mut self) -> Outcome<()> {
        let wraps = !self.is_zip64 && self.seen & 0xffff == self.count;
        if self.seen != self.count && !wraps {
            return Err(damaged(format!("its directory announces {} members and has {}", self.count, self.seen)));
        }
        self.extents.sort_unstable();
        if self.extents.windows(2).any(|pair| pair[0].1 > pair[1].0) {
            return Err(damaged("members overlap"));
        }
        Ok(())
    }
}

fn read_entry(record: &[u8], name: usize, extra: usize) -> Outcome<Entry> {
    let made_on = record[5];
    let mode = u32_at(record, 38) >> 16;
    let text = &record[ENTRY_LENGTH..ENTRY_LENGTH + name];
    let mut entry = Entry {
        offset: u64::from(u32_at(record, 42)),
        compressed: u64::from(u32_at(record, 20)),
        size: u64::from(u32_at(record, 24)),
        crc: u32_at(record, 16),
        method: u16_at(record, 10),
        flags: u16_at(record, 8),
        // Unix and OS X; the others leave something else in these bits.
        unix_mode: (matches!(made_on, 3 | 19) && mode != 0).then_some(mode),
        is_folder: text.ends_with(b"/"),
    };
    let mut fields = &record[ENTRY_LENGTH + name..ENTRY_LENGTH + name + extra];
    while fields.len() >= 4 {
        let (id, length) = (u16_at(fields, 0), u16_at(fields, 2) as usize);
        let Some(mut field) = fields.get(4..4 + length) else { break };
        if id == 1 {
            for (value, low) in [(&mut entry.size, 24), (&mut entry.compressed, 20), (&mut entry.offset, 42)] {
                if u32_at(record, low) != u32::MAX {
                    continue;
                }
                if field.len() < 8 {
                    return Err(damaged("the zip64 field of a member is too short"));
                }
                *value = u64_at(field, 0);
                field = &field[8..];
            }
        }
        fields = &fields[4 + length..];
    }
    Ok(entry)
}
