//! Paths inside a tool's cache folder.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A relative path inside a cache folder: `/` between names, no `.`, no `..`, nothing that leaves the folder.
///
/// It holds on every operating system: a backslash, a colon or a NUL is refused everywhere, because a layout made on
/// Linux has to be the same on Windows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CachePath(String);

/// Why a text is no path inside a cache.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("path {path:?} {reason} (LT106)")]
pub struct CachePathError {
    path: String,
    reason: &'static str,
}

/// Linux's `PATH_MAX`; no tool's cache comes near it, and a longer one cannot be created anyway.
const MAX_LENGTH: usize = 4096;
/// `NAME_MAX` of the usual file systems.
const MAX_NAME: usize = 255;

impl CachePath {
    /// The path as text, with `/` between names.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names from the top down.
    pub fn names(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }

    /// The folder that holds it; `None` where that is the cache folder itself.
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(parent, _)| Self(parent.to_owned()))
    }

    /// This path with another below it.
    #[must_use]
    pub fn join(&self, below: &Self) -> Self {
        Self(format!("{}/{}", self.0, below.0))
    }

    /// The path in the operating system's own form, relative.
    pub fn to_path(&self) -> PathBuf {
        self.names().collect()
    }

    /// What a file system that ignores case takes the path for; two paths with one key cannot both exist there.
    pub fn case_key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Display for CachePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for CachePath {
    type Err = CachePathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fail = |reason| Err(CachePathError { path: text.to_owned(), reason });
        if text.is_empty() {
            return fail("is empty");
        }
        if text.len() > MAX_LENGTH {
            return fail("is longer than 4096 bytes");
        }
        if text.starts_with('/') {
            return fail("is absolute: paths in a cache are relative to its folder");
        }
        if text.contains('\\') {
            return fail("has a backslash: names are separated by /");
        }
        if text.contains(':') {
            return fail("has a colon, which no name on Windows can hold");
        }
        if text.chars().any(char::is_control) {
            return fail("has a control character");
        }
        for name in text.split('/') {
            match name {
                "" => return fail("has an empty name"),
                "." | ".." => return fail("has a . or .. in it, and so could leave the cache folder"),
                long if long.len() > MAX_NAME => return fail("has a name of more than 255 bytes"),
                _ => {}
            }
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for CachePath {
    type Error = CachePathError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<CachePath> for String {
    fn from(path: CachePath) -> Self {
        path.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_paths_inside() {
        for text in ["a", "v3.4/fetched-v18.5.0-linux-x64", "a b/ü/..c", ".corepack", "@scope/x@1"] {
            assert_eq!(text.parse::<CachePath>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn refuses_what_leaves_the_folder_or_cannot_be_everywhere() {
        for (text, reason) in [
            ("", "is empty"),
            ("/a", "is absolute"),
            ("a/../b", "could leave"),
            ("..", "could leave"),
            ("./a", "could leave"),
            ("a//b", "empty name"),
            ("a/", "empty name"),
            ("a\\b", "backslash"),
            ("c:a", "colon"),
            ("a\0b", "control"),
        ] {
            let message = text.parse::<CachePath>().unwrap_err().to_string();
            assert!(message.contains(reason), "{text:?}: {message}");
        }
        assert!("a".repeat(256).parse::<CachePath>().is_err());
        assert!("a/".repeat(2100).parse::<CachePath>().is_err());
    }

    #[test]
    fn case_key_folds() {
        let key = |text: &str| text.parse::<CachePath>().unwrap().case_key();
        assert_eq!(key("A/b"), key("a/B"));
    }
}
