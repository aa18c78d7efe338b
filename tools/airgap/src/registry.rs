//! Module registries, and a mirror of their files that Bazel reads as a `file://` registry.

use std::fmt;
use std::str::FromStr;

use lazytools_fetch::redact::redact;
use lazytools_lock::CachePath;
use serde::{Deserialize, Serialize};

use crate::digest::Algorithm;

/// The registry that Bazel asks where none is named.
pub const CENTRAL: &str = "https://bcr.bazel.build";

/// A registry's address as `--registry` takes it, without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RegistryUrl(String);

/// Why a text is no address of a registry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no address of a registry: it has to begin with https://, http:// or file:///")]
pub struct NoRegistryUrl(String);

impl RegistryUrl {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a folder of this machine.
    pub fn is_file(&self) -> bool {
        self.0.starts_with("file:")
    }

    /// The address of one of its files.
    pub fn file(&self, path: &CachePath) -> String {
        format!("{}/{path}", self.0)
    }

    /// The path of a file inside the registry; `None` where the address is of something else, or no path that a file
    /// system could hold.
    pub fn path_of(&self, url: &str) -> Option<CachePath> {
        url.strip_prefix(&self.0)?.strip_prefix('/')?.parse().ok()
    }

    /// The name of the folder that its files are mirrored to: the same for the same address, another for another
    /// one, and one that every file system can hold.
    pub fn folder(&self) -> String {
        let address = redact(&self.0);
        let address = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
        let safe = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c.to_ascii_lowercase() } else { '-' };
        let readable: String = address.chars().map(safe).take(60).collect();
        let digest = Algorithm::Sha256.digest(self.0.as_bytes()).hex();
        format!("{}-{}", readable.trim_matches(['-', '.']), &digest[..12])
    }
}

impl fmt::Display for RegistryUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redact(&self.0))
    }
}

impl FromStr for RegistryUrl {
    type Err = NoRegistryUrl;

    fn from_str(text: &str) -> Result<Self, NoRegistryUrl> {
        let text = text.trim_end_matches('/');
        let known = ["https://", "http://", "file:///"]
            .iter()
            .any(|scheme| text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/')));
        known.then(|| Self(text.to_owned())).ok_or_else(|| NoRegistryUrl(text.to_owned()))
    }
}

impl TryFrom<String> for RegistryUrl {
    type Error = NoRegistryUrl;

    fn try_from(text: String) -> Result<Self, NoRegistryUrl> {
        text.parse()
    }
}

impl From<RegistryUrl> for String {
    fn from(url: RegistryUrl) -> Self {
        url.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> RegistryUrl {
        text.parse().unwrap()
    }

    #[test]
    fn folders_are_safe_and_differ() {
        let folder = |text| url(text).folder();
        let plain = folder("https://Registry.Example:8443/Bazel/?Query=%2F..");
        assert!(
            plain.starts_with("registry.example-8443-bazel") && !plain.contains(['%', '?', '/', ':', '\\']),
            "{plain}"
        );
        let names = [
            plain,
            folder("https://registry.example:8443/Bazel"),
            folder("https://registry.example:8443/bazel"),
            folder("https://registry.example/8443/bazel"),
            folder("http://registry.example/8443/bazel"),
        ];
        let different: std::collections::BTreeSet<_> = names.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(different.len(), names.len());
        assert_eq!(folder("https://a.example/"), folder("https://a.example"));
        let secret = folder("https://me:hush@registry.example/..");
        assert!(!secret.contains("hush") && secret.parse::<CachePath>().is_ok(), "{secret}");
    }

    #[test]
    fn files_are_told_by_their_addresses() {
        let registry = url("http://127.0.0.1:80/reg/");
        let path: CachePath = "modules/a/1.0/patches/fix.patch".parse().unwrap();
        assert_eq!(registry.path_of(&registry.file(&path)), Some(path));
        for other in [
            "http://127.0.0.1:80/regs/x",
            "http://127.0.0.1:80/reg",
            "http://127.0.0.1:80/reg/../x",
            "https://127.0.0.1:80/reg/x",
        ] {
            assert_eq!(registry.path_of(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_no_registry() {
        for bad in ["", "bcr.bazel.build", "ftp://x", "https://", "file://x", "file:///"] {
            assert!(bad.parse::<RegistryUrl>().is_err(), "{bad}");
        }
        assert!(url("file:///srv/registry").is_file());
    }
}
