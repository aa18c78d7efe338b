//! Archives, honest and hostile, made by code.

use std::io::{Cursor, Write as _};

use tar::{Builder, EntryType, Header};
use zip::write::SimpleFileOptions;
use zip::ZipWriter;

use super::squeeze;

/// A tar archive that is written member by member.
pub struct Tar(Builder<Vec<u8>>);

impl Tar {
    pub fn new() -> Self {
        Self(Builder::new(Vec::new()))
    }

    pub fn file(self, name: &str, mode: u32, bytes: &[u8]) -> Self {
        self.member(name, EntryType::Regular, mode, "", bytes)
    }

    pub fn folder(self, name: &str) -> Self {
        self.member(name, EntryType::Directory, 0o755, "", b"")
    }

    pub fn symlink(self, name: &str, target: &str) -> Self {
        self.member(name, EntryType::Symlink, 0o777, target, b"")
    }

    pub fn hard_link(self, name: &str, target: &str) -> Self {
        self.member(name, EntryType::Link, 0o644, target, b"")
    }

    /// A member of any kind, its name as it stands: the builder's own checks would refuse the hostile ones.
    pub fn member(mut self, name: &str, kind: EntryType, mode: u32, target: &str, bytes: &[u8]) -> Self {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_size(bytes.len() as u64);
        for (text, letter) in [(name, b'L'), (target, b'K')] {
            if text.len() > 100 {
                let mut long = Header::new_gnu();
                long.as_mut_bytes()[..13].copy_from_slice(b"././@LongLink");
                long.set_entry_type(EntryType::new(letter));
                long.set_size(text.len() as u64 + 1);
                long.set_cksum();
                self.0.append(&long, [text.as_bytes(), &[0]].concat().as_slice()).unwrap();
            }
        }
        let (name, target) = (name.as_bytes(), target.as_bytes());
        header.as_old_mut().name[..name.len().min(100)].copy_from_slice(&name[..name.len().min(100)]);
        header.as_old_mut().linkname[..target.len().min(100)].copy_from_slice(&target[..target.len().min(100)]);
        header.set_cksum();
        self.0.append(&header, bytes).unwrap();
        self
    }

    /// A pax header for the next member.
    pub fn pax(mut self, records: &[(&str, &str)]) -> Self {
        let records = records.iter().map(|(key, value)| (*key, value.as_bytes()));
        self.0.append_pax_extensions(records).unwrap();
        self
    }

    pub fn done(self) -> Vec<u8> {
        self.0.into_inner().unwrap()
    }
}

/// The same bytes in each of the compressions, by the format's name.
pub fn compressed(plain: &[u8], compression: &str) -> Vec<u8> {
    match compression {
        "br" => {
            let mut out = Vec::new();
            let mut writer = brotli::CompressorWriter::new(&mut out, 4096, 5, 22);
            writer.write_all(plain).unwrap();
            drop(writer);
            out
        }
        "bz2" => squeeze(bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast()), plain).finish().unwrap(),
        "gz" => {
            squeeze(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()), plain).finish().unwrap()
        }
        "xz" => squeeze(liblzma::write::XzEncoder::new(Vec::new(), 1), plain).finish().unwrap(),
        "zst" => zstd::encode_all(plain, 1).unwrap(),
        _ => plain.to_vec(),
    }
}

/// A zip archive that is written member by member.
pub struct Zip(ZipWriter<Cursor<Vec<u8>>>);

impl Zip {
    pub fn new() -> Self {
        Self(ZipWriter::new(Cursor::new(Vec::new())))
    }

    pub fn file(self, name: &str, mode: u32, bytes: &[u8]) -> Self {
        self.with(name, SimpleFileOptions::default().unix_permissions(mode), bytes)
    }

    pub fn with(mut self, name: &str, options: SimpleFileOptions, bytes: &[u8]) -> Self {
        self.0.start_file(name, options).unwrap();
        self.0.write_all(bytes).unwrap();
        self
    }

    pub fn folder(mut self, name: &str) -> Self {
        self.0.add_directory(name, SimpleFileOptions::default()).unwrap();
        self
    }

    pub fn symlink(mut self, name: &str, target: &str) -> Self {
        self.0.add_symlink(name, target, SimpleFileOptions::default()).unwrap();
        self
    }

    pub fn done(self) -> Vec<u8> {
        self.0.finish().unwrap().into_inner()
    }
}

/// A tar archive of empty files. By hand, because the crates take minutes for so many.
pub fn many_in_tar(names: &[String]) -> Vec<u8> {
    let mut block = Tar::new().file("", 0o644, b"").done();
    block.truncate(512);
    block[148..156].copy_from_slice(b"        ");
    let empty: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    let mut tar = Vec::with_capacity(names.len() * 512 + 1024);
    for name in names {
        block[..100].fill(0);
        block[..name.len()].copy_from_slice(name.as_bytes());
        let sum = empty + name.bytes().map(u32::from).sum::<u32>();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        tar.extend_from_slice(&block);
    }
    tar.extend_from_slice(&[0; 1024]);
    tar
}

/// A zip archive of empty files, by hand as well.
pub fn many_in_zip(names: &[String]) -> Vec<u8> {
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    for name in names {
        let offset = u32::try_from(zip.len()).unwrap().to_le_bytes();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        zip.extend_from_slice(b"PK\x03\x04");
        zip.extend_from_slice(&[0; 22]);
        zip.extend_from_slice(&[length[0], length[1], 0, 0]);
        zip.extend_from_slice(name.as_bytes());
        directory.extend_from_slice(b"PK\x01\x02");
        directory.extend_from_slice(&[0; 24]);
        directory.extend_from_slice(&length);
        directory.extend_from_slice(&[0; 12]);
        directory.extend_from_slice(&offset);
        directory.extend_from_slice(name.as_bytes());
    }
    let numbers = [directory.len(), zip.len()].map(|number| u32::try_from(number).unwrap().to_le_bytes());
    // Without zip64 the count is one of 16 bits, as some archivers write it.
    let count = u16::try_from(names.len() & 0xffff).unwrap().to_le_bytes();
    zip.extend_from_slice(&directory);
    zip.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    zip.extend_from_slice(&[count, count].concat());
    zip.extend_from_slice(&numbers.concat());
    zip.extend_from_slice(&[0; 2]);
    zip
}

/// Where this stands in the archive's bytes.
pub fn find(bytes: &[u8], wanted: &[u8]) -> usize {
    bytes.windows(wanted.len()).position(|window| window == wanted).unwrap()
}

/// Changes a zip archive's first entry in the directory: two bytes at an offset.
pub fn patch_entry(bytes: &mut [u8], at: usize, value: [u8; 2]) {
    let entry = find(bytes, b"PK\x01\x02");
    bytes[entry + at..entry + at + 2].copy_from_slice(&value);
}
