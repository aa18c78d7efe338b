//! Bazel's repository cache on disk: `content_addressable/<algorithm>/<hex>/file`, and beside it an empty `id-<hex>` for
//! each canonical id, digested by the same algorithm.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use lazytools_lock::CachePath;
use serde::{Deserialize, Serialize};

use crate::digest::{Algorithm, Digest};

const TOP: &str = "content_addressable";
const FILE: &str = "file";
const ID: &str = "id-";

/// The digest of a canonical id, in lower-case hexadecimal.
///
/// An entry is found under a canonical id only if the marker of that id lies beside it. A canonical id is what the rule
/// says, or the addresses in their declared order with spaces between.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdMarker(String);

/// Why a text is no digest of a canonical id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no digest of a canonical id: that is 40 to 128 hexadecimal digits in lower case")]
pub struct NoIdMarker(String);

impl IdMarker {
    /// The marker of a canonical id for an entry of an algorithm.
    pub fn of(algorithm: Algorithm, canonical_id: &str) -> Self {
        Self(algorithm.digest(canonical_id.as_bytes()).hex())
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it has as many digits as the algorithm gives. Bazel would not find it otherwise.
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        self.0.len() == 2 * algorithm.len()
    }
}

impl fmt::Display for IdMarker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for IdMarker {
    type Err = NoIdMarker;

    fn from_str(text: &str) -> Result<Self, NoIdMarker> {
        let is_hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let known = Algorithm::ALL.iter().any(|algorithm| text.len() == 2 * algorithm.len());
        (is_hex && known).then(|| Self(text.to_owned())).ok_or_else(|| NoIdMarker(text.to_owned()))
    }
}

impl TryFrom<String> for IdMarker {
    type Error = NoIdMarker;

    fn try_from(text: String) -> Result<Self, NoIdMarker> {
        text.parse()
    }
}

impl From<IdMarker> for String {
    fn from(marker: IdMarker) -> Self {
        marker.0
    }
}

/// A file of a repository cache, as its path says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The bytes with a digest.
    File(Digest),
    /// The marker of a canonical id for a digest.
    Id(Digest, IdMarker),
}

impl Entry {
    /// What a path inside a repository cache is; `None` where it is none that Bazel would look for.
    pub fn parse(path: &CachePath) -> Option<Self> {
        let mut names = path.names();
        if names.next() != Some(TOP) {
            return None;
        }
        let (algorithm, digits, name) = (Algorithm::named(names.next()?)?, names.next()?, names.next()?);
        let digest = Digest::from_hex(algorithm, digits).filter(|digest| digest.hex() == digits)?;
        let entry = match name.strip_prefix(ID) {
            Some(id) => Self::Id(digest, id.parse().ok().filter(|id: &IdMarker| id.fits(algorithm))?),
            None if name == FILE => Self::File(digest),
            None => return None,
        };
        names.next().is_none().then_some(entry)
    }
}

/// Where the bytes with a digest are, from the top of a repository cache.
pub fn file_path(digest: &Digest) -> CachePath {
    path(&format!("{}/{FILE}", folder(digest)))
}

/// Where the marker of an id is, from the top of a repository cache.
pub fn id_path(digest: &Digest, id: &IdMarker) -> CachePath {
    path(&format!("{}/{ID}{id}", folder(digest)))
}

fn folder(digest: &Digest) -> String {
    format!("{TOP}/{}/{}", digest.algorithm().name(), digest.hex())
}

fn path(text: &str) -> CachePath {
    text.parse().unwrap_or_else(|_| unreachable!("names and digits make a path"))
}

/// A repository cache that Bazel fills.
#[derive(Clone, Debug)]
pub struct RepositoryCache {
    root: PathBuf,
}

impl RepositoryCache {
    /// The cache in a folder, which need not be there yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder, as `--repository_cache` takes it.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The file with a digest, whether it is there or not.
    pub fn file(&self, digest: &Digest) -> PathBuf {
        self.root.join(file_path(digest).to_path())
    }

