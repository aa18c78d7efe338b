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

/// Where this stands in the archive's bytes.
pub fn find(bytes: &[u8], wanted: &[u8]) -> usize {
    bytes.windows(wanted.len()).position(|window| window == wanted).unwrap()
}

/// Changes a zip archive's first entry in the directory: two bytes at an offset.
pub fn patch_entry(bytes: &mut [u8], at: usize, value: [u8; 2]) {
    let entry = find(bytes, b"PK\x01\x02");
    bytes[entry + at..entry + at + 2].copy_from_slice(&value);
}
