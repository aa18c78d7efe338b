//! The manifest of a bundle: each of its files, what it is and what needs it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use lazytools_lock::CachePath;
use serde::{Deserialize, Serialize};

use crate::cache::{Entry, IdMarker};
use crate::collection::{Item, Version};
use crate::digest::{Algorithm, Digest};
use crate::json::{self, Kind};
pub use crate::link_target::LinkTarget;
use crate::links;
use crate::plain::plain;
use crate::registry::RegistryUrl;
use crate::{AirgapError, Result};

/// The manifest's name, at the top of a bundle.
pub const NAME: &str = "manifest.json";
/// The folder of a bundle that Bazel takes as its repository cache.
pub const CACHE: &str = "repository_cache";
/// The folder of a bundle that bazelisk takes as its `BAZELISK_HOME`.
pub const BAZELISK: &str = "bazelisk";
/// The folder of a bundle with numbered folders that Bazel takes as `--distdir`.
pub const DISTDIR: &str = "distdir";
/// The folder of a bundle with a folder for each registry.
pub const REGISTRIES: &str = "registries";
/// The folder of a bundle that stands for each repository that is left out.
pub const LEFT_OUT: &str = "left_out";

const KIND: Kind = Kind { what: "the manifest", mend: "Copy it again, or run `lazytools airgap bundle` again" };

/// The manifest. Everything in it is sorted but the registries, and nothing tells of the time, the machine or who made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// The version of the form.
    pub manifest_version: Version,
    /// The Bazel that was asked what it needs.
    pub bazel: String,
    /// The targets whose needs were collected.
    pub targets: BTreeSet<String>,
    /// The platforms that they were built for.
    pub platforms: BTreeSet<String>,
    /// The registries in Bazel's order, with their folders in the bundle.
    pub registries: Vec<Registry>,
    /// The files, by path.
    #[serde(deserialize_with = "json::unique")]
    pub files: BTreeMap<CachePath, FileEntry>,
    /// For a repository the shortest chain of targets that leads to it, from one that was asked for to one of its own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "json::unique")]
    pub chains: BTreeMap<String, Vec<String>>,
    /// What the other side needs and the bundle does not hold.
    pub not_included: Vec<Item>,
    /// In a bundle that holds only a difference: the SHA-256 of the manifest that it was made against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Digest>,
    /// In a bundle that holds only a difference: files of the earlier bundle that are not needed any more.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub removed: BTreeSet<CachePath>,
}

/// A registry whose files are in the bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Registry {
    /// Its address.
    pub url: RegistryUrl,
    /// Its folder in the bundle.
    pub path: CachePath,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FileKind {
    /// A download with a checksum, in the repository cache.
    Download,
    /// A file of a registry.
    RegistryFile,
    /// A download with a checksum, under its own name in a folder for `--distdir`.
    Distdir,
    /// A file of a repository that is taken along as Bazel made it, and pinned.
    Vendored,
    /// A file of the empty repository that stands for those that are left out.
    LeftOut,
    /// A file of a bare git repository that stands for one elsewhere.
    Git,
    /// A download without a checksum, which `lazytools airgap serve` serves.
    Replay,
    /// A file of a folder that Go takes for a module proxy.
    GoProxy,
    /// A file of a folder that Cargo takes for a registry.
    CargoRegistry,
    /// Bazel itself, as bazelisk keeps it.
    Bazel,
    /// `lazytools` itself.
    Lazytools,
}

impl FileKind {
    /// What it is, in the plural, as in "downloads".
    pub fn words(self) -> &'static str {
        match self {
            Self::Download => "downloads",
            Self::RegistryFile => "files of registries",
            Self::Distdir => "downloads for --distdir",
            Self::Vendored => "vendored repositories",
            Self::LeftOut => "the place of repositories that are left out",
            Self::Git => "git repositories",
            Self::Replay => "downloads without a checksum",
            Self::GoProxy => "Go modules",
            Self::CargoRegistry => "Rust crates",
            Self::Bazel => "Bazel itself",
            Self::Lazytools => "lazytools itself",
        }
    }

    /// The top folders of a bundle that hold such files.
    pub fn folders(self) -> &'static [&'static str] {
        match self {
            Self::Download => &[CACHE],
            // A build with a lock file takes them from the cache.
            Self::RegistryFile => &[CACHE, REGISTRIES],
            Self::Distdir => &[DISTDIR],
            Self::Vendored => &["vendor"],
            Self::LeftOut => &[LEFT_OUT],
            Self::Git => &["git"],
            Self::Replay => &["replay"],
            Self::GoProxy => &["goproxy"],
            Self::CargoRegistry => &["cargo"],
            Self::Bazel => &[BAZELISK],
            Self::Lazytools => &["tools"],
        }
    }
}

