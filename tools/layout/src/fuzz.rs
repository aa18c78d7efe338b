//! Ways into the archive readers for the fuzzer, which has no files and no plan.

use std::io::Read as _;

use crate::decode::Compression;
use crate::tar::TarReader;
use lazytools_lock::Format;

/// More than this is not read of one input.
const MAX_BYTES: u64 = 16 << 20;

/// Reads all members of a tar archive.
pub fn tar(bytes: &[u8], format: Format) {
    let Ok(reader) = Compression::of(format).buffered(std::io::Cursor::new(bytes.to_vec())) else { return };
    let mut tar = TarReader::new(reader.take(MAX_BYTES), MAX_BYTES, false);
    let mut buffer = vec![0; 64 << 10];
    let mut total = 0;
    while let Ok(Some(member)) = tar.next_member() {
        let _ = crate::select::plain_name(&member.name);
        loop {
            let Ok(length) = tar.read_full(&mut buffer) else { return };
            total += length as u64;
            if length < buffer.len() || total > MAX_BYTES {
                break;
            }
        }
    }
}
