//! Artifacts that are files of the workspace: nothing is fetched for them.

use std::fs::File;
use std::io::Read as _;

use lazytools_fetch::{FetchError, FileFacts};
use lazytools_lock::recipe::{Known, Wanted};
use lazytools_lock::{Algorithm, Artifact, Format, Source};
use lazytools_requests::LocalFile;

use super::resolve::{text, Outcome};

/// How many first bytes tell a file's kind.
const HEAD: u64 = 512;

/// How a file begins that Git LFS has not brought yet.
const LFS: &[u8] = b"version https://git-lfs.github.com/spec/";

/// Everything about an artifact that is a file of the workspace.
pub fn resolve(wanted: &Wanted, label: &str, file: &LocalFile) -> Outcome<Known> {
    super::secrets::refuse(wanted)?;
    check_kind(wanted.format, label, file)?;
    let facts = FileFacts::of(&file.path).map_err(text)?;
    // The tool's request was held against the file as it was a moment ago.
    let integrity = facts.integrity(Algorithm::Sha256).filter(|integrity| *integrity == file.integrity);
    let integrity = integrity.ok_or_else(|| format!("{label} changed while it was read: pin again (LT346)"))?;
    let artifact = Artifact {
        source: Source::File(label.to_owned()),
        format: wanted.format,
        integrity,
        size: facts.size,
        provenance: None,
        licence: None,
    };
    Ok(Known { artifact, tool_url: wanted.tool_url.clone(), digests: facts.digests })
}

/// That the first bytes can be those of the format that the recipe declares.
fn check_kind(format: Format, label: &str, file: &LocalFile) -> Outcome<()> {
    let mut head = Vec::new();
    let read = File::open(&file.path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    read.map_err(|error| text(FetchError::file(&file.path)(error)))?;
    if head.starts_with(LFS) {
        return Err(format!(
            "{label} is the pointer that Git LFS leaves in a file's place: run `git lfs pull` (LT347)"
        ));
    }
    if format.matches(&head) == Some(false) {
        return Err(format!(
            "{label} looks like {}, and the recipe declares {format}: take a file of that format (LT347)",
            Format::describe(&head)
        ));
    }
    Ok(())
}