/// A file of a bundle. The empty id markers are not listed by themselves: `ids` says which there are beside a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileEntry {
    /// The SHA-256 of its bytes, whatever digest names it in the cache.
    pub sha256: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// What it is.
    pub kind: FileKind,
    /// Whether it can be started.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub executable: bool,
    /// Of a symlink, where it leads. `sha256` and `size` are those of this text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkTarget>,
    /// Where it came from, without secrets.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub sources: BTreeSet<String>,
    /// The canonical ids that it is found by.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub ids: BTreeSet<IdMarker>,
    /// The repositories and extensions that need it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub needed_by: BTreeSet<String>,
    /// The platforms that it is needed for.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub platforms: BTreeSet<String>,
    /// In a bundle that holds only a difference: the file is in the earlier bundle.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub earlier: bool,
}

/// Whether a file of the repository cache is where its own digest says, and its markers fit.
fn misplaced(path: &CachePath, entry: &FileEntry) -> Option<&'static str> {
    if entry.sha256.algorithm() != Algorithm::Sha256 {
        return Some("its sha256 is of another algorithm");
    }
    if !path.names().next().is_some_and(|top| entry.kind.folders().contains(&top)) {
        return Some("files of its kind are in another folder");
    }
    if let Some(link) = &entry.link {
        let text = link.as_str();
        if entry.size != text.len() as u64 || entry.sha256 != Algorithm::Sha256.digest(text.as_bytes()) {
            return Some("its sha256 and size are not those of the link");
        }
        if link.leaves(path).is_some() {
            return Some("its link leads out of the folder that it is in");
        }
        if entry.executable || matches!(entry.kind, FileKind::Download | FileKind::RegistryFile) {
            return Some("a link cannot be that");
        }
    }
    let in_cache = path.as_str().strip_prefix(CACHE).and_then(|rest| rest.strip_prefix('/'));
    match in_cache.map(|rest| rest.parse().ok().and_then(|rest| Entry::parse(&rest))) {
        None if entry.ids.is_empty() => None,
        None => Some("it has ids and is not in the repository cache"),
        Some(Some(Entry::File(digest))) => {
            let fit = entry.ids.iter().all(|id| id.fits(digest.algorithm()));
            let same = digest.algorithm() != Algorithm::Sha256 || digest == entry.sha256;
            if !fit {
                Some("an id of it is of another algorithm than its folder")
            } else if same {
                None
            } else {
                Some("its folder is of another digest than its sha256")
            }
        }
        Some(_) => Some("Bazel looks for no file of that name in a repository cache"),
    }
}

impl Manifest {
    /// The manifest of a bundle.
    pub fn of(bundle: &Path) -> Result<Self> {
        let path = bundle.join(NAME);
        Ok(Self::parse(&path, &Self::bytes_of(bundle)?)?.0)
    }

    /// The bytes of a bundle's manifest, which is a file and neither a link nor a pipe.
    pub fn bytes_of(bundle: &Path) -> Result<Vec<u8>> {
        let path = bundle.join(NAME);
        let meta = std::fs::symlink_metadata(&path).map_err(AirgapError::io("reading", &path))?;
        if !meta.is_file() {
            let message = "it is not a file: a bundle's manifest is neither a link nor anything else".to_owned();
            return Err(AirgapError::Form { what: KIND.what, path, message, mend: KIND.mend });
        }
        json::bytes(KIND, &path)
    }

    /// Reads a manifest; with its SHA-256. One that contradicts itself is refused.
    pub fn read(path: &Path) -> Result<(Self, Digest)> {
        Self::parse(path, &json::bytes(KIND, path)?)
    }

