//! A member's bytes.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::sync::Arc;

use flate2::{Decompress, FlushDecompress, Status};

use super::{u16_at, Entry};
use crate::decode::Compression;
use crate::error::{damaged, decoding, Outcome, Problem};
use crate::fsys::read_at;

/// How long a member's own header is, without name and extra fields.
pub const HEADER: usize = 30;
const SIGNATURE: &[u8; 4] = b"PK\x03\x04";
/// How much of an archive is read at a time.
const INPUT: usize = 64 << 10;

/// What reading a member needs and the next one can use again.
pub struct Inflater {
    inflate: Decompress,
    input: Box<[u8]>,
}

impl Default for Inflater {
    fn default() -> Self {
        Self { inflate: Decompress::new(false), input: vec![0; INPUT].into_boxed_slice() }
    }
}

/// A member's plain bytes. At their end, size and CRC are checked.
pub struct MemberReader<'a> {
    file: &'a Arc<File>,
    entry: Entry,
    how: How<'a>,
    produced: u64,
    crc: crc32fast::Hasher,
}

enum How<'a> {
    Stored(Raw<'a>),
    Deflated(Raw<'a>, bool),
    Other(Box<dyn Read + Send>),
}

/// The archive's own bytes of a member.
struct Raw<'a> {
    inflater: &'a mut Inflater,
    /// Where the next read begins, and how many bytes are left to read.
    offset: u64,
    left: u64,
    start: usize,
    end: usize,
}

/// A stretch of a file.
struct Stretch {
    file: Arc<File>,
    offset: u64,
    left: u64,
}

impl Read for Stretch {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let read = read_at(&self.file, &mut buffer[..most], self.offset)?;
        self.offset += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}

impl Raw<'_> {
    fn fill(&mut self, file: &File) -> Outcome<bool> {
        if self.start == self.end && self.left > 0 {
            let most = self.inflater.input.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
            self.start = 0;
            self.end =
                read_at(file, &mut self.inflater.input[..most], self.offset).map_err(|error| decoding(&error))?;
            if self.end == 0 {
                return Err(damaged("it ends in the middle of a member"));
            }
            self.offset += self.end as u64;
            self.left -= self.end as u64;
        }
        Ok(self.start < self.end)
    }
}

impl<'a> MemberReader<'a> {
    /// Reads a member. `name` is for messages.
    pub fn new(file: &'a Arc<File>, entry: Entry, name: &str, inflater: &'a mut Inflater) -> Outcome<Self> {
        if entry.is_encrypted() {
            return Err(Problem::Unsupported { what: format!("member {name:?} is encrypted") });
        }
        // One read is enough for the header and all of a small member.
        let expected = entry.compressed.saturating_add((HEADER + name.len() + 64) as u64);
        let most = INPUT.min(usize::try_from(expected).unwrap_or(INPUT));
        let end = read_at(file, &mut inflater.input[..most], entry.offset).map_err(|error| decoding(&error))?;
        let header = &inflater.input[..end];
        if end < HEADER || !header.starts_with(SIGNATURE) {
            return Err(damaged(format!("member {name:?} is not where the directory says")));
        }
        if u16_at(header, 8) != entry.method || (u16_at(header, 6) ^ entry.flags) & 1 != 0 {
            return Err(damaged(format!("the directory and the header of member {name:?} do not agree")));
        }
        let data = HEADER + u16_at(header, 26) as usize + u16_at(header, 28) as usize;
        let (start, end) = if data <= end {
            let available = (end - data) as u64;
            (data, data + usize::try_from(available.min(entry.compressed)).unwrap_or(0))
        } else {
            (0, 0)
        };
        let loaded = (end - start) as u64;
        let raw =
            Raw { inflater, offset: entry.offset + data as u64 + loaded, left: entry.compressed - loaded, start, end };
        let other = |compression: Compression| {
            let stretch =
                Stretch { file: Arc::clone(file), offset: entry.offset + data as u64, left: entry.compressed };
            compression.buffered(BufReader::new(stretch)).map(How::Other).map_err(|error| decoding(&error))
        };
        let how = match entry.method {
            0 => How::Stored(raw),
            8 => {
                raw.inflater.inflate.reset(false);
                How::Deflated(raw, false)
            }
            12 => other(Compression::Bz2)?,
            93 => other(Compression::Zst)?,
            95 => other(Compression::Xz)?,
            method => {
                return Err(Problem::Unsupported {
                    what: format!(
                        "member {name:?} is compressed by method {method}, which is not one of stored, deflate, \
                                   bzip2, zstandard and xz"
                    ),
                })
            }
        };
        Ok(Self { file, entry, how, produced: 0, crc: crc32fast::Hasher::new() })
    }

    /// Reads on: the buffer is filled, except at the end.
    pub fn read_full(&mut self, into: &mut [u8]) -> Outcome<usize> {
        let mut filled = 0;
        while filled < into.len() {
            match self.read_some(&mut into[filled..])? {
                0 => break,
                read => filled += read,
            }
        }
        self.crc.update(&into[..filled]);
        self.produced += filled as u64;
        if self.produced > self.entry.size {
            return Err(damaged("a member is longer than it says"));
        }
        if filled < into.len() {
            self.check_end()?;
        }
        Ok(filled)
    }

    fn check_end(&mut self) -> Outcome<()> {
        if self.produced != self.entry.size {
            return Err(damaged("a member is shorter than it says"));
        }
        if self.crc.clone().finalize() != self.entry.crc {
            return Err(damaged("a member's CRC does not fit"));
        }
        Ok(())
    }

    fn read_some(&mut self, into: &mut [u8]) -> Outcome<usize> {
        match &mut self.how {
            How::Stored(raw) => {
                if !raw.fill(self.file)? {
                    return Ok(0);
                }
                let length = into.len().min(raw.end - raw.start);
                into[..length].copy_from_slice(&raw.inflater.input[raw.start..raw.start + length]);
                raw.start += length;
                Ok(length)
            }
            How::Deflated(_, true) => Ok(0),
            How::Deflated(raw, done) => loop {
                let more = raw.fill(self.file)?;
                let (inflate, input) = (&mut raw.inflater.inflate, &raw.inflater.input[raw.start..raw.end]);
                let (before_in, before_out) = (inflate.total_in(), inflate.total_out());
                let status = inflate.decompress(input, into, FlushDecompress::None);
                let status =
                    status.map_err(|error| damaged(format!("a member's compressed data is not right ({error})")))?;
                raw.start += usize::try_from(inflate.total_in() - before_in).unwrap_or(0);
                let written = usize::try_from(inflate.total_out() - before_out).unwrap_or(0);
                *done = status == Status::StreamEnd;
                if written > 0 || *done {
                    return Ok(written);
                }
                if !more {
                    return Err(damaged("a member's compressed data ends too early"));
                }
            },
            How::Other(reader) => reader.read(into).map_err(|error| decoding(&error)),
        }
    }
}
