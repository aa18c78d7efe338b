//! Files of the workspace that are taken instead of downloads.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use lazytools_lock::{Algorithm, ArtifactSlot, Integrity, Source, Tool};

use crate::error::RequestsError;
use crate::requests::ToolRequest;

/// The most bytes that such a file may have: as many as a download.
pub const MAX_BYTES: u64 = 16 << 30;

/// A file of the workspace as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its SHA-256 digest.
    pub integrity: Integrity,
}

/// A request's files by their labels.
pub type LocalFiles = BTreeMap<String, LocalFile>;

/// Reads the files that a request takes instead of downloads; each one once, however many artifacts it is for.
pub fn read(request: &ToolRequest) -> Result<LocalFiles, RequestsError> {
    let mut files = LocalFiles::new();
    for (slot, label) in &request.request.artifact_files {
        let path = request
            .artifact_file_paths
            .get(slot)
            .ok_or_else(|| RequestsError::NoPath { what: format!("artifact {slot}"), label: label.clone() })?;
        if files.contains_key(label) {
            continue;
        }
        let integrity = digest(path).map_err(|error| fault(slot, label, path, &error.to_string()))?;
        files.insert(label.clone(), LocalFile { path: path.clone(), integrity });
    }
    Ok(files)
}

fn fault(slot: &ArtifactSlot, label: &str, path: &Path, problem: &str) -> RequestsError {
    let (slot, label, path, problem) = (slot.clone(), label.to_owned(), path.to_owned(), problem.to_owned());
    RequestsError::LocalFile { slot, label, path, problem }
}

fn digest(path: &Path) -> io::Result<Integrity> {
    let wrong = |kind, what: &str| Err(io::Error::new(kind, what.to_owned()));
    // Opening a named pipe would wait for its other end.
    let data = std::fs::metadata(path)?;
    if !data.is_file() {
        return wrong(io::ErrorKind::InvalidInput, "it is not a file");
    }
    if data.len() == 0 {
        return wrong(io::ErrorKind::InvalidData, "it is empty");
    }
    if data.len() > MAX_BYTES {
        return wrong(io::ErrorKind::FileTooLarge, &format!("it is larger than {} GiB", MAX_BYTES >> 30));
    }
    Algorithm::Sha256.digest_of(File::open(path)?.take(MAX_BYTES))
}

/// The label of a file that has other bytes than those that are pinned.
pub fn changed<'a>(pinned: &'a Tool, files: &LocalFiles) -> Option<&'a str> {
    labels(pinned).find_map(|(label, integrity)| {
        let now = files.get(label)?;
        (now.integrity != *integrity).then_some(label)
    })
}

/// The labels of a tool's local files with the digests that are pinned.
pub fn labels(tool: &Tool) -> impl Iterator<Item = (&str, &Integrity)> {
    let artifacts = tool.parts().flat_map(|(_, _, part)| part.artifacts.values());
    artifacts.filter_map(|artifact| match &artifact.source {
        Source::File(label) => Some((label.as_str(), &artifact.integrity)),
        Source::Purl(_) | Source::Urls(_) => None,
    })
}