    /// Reads a manifest from bytes; with their SHA-256. `path` is for messages.
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<(Self, Digest)> {
        let manifest: Self = json::parse(KIND, path, bytes)?;
        if let Some((file, reason)) = manifest.contradiction() {
            let message = plain(&format!("at {file}: {reason}")).into_owned();
            return Err(AirgapError::Form { what: KIND.what, path: path.to_owned(), message, mend: KIND.mend });
        }
        Ok((manifest, Algorithm::Sha256.digest(bytes)))
    }

    /// Something in the manifest that cannot be: where, and what.
    fn contradiction(&self) -> Option<(String, &'static str)> {
        let at = |file: &CachePath| format!("files.{file}");
        if let Some(wrong) = self.files.iter().find_map(|(file, entry)| Some((at(file), misplaced(file, entry)?))) {
            return Some(wrong);
        }
        if let Some(file) = self.files.keys().find(|file| links::above(file, &self.files).is_some()) {
            return Some((at(file), "it is inside of another file of the bundle"));
        }
        if let Some(file) = self.files.keys().find(|file| links::leaves(file, &self.files)) {
            return Some((at(file), "its link leads out of the folder that it is in, by way of other links"));
        }
        let bytes = self.files.values().try_fold(0u64, |sum, entry| sum.checked_add(entry.size));
        if bytes.is_none() {
            return Some(("files".to_owned(), "their sizes are more than there can be"));
        }
        let top = |one: &Registry| one.path.parent().is_some_and(|top| top.as_str() == REGISTRIES);
        let stray = self.registries.iter().find(|one| !top(one))?;
        Some((format!("registries.{}", stray.path), "it is not a folder of registries"))
    }

    /// The bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.values().map(|entry| entry.size).sum()
    }

    /// The text of the manifest, as it stands in a bundle.
    pub fn text(&self) -> Vec<u8> {
        json::text(self)
    }

    /// Writes the manifest of a bundle; it appears whole or not at all.
    pub fn write(&self, bundle: &Path) -> Result<PathBuf> {
        let path = bundle.join(NAME);
        json::write(&path, &self.text())?;
        Ok(path)
    }

    /// The canonical names of the repositories that are left out.
    pub fn left_out(&self) -> impl Iterator<Item = &str> {
        self.not_included.iter().filter_map(|item| match item {
            Item::LeftOut { repository, .. } => repository.strip_prefix("@@"),
            _ => None,
        })
    }

    /// All files that have to be in a bundle: those that are listed and their markers, with whether it must be there.
    pub fn expected(&self) -> BTreeMap<CachePath, Expected<'_>> {
        let mut all = BTreeMap::new();
        for (path, entry) in &self.files {
            all.insert(path.clone(), Expected::File(entry));
            let Some(folder) = path.parent() else { continue };
            for id in &entry.ids {
                let marker = format!("id-{id}").parse().unwrap_or_else(|_| unreachable!("digits make a name"));
                all.insert(folder.join(&marker), Expected::Marker(entry));
            }
        }
        all
    }
}

