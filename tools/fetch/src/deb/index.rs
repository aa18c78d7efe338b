//! The Packages index of an archive's component.

use std::fs::File;
use std::io::{BufReader, Read};
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use lazytools_lock::Format;
use liblzma::read::XzDecoder;

use crate::client::Client;
use crate::download::{download, Expected};
use crate::error::FetchError;
use crate::store::Store;

use super::control::Paragraphs;
use super::release::{Compression, Entry, ReleaseFile};
use super::Package;

/// The most bytes of an index; Debian's largest has some 60 MB.
const MAX_INDEX: u64 = 1 << 30;

/// Brings an index into the store, held against the digest that Release has for it.
pub(super) fn fetch(
    client: &Client,
    store: &Store,
    release: &ReleaseFile,
    entry: &Entry,
) -> Result<PathBuf, FetchError> {
    let format = match entry.compression {
        Compression::Xz => Format::Xz,
        Compression::Gzip => Format::Gz,
        Compression::None => Format::File,
    };
    let expected = Expected { format, integrity: Some(&entry.integrity), published_by: "the suite's Release" };
    let fetch = |path: &str| download(client, store, &format!("{}/{path}", release.address), &expected, &|_| {});
    // While an archive is updated, its Release and what lies under the indexes' own names can be of two days.
    if release.by_hash {
        let folder = entry.path.rsplit_once('/').map(|(folder, _)| folder).unwrap_or_default();
        // Not every mirror has these.
        if let Ok(downloaded) = fetch(&format!("{folder}/by-hash/SHA256/{}", entry.integrity.hex())) {
            return Ok(downloaded.path);
        }
    }
    Ok(fetch(&entry.path)?.path)
}

/// All versions of a package in an index.
pub(super) fn packages(path: &Path, compression: Compression, name: &str) -> std::io::Result<Vec<Package>> {
    let file = BufReader::new(File::open(path)?);
    let reader: Box<dyn Read> = match compression {
        Compression::Xz => Box::new(XzDecoder::new(file)),
        Compression::Gzip => Box::new(MultiGzDecoder::new(file)),
        Compression::None => Box::new(file),
    };
    let mut found = Vec::new();
    for paragraph in Paragraphs::new(BufReader::new(reader.take(MAX_INDEX))) {
        let mut paragraph = paragraph?;
        if paragraph.get("package").is_none_or(|package| package != name) {
            continue;
        }
        let mut field = |key: &str| paragraph.remove(key).unwrap_or_default();
        found.push(Package {
            version: field("version"),
            path: field("filename").trim_start_matches("./").to_owned(),
            size: field("size").parse().ok().and_then(NonZeroU64::new),
            sha256: field("sha256"),
        });
    }
    // What has no digest or lies elsewhere is not to be had from here.
    found
        .retain(|package| package.sha256.len() == 64 && !package.path.split('/').any(|part| matches!(part, "" | "..")));
    Ok(found)
}
