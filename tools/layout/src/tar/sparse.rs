//! Files with holes: the archive holds the filled parts and a map.

use std::io;

use super::header::{number, Header, BLOCK};
use super::pax::{decimal, SparseMap};
use super::problem;
use crate::error::{damaged, Outcome, Problem};

/// How many parts a file may have.
const MAX_PARTS: usize = 16_384;

/// A sparse file that is being read.
#[derive(Debug)]
pub struct Sparse {
    /// Offsets and lengths of the filled parts, in order and apart from each other.
    parts: Vec<(u64, u64)>,
    size: u64,
    at: u64,
    part: usize,
}

fn too_many() -> Problem {
    Problem::Hostile { what: format!("a sparse member has more than {MAX_PARTS} parts") }
}

impl Sparse {
    fn new(parts: Vec<(u64, u64)>, size: u64) -> Outcome<Self> {
        let mut end = 0;
        for (offset, length) in &parts {
            if *offset < end || offset.checked_add(*length).is_none_or(|it| it > size) {
                return Err(damaged("the map of a sparse member is not in order"));
            }
            end = offset + length;
        }
        Ok(Self { parts, size, at: 0, part: 0 })
    }

    /// The map of GNU tar's own kind of member: four parts in the header, more in blocks after it.
    pub fn gnu(header: &Header, mut block: impl FnMut(&mut [u8]) -> io::Result<()>) -> Outcome<Self> {
        let wrong = || damaged("the map of a sparse member holds no number where one belongs");
        let mut parts = Vec::new();
        let mut add = |table: &[u8]| {
            for entry in table.chunks_exact(24).filter(|entry| entry[0] != 0) {
                let (offset, length) =
                    (number(&entry[..12]).ok_or_else(wrong)?, number(&entry[12..]).ok_or_else(wrong)?);
                if parts.len() == MAX_PARTS {
                    return Err(too_many());
                }
                parts.push((offset, length));
            }
            Ok(())
        };
        let bytes = header.bytes();
        add(&bytes[386..482])?;
        let mut more = bytes[482] != 0;
        while more {
            let mut extension = [0; BLOCK];
            block(&mut extension).map_err(|error| problem(&error))?;
            add(&extension[..504])?;
            more = extension[504] != 0;
        }
        Self::new(parts, number(&bytes[483..495]).ok_or_else(wrong)?)
    }

    /// The map of a pax header; where it stands before the content, that is read from there.
    pub fn pax(map: SparseMap, left: u64, mut block: impl FnMut(&mut [u8]) -> io::Result<()>) -> Outcome<Self> {
        let wrong = || damaged("the map of a sparse member is not one");
        let mut numbers = map.map;
        if map.in_content {
            let mut text = Vec::new();
            let mut lines = 0;
            let mut wanted = None;
            while wanted.is_none_or(|wanted| lines < wanted) {
                let start = text.len();
                text.resize(start + BLOCK, 0);
                if text.len() as u64 > left || text.len() > super::BUFFER * 16 {
                    return Err(wrong());
                }
                block(&mut text[start..]).map_err(|error| problem(&error))?;
                lines += text[start..].split(|byte| *byte == b'\n').count() - 1;
                if wanted.is_none() && lines > 0 {
                    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
                    let count = usize::try_from(decimal(first)?).unwrap_or(usize::MAX);
                    if count > MAX_PARTS {
                        return Err(too_many());
                    }
                    wanted = Some(1 + 2 * count);
                }
            }
            let count = wanted.unwrap_or(1);
            numbers = text.split(|byte| *byte == b'\n').take(count).skip(1).map(decimal).collect::<Outcome<_>>()?;
        }
        if numbers.len() & 1 == 1 {
            return Err(wrong());
        }
        if numbers.len() > 2 * MAX_PARTS {
            return Err(too_many());
        }
        let parts = numbers.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
        Self::new(parts, map.size.ok_or_else(wrong)?)
    }

    /// The file's size with its holes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// How many bytes of it the archive holds.
    pub fn stored(&self) -> u64 {
        self.parts.iter().map(|(_, length)| length).sum()
    }

    /// How many of the next bytes, at most so many, are alike, and whether they are a hole. They count as read.
    pub fn next(&mut self, most: usize) -> (usize, bool) {
        while self.parts.get(self.part).is_some_and(|(offset, length)| self.at >= offset + length) {
            self.part += 1;
        }
        let (until, is_hole) = match self.parts.get(self.part) {
            Some((offset, _)) if self.at < *offset => (*offset, true),
            Some((offset, length)) => (offset + length, false),
            None => (self.size, true),
        };
        let length = most.min(usize::try_from(until - self.at).unwrap_or(usize::MAX));
        self.at += length as u64;
        (length, is_hole)
    }

    /// So many of them were not read after all.
    pub fn give_back(&mut self, length: usize) {
        self.at -= length as u64;
    }
}