    /// The size of the file with a digest, in bytes; `None` where it is not there. It may be a link, as in the cache that
    /// `install` makes beside a bundle.
    pub fn size(&self, digest: &Digest) -> Option<u64> {
        let found = std::fs::metadata(self.file(digest)).ok().filter(std::fs::Metadata::is_file);
        found.map(|file| file.len())
    }

    /// The markers beside the file with a digest; none where the folder is not there.
    pub fn ids(&self, digest: &Digest) -> BTreeSet<IdMarker> {
        let file = self.file(digest);
        let entries = file.parent().and_then(|folder| std::fs::read_dir(folder).ok());
        let names = entries.into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let ids = names.filter_map(|name| name.strip_prefix(ID)?.parse().ok());
        ids.filter(|id: &IdMarker| id.fits(digest.algorithm())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_bazel() {
        // From the cache that Bazel 7.7.1 wrote for an http_archive with this sha256 and these urls.
        let digits = "7da7d62cbbb5cad73c6d95ffef04f9247c6d3a21d95fdaf12a9e90b07e0c5484";
        let digest = Digest::from_hex(Algorithm::Sha256, digits).unwrap();
        let urls = "http://127.0.0.1:18765/files/a.tar.gz http://127.0.0.1:18765/files/a.tar.gz?2";
        let id = IdMarker::of(Algorithm::Sha256, urls);
        assert_eq!(
            id_path(&digest, &id).as_str(),
            format!("content_addressable/sha256/{digits}/id-b6c28b939668db53005b1cd57407f705831a1da23bb1dba91b45a4a049bc4108")
        );
        // The id of an entry of SHA-512 is digested by SHA-512.
        let id = IdMarker::of(Algorithm::Sha512, "http://127.0.0.1:18765/files/b.tar.gz");
        assert!(id.as_str().starts_with("9aa7e280379316308071234e5d560457b0efa4ec603fb8607701cba29f11f3e7"));
    }

    #[test]
    fn a_path_is_read_back_or_refused() {
        let digest = Algorithm::Sha384.digest(b"x");
        let id = IdMarker::of(Algorithm::Sha384, "x");
        assert_eq!(Entry::parse(&file_path(&digest)), Some(Entry::File(digest.clone())));
        assert_eq!(Entry::parse(&id_path(&digest, &id)), Some(Entry::Id(digest.clone(), id)));
        let other = IdMarker::of(Algorithm::Sha256, "x");
        assert_eq!(Entry::parse(&id_path(&digest, &other)), None, "Bazel would look for an id of SHA-384");
        let hex = digest.hex();
        for bad in [
            "content_addressable".to_owned(),
            format!("content_addressable/sha384/{hex}"),
            format!("content_addressable/sha384/{hex}/file/x"),
            format!("content_addressable/sha384/{hex}/files"),
            format!("content_addressable/sha384/{}/file", hex.to_uppercase()),
            format!("content_addressable/sha256/{hex}/file"),
            format!("other/sha384/{hex}/file"),
        ] {
            assert_eq!(Entry::parse(&bad.parse().unwrap()), None, "{bad}");
        }
    }

    #[test]
    fn what_a_cache_holds() {
        let folder = tempfile::tempdir().unwrap();
        let cache = RepositoryCache::new(folder.path());
        let digest = Algorithm::Sha256.digest(b"abc");
        assert_eq!((cache.size(&digest), cache.ids(&digest).len()), (None, 0));
        let file = cache.file(&digest);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, "abc").unwrap();
        let id = IdMarker::of(Algorithm::Sha256, "id");
        std::fs::write(folder.path().join(id_path(&digest, &id).to_path()), "").unwrap();
        std::fs::write(file.with_file_name("tmp-1"), "").unwrap();
        assert_eq!((cache.size(&digest), cache.ids(&digest)), (Some(3), BTreeSet::from([id])));
    }
}
