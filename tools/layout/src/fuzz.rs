//! Ways into the archive readers for the fuzzer, which has no plan.

use std::io::{Read as _, Write as _};
use std::sync::Arc;

use lazytools_lock::Format;

use crate::decode::Compression;
use crate::tar::TarReader;
use crate::zip::{Directory, Inflater, MemberReader};

/// More than this is not read of one input.
const MAX_BYTES: u64 = 1 << 20;

/// Reads all members of a tar archive.
pub fn tar(bytes: &[u8], format: Format) {
    let Ok(reader) = Compression::of(format).buffered(std::io::Cursor::new(bytes.to_vec())) else { return };
    let mut tar = TarReader::new(reader.take(MAX_BYTES), MAX_BYTES, false);
    let mut buffer = vec![0; 64 << 10];
    let mut total = 0;
    while let Ok(Some(member)) = tar.next_member() {
        let _ = crate::select::plain_name(&member.name);
        let mut seen = 0;
        loop {
            let Ok(length) = tar.read_full(&mut buffer) else { return };
            seen += length as u64;
            total += length as u64;
            if total > MAX_BYTES {
                return;
            }
            if length < buffer.len() {
                break;
            }
        }
        assert_eq!(seen, member.size);
    }
}

/// Reads all members of a zip archive.
pub fn zip(bytes: &[u8]) {
    let Ok(mut file) = tempfile::tempfile_in("/dev/shm").or_else(|_| tempfile::tempfile()) else { return };
    if file.write_all(bytes).is_err() {
        return;
    }
    let file = Arc::new(file);
    let Ok(directory) = Directory::find(&file, bytes.len() as u64) else { return };
    let mut entries = Vec::new();
    let mut names = directory.names(&file, 1000);
    while let Ok(Some((entry, name))) = names.next_entry() {
        entries.push((entry, String::from_utf8_lossy(name).into_owned()));
    }
    let (mut inflater, mut buffer) = (Inflater::default(), vec![0; 64 << 10]);
    for (entry, name) in entries {
        let Ok(mut reader) = MemberReader::new(&file, entry, &name, &mut inflater) else { continue };
        let mut seen = 0;
        while let Ok(length @ 1..) = reader.read_full(&mut buffer) {
            seen += length as u64;
            assert!(seen <= entry.size);
            if seen > MAX_BYTES {
                break;
            }
        }
    }
}
