//! The `repack` step: members of an archive as a tar.gz of their own.
//!
//! The tar.gz is not compressed: gzip's stored blocks are the only form that no version and no processor-dependent path
//! of a compressor can change, and they are the fastest to write and to read.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};

use lazytools_lock::step::{Repack, DEFAULT_MAX_MEMBERS};
use lazytools_lock::FileMode;

use crate::archive::{self, Bounds};
use crate::error::{output, Outcome, Problem};
use crate::fsys::read_at;
use crate::select::plain_name;
use crate::site::Site;
use crate::tar::MemberKind;
use crate::work::{Scratch, CHUNK};

/// The most that a stored block can hold.
const STORED: usize = 0xffff;

/// A member on its way: where it lies in the spool file.
struct Spooled {
    offset: u64,
    length: u64,
    mode: u32,
}

/// Carries the step out.
pub fn repack(site: &Site<'_>, at: usize, step: &Repack, scratch: &mut Scratch) -> Outcome<()> {
    let input = site.steps.input(&site.steps.tasks[at], &step.artifact)?;
    let to = site.claim_file(at, &step.to, FileMode::FILE, 0)?;
    let path = site.root.join(&*to);
    let bounds = Bounds { bytes: step.max_bytes, members: DEFAULT_MAX_MEMBERS };
    // The members come in the archive's order and leave in the order of their new names.
    let folder = path.parent().unwrap_or(&site.root);
    let mut spool = tempfile::tempfile_in(folder).map_err(output("write in", folder))?;
    let mut spooled = BTreeMap::new();
    let mut offset = 0;
    archive::visit(input, step.format, bounds, &mut |member, read| {
        let name = plain_name(&member.name)?;
        let Some(new) = step.members.get(&*name) else { return Ok(()) };
        if member.kind != MemberKind::File {
            let kind = "not a file of its own, and only files are repacked".to_owned();
            return Err(Problem::MemberKind { member: name.into_owned(), kind });
        }
        let start = offset;
        loop {
            let length = read(&mut scratch.buffer)?;
            spool.write_all(&scratch.buffer[..length]).map_err(output("write in", folder))?;
            offset += length as u64;
            if length < CHUNK {
                break;
            }
        }
        if spooled
            .insert(new.clone(), Spooled { offset: start, length: offset - start, mode: member.mode & 0o777 })
            .is_some()
        {
            let reason = "the archive has the member twice";
            return Err(Problem::Collision { path: new.to_string(), other: name.into_owned(), reason });
        }
        Ok(())
    })?;
    if let Some((member, _)) = step.members.iter().find(|(_, new)| !spooled.contains_key(*new)) {
        let near = archive::near(input, step.format, bounds, member, &|name| Some(name.to_owned()));
        return Err(Problem::NoMember { member: member.clone(), near });
    }
    let file = site.modes.create(&path, FileMode::FILE)?;
    let write = || -> io::Result<u64> {
        let mut writer = StoredGzip::new(BufWriter::with_capacity(CHUNK, file))?;
        for (name, member) in &spooled {
            write_member(&mut writer, name.as_str(), member, &spool, &mut scratch.buffer)?;
        }
        writer.write_all(&[0; 1024])?;
        writer.finish()
    };
    let bytes = write().map_err(output("write", &path))?;
    site.registry().set_size(&to, bytes);
    Ok(())
}

fn write_member(out: &mut impl Write, name: &str, member: &Spooled, spool: &File, buffer: &mut [u8]) -> io::Result<()> {
    if name.len() > 100 {
        // GNU's long name, which every reader knows.
        out.write_all(&header(b"././@LongLink", name.len() as u64 + 1, 0, b'L'))?;
        out.write_all(name.as_bytes())?;
        let padding = 512 - name.len() % 512;
        out.write_all(&vec![0; padding])?;
    }
    out.write_all(&header(name.as_bytes(), member.length, member.mode, b'0'))?;
    let (mut offset, end) = (member.offset, member.offset + member.length);
    while offset < end {
        let most = buffer.len().min(usize::try_from(end - offset).unwrap_or(usize::MAX));
        let length = read_at(spool, &mut buffer[..most], offset)?;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        out.write_all(&buffer[..length])?;
        offset += length as u64;
    }
    let padding = usize::try_from(member.length.wrapping_neg() % 512).unwrap_or(0);
    out.write_all(&[0; 512][..padding])
}

/// A GNU header without owner and time.
fn header(name: &[u8], size: u64, mode: u32, kind: u8) -> [u8; 512] {
    let mut block = [0; 512];
    let length = name.len().min(100);
    block[..length].copy_from_slice(&name[..length]);
    block[100..108].copy_from_slice(format!("{mode:07o}\0").as_bytes());
    block[108..116].copy_from_slice(b"0000000\0");
    block[116..124].copy_from_slice(b"0000000\0");
    if size < 1 << 33 {
        block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    } else {
        block[124] = 0x80;
        block[128..136].copy_from_slice(&size.to_be_bytes());
    }
    block[136..148].copy_from_slice(b"00000000000\0");
    block[156] = kind;
    block[257..265].copy_from_slice(b"ustar  \0");
    block[148..156].copy_from_slice(b"        ");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

/// A gzip file that is not compressed.
struct StoredGzip<W: Write> {
    out: W,
    block: Vec<u8>,
    crc: crc32fast::Hasher,
    plain: u64,
    written: u64,
}

impl<W: Write> StoredGzip<W> {
    fn new(mut out: W) -> io::Result<Self> {
        // No time, no name, and "unknown" for the operating system.
        let start = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
        out.write_all(&start)?;
        let written = start.len() as u64;
        Ok(Self { out, block: Vec::with_capacity(STORED), crc: crc32fast::Hasher::new(), plain: 0, written })
    }

    fn put(&mut self, last: bool) -> io::Result<()> {
        let length = u16::try_from(self.block.len()).map_err(io::Error::other)?;
        self.out.write_all(&[u8::from(last)])?;
        self.out.write_all(&length.to_le_bytes())?;
        self.out.write_all(&(!length).to_le_bytes())?;
        self.out.write_all(&self.block)?;
        self.written += 5 + self.block.len() as u64;
        self.block.clear();
        Ok(())
    }

    fn finish(mut self) -> io::Result<u64> {
        self.put(true)?;
        let crc = std::mem::take(&mut self.crc).finalize();
        self.out.write_all(&crc.to_le_bytes())?;
        // gzip counts modulo 2^32.
        let plain = self.plain & u64::from(u32::MAX);
        self.out.write_all(&plain.to_le_bytes()[..4])?;
        self.out.flush()?;
        Ok(self.written + 8)
    }
}

impl<W: Write> Write for StoredGzip<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.block.len() == STORED {
            self.put(false)?;
        }
        let length = bytes.len().min(STORED - self.block.len());
        self.block.extend_from_slice(&bytes[..length]);
        self.crc.update(&bytes[..length]);
        self.plain += length as u64;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
