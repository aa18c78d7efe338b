//! One member of an archive, read into memory: a table of digests in a tool's own package.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use lazytools_lock::Format;

use crate::error::FetchError;

/// The most bytes of a table.
const MAX_TABLE: u64 = 64 << 20;

/// The text of an archive's member, or of a plain file. `Ok(None)` where there is no such member.
pub fn read(path: &Path, format: Format, member: Option<&str>) -> Result<Option<String>, FetchError> {
    let file = BufReader::new(File::open(path).map_err(FetchError::file(path))?);
    let Some(member) = member else {
        return text(file).map(Some).map_err(FetchError::file(path));
    };
    let source: Box<dyn Read> = match format {
        Format::TarGz => Box::new(MultiGzDecoder::new(file)),
        _ => Box::new(file),
    };
    let find = || -> std::io::Result<Option<String>> {
        let mut archive = tar::Archive::new(source);
        for entry in archive.entries()? {
            let entry = entry?;
            if entry.path_bytes().as_ref() == member.as_bytes() {
                return text(entry).map(Some);
            }
        }
        Ok(None)
    };
    find().map_err(FetchError::file(path))
}

fn text(source: impl Read) -> std::io::Result<String> {
    let mut text = String::new();
    source.take(MAX_TABLE).read_to_string(&mut text)?;
    Ok(text)
}
