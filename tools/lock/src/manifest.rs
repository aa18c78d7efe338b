//! The layout's own account of a folder: what Bazel changes on its way to the tool is told by it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{CachePath, FileMode, Integrity};

/// The version of the format.
pub const MANIFEST_VERSION: u64 = 1;

/// All that is in a laid-out folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// The version of the format.
    pub manifest_version: u64,
    /// Files, links and empty folders by path. Folders that hold something are implied.
    pub entries: BTreeMap<CachePath, Entry>,
}

/// A file, link or empty folder.
// No deny_unknown_fields: it refuses what `flatten` takes. <https://serde.rs/container-attrs.html#deny_unknown_fields>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// What it is.
    #[serde(flatten)]
    pub kind: EntryKind,
}

/// What an entry of a folder is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "type")]
pub enum EntryKind {
    /// An empty folder.
    Directory,
    /// A file.
    File {
        /// Its permission bits as laid out.
        mode: FileMode,
        /// How many bytes it has.
        size: u64,
        /// The digest of its bytes, where it is known without reading the file again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        integrity: Option<Integrity>,
    },
    /// A symbolic link.
    Symlink {
        /// What it names, relative to its own folder.
        target: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let text = r#"{"manifestVersion":1,"entries":{"a":{"type":"directory"},"b":{"type":"file","mode":"0644","size":3},"c":{"type":"symlink","target":"b"}}}"#;
        let manifest: Manifest = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&manifest).unwrap(), text);
    }
}