/// What a path of a bundle has to be.
#[derive(Clone, Copy, Debug)]
pub enum Expected<'a> {
    /// A listed file.
    File(&'a FileEntry),
    /// An empty file beside a listed one.
    Marker(&'a FileEntry),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> std::result::Result<Manifest, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(NAME), text).unwrap();
        Manifest::of(folder.path()).map_err(|error| error.to_string())
    }

    fn with(file: &str, entry: &str) -> String {
        format!(
            r#"{{"manifestVersion": 1, "bazel": "7.7.1", "targets": [], "platforms": [], "registries": [], "notIncluded": [],
            "files": {{"{file}": {entry}}}}}"#
        )
    }

    #[test]
    fn a_manifest_that_lies_is_refused() {
        let digest = Algorithm::Sha256.digest(b"x");
        let entry = format!(r#"{{"sha256": "{digest}", "size": 1, "kind": "download"}}"#);
        let good = format!("repository_cache/content_addressable/sha256/{}/file", digest.hex());
        assert_eq!(read(&with(&good, &entry)).unwrap().files.len(), 1);
        let error = read(&with("../outside", &entry)).unwrap_err();
        assert!(error.contains("\"../outside\"") && error.ends_with("(LT701)"), "{error}");
        assert!(read(&with("/etc/passwd", &entry)).is_err());
        let other =
            format!("repository_cache/content_addressable/sha256/{}/file", Algorithm::Sha256.digest(b"y").hex());
        let error = read(&with(&other, &entry)).unwrap_err();
        assert!(error.contains("its folder is of another digest than its sha256"), "{error}");
        let error = read(&with("repository_cache/x", &entry)).unwrap_err();
        assert!(error.contains("Bazel looks for no file of that name"), "{error}");
        let twice = with(&good, &format!("{entry}, \"{good}\": {entry}"));
        assert!(read(&twice).unwrap_err().contains("stands there twice"));
        let kind = entry.replace("download", "\u{1b}[2Jvirus");
        let error = read(&with(&good, &kind)).unwrap_err();
        assert!(error.contains("unknown variant `\\u{1b}[2Jvirus`") || error.contains("control character"), "{error}");
        let huge = entry.replace("\"size\": 1", "\"size\": 18446744073709551615").replace("download", "registryFile");
        let error = read(&with("registries/x/a", &format!("{huge}, \"registries/x/b\": {huge}"))).unwrap_err();
        assert!(error.contains("their sizes are more than there can be"), "{error}");
        let file = entry.replace("download", "registryFile");
        let error = read(&with("registries/x", &format!("{file}, \"registries/x/b/c\": {file}"))).unwrap_err();
        assert!(error.contains("at files.registries/x/b/c: it is inside of another file"), "{error}");
        let marked = entry.replace("\"size\"", r#""ids": ["da39a3ee5e6b4b0d3255bfef95601890afd80709"], "size""#);
        let error = read(&with(&good, &marked)).unwrap_err();
        assert!(error.contains("an id of it is of another algorithm"), "{error}");
        assert!(read(&with(&good, &entry).replace("\"platforms\"", "\"platform\"")).is_err());
        let link = |target: &str| {
            let (digest, size) = (Algorithm::Sha256.digest(target.as_bytes()), target.len());
            let entry = format!(r#"{{"sha256": "{digest}", "size": {size}, "kind": "vendored", "link": "{target}"}}"#);
            read(&with("vendor/x/y", &entry))
        };
        assert_eq!(link("../z").unwrap().files.len(), 1);
        assert!(link("../../z").unwrap_err().contains("its link leads out of the folder"));
        // One link makes a folder of what another one takes for a way down.
        let chain = |targets: [(&str, &str); 2]| {
            let entries = targets.map(|(path, target)| {
                let (digest, size) = (Algorithm::Sha256.digest(target.as_bytes()), target.len());
                format!(r#""{path}": {{"sha256": "{digest}", "size": {size}, "kind": "vendored", "link": "{target}"}}"#)
            });
            let all = entries.join(", ");
            read(
                &with("vendor/x/z", &entry.replace("download", "vendored"))
                    .replace("\"vendor/x/z\"", &format!("{all}, \"vendor/x/z\"")),
            )
        };
        assert_eq!(chain([("vendor/x/a/b/up", "../.."), ("vendor/x/y", "a/b/up/z")]).unwrap().files.len(), 3);
        let error = chain([("vendor/x/a/b/up", "../.."), ("vendor/x/y", "a/b/up/../../manifest.json")]).unwrap_err();
        assert!(
            error.contains("at files.vendor/x/y: its link leads out of the folder that it is in, by way"),
            "{error}"
        );
        let error = chain([("vendor/x/a", "b"), ("vendor/x/b", "a")]).unwrap_err();
        assert!(error.contains("by way of other links"), "{error}");
        assert!(link("/etc/passwd").unwrap_err().contains("/etc/passwd"));
        assert!(read(&with(
            "vendor/x",
            &entry.replace("download", "vendored").replace("\"size\"", r#""link": "y", "size""#)
        ))
        .unwrap_err()
        .contains("its sha256 and size are not those of the link"));
    }
}
