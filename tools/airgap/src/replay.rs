//! Downloads without a checksum, as they came when they were collected: `replay/` of a bundle, where each file's name is its
//! SHA-256, and the index that says which address gave which.

use std::collections::BTreeMap;
use std::path::Path;

use lazytools_lock::CachePath;
use serde::{Deserialize, Serialize};

use crate::collection::{Version, REPLAY};
use crate::digest::{Algorithm, Digest};
use crate::exception_error::ExceptionError;
use crate::files;
use crate::json::{self, Kind};
use crate::{AirgapError, Result};

/// The index's name.
const INDEX: &str = "index.json";

const KIND: Kind = Kind {
    what: "the index of replays",
    mend: "Copy the bundle again, or run `lazytools airgap collect` and `bundle` again",
};

/// Which address gave which bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Index {
    /// The version of the form.
    pub index_version: Version,
    /// By address. None of them holds a secret.
    pub downloads: BTreeMap<String, Replay>,
}

/// A download.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Replay {
    /// The SHA-256 of what came. Nothing vouches for it but that it came.
    pub sha256: Digest,
    /// Its size in bytes.
    pub size: u64,
}

impl Replay {
    /// Where its bytes are, from the top of a bundle or of a collection's trees.
    pub fn path(&self) -> CachePath {
        path(&self.sha256.hex())
    }
}

fn path(name: &str) -> CachePath {
    format!("{REPLAY}/{name}").parse().unwrap_or_else(|_| unreachable!("digits make a name"))
}

impl Index {
    /// Reads the index of a bundle and holds all bytes against it: nobody else will. `None` where the bundle has none.
    pub fn of(bundle: &Path) -> Result<Option<Self>> {
        let file = bundle.join(path(INDEX).to_path());
        if !file.exists() {
            return Ok(None);
        }
        let index: Self = json::read(KIND, &file)?;
        for (url, replay) in &index.downloads {
            let wrong = |message: String| ExceptionError::Index { path: file.clone(), message };
            if replay.sha256.algorithm() != Algorithm::Sha256 {
                return Err(wrong(format!("at {url}: its sha256 is of another algorithm")).into());
            }
            let bytes = bundle.join(replay.path().to_path());
            let facts = files::facts(Algorithm::Sha256, &bytes)
                .map_err(|error| wrong(format!("at {url}: {}: {error}", replay.path())))?;
            if facts.sha256 != replay.sha256 || facts.size != replay.size {
                return Err(wrong(format!("at {url}: {} is damaged: it is {}", replay.path(), facts.sha256)).into());
            }
        }
        Ok(Some(index))
    }

    /// Adds what an address gave; `trees` is the folder of a collection's trees.
    pub fn add(&mut self, trees: &Path, url: &str, bytes: &[u8]) -> Result<()> {
        let replay = Replay { sha256: Algorithm::Sha256.digest(bytes), size: bytes.len() as u64 };
        write(trees, &replay.sha256.hex(), bytes)?;
        self.downloads.insert(without_fragment(url).to_owned(), replay);
        Ok(())
    }

    /// Writes the index.
    pub fn write(&self, trees: &Path) -> Result<()> {
        write(trees, INDEX, &json::text(self))
    }
}

fn write(trees: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let folder = trees.join(REPLAY);
    files::folder(&folder).map_err(AirgapError::io("making", &folder))?;
    json::write(&folder.join(name), bytes)
}

/// An address as it is asked for: what is after `#` is not sent.
pub fn without_fragment(url: &str) -> &str {
    url.split('#').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_that_lies_is_refused() {
        let lab = tempfile::tempdir().unwrap();
        assert_eq!(Index::of(lab.path()).unwrap(), None);
        let mut index = Index::default();
        index.add(lab.path(), "https://h.example/x?y#z", b"bytes").unwrap();
        index.write(lab.path()).unwrap();
        assert_eq!(Index::of(lab.path()).unwrap(), Some(index.clone()));
        let replay = &index.downloads["https://h.example/x?y"];
        std::fs::write(lab.path().join(replay.path().to_path()), "other").unwrap();
        let error = Index::of(lab.path()).unwrap_err().to_string();
        assert!(error.contains("index.json: at https://h.example/x?y: replay/"), "{error}");
        assert!(error.contains("is damaged") && error.ends_with("`lazytools airgap bundle` again (LT744)"), "{error}");
        std::fs::write(lab.path().join("replay/index.json"), "{\"indexVersion\": 1}").unwrap();
        assert!(Index::of(lab.path()).unwrap_err().to_string().ends_with("(LT701)"));
    }
}
