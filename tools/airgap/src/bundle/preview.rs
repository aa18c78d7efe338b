//! What the manifest of a bundle would say.

use super::draft::Draft;
use crate::collection::Folder;
use crate::manifest::Manifest;
use crate::Result;

/// The manifest that a bundle of this collection would have, but that `sha256` is the digest that is known of each file,
/// in whatever algorithm that is: nothing is written, and of the repository cache nothing is read.
pub fn preview(folder: &Folder) -> Result<Manifest> {
    let draft = Draft::of(folder)?;
    let known = draft.known_digests();
    Ok(draft.manifest(known))
}
