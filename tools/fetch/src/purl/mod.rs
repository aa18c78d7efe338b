//! Package URLs: a type for each ecosystem, none of which can hold what cannot be fetched.

mod cargo;
mod deb;
mod golang;
mod maven;
mod npm;
mod pypi;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr as _;

use packageurl::PackageUrl;
use percent_encoding::{percent_decode_str, utf8_percent_encode, AsciiSet, NON_ALPHANUMERIC};

use crate::error::FetchError;

pub use cargo::CargoPurl;
pub use deb::DebPurl;
pub(crate) use golang::escape;
pub use golang::{GoFile, GolangPurl};
pub use maven::MavenPurl;
pub use npm::NpmPurl;
pub(crate) use pypi::normal;
pub use pypi::PypiPurl;

/// The types of package URLs that can be fetched, sorted.
pub use lazytools_lock::recipe::PURL_TYPES as TYPES;

/// What stands unescaped in a canonical purl's version and qualifiers.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A package of one of the ecosystems that are known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purl {
    /// A crate.
    Cargo(CargoPurl),
    /// A Debian package.
    Deb(DebPurl),
    /// A file of a Go module.
    Golang(GolangPurl),
    /// A file of a Maven artifact.
    Maven(MavenPurl),
    /// Of npm.
    Npm(NpmPurl),
    /// A file of a Python project.
    Pypi(PypiPurl),
}

impl Purl {
    /// Reads a purl of any known type; what cannot be fetched is an error (LT209).
    pub fn parse(purl: &str) -> Result<Self, FetchError> {
        let parts = Parts::read(purl)?;
        match parts.ty.as_str() {
            "cargo" => CargoPurl::of(&parts).map(Self::Cargo),
            "deb" => DebPurl::of(&parts).map(Self::Deb),
            "golang" => GolangPurl::of(&parts).map(Self::Golang),
            "maven" => MavenPurl::of(&parts).map(Self::Maven),
            "npm" => NpmPurl::of(&parts).map(Self::Npm),
            "pypi" => PypiPurl::of(&parts).map(Self::Pypi),
            other => Err(parts.fail(format!("is of type {other}: this lazytools knows {}", TYPES.join(", ")))),
        }
    }

    /// The type: one of [`TYPES`].
    pub fn ty(&self) -> &'static str {
        match self {
            Self::Cargo(_) => "cargo",
            Self::Deb(_) => "deb",
            Self::Golang(_) => "golang",
            Self::Maven(_) => "maven",
            Self::Npm(_) => "npm",
            Self::Pypi(_) => "pypi",
        }
    }

    /// The version as the purl has it, decoded.
    pub fn version(&self) -> &str {
        match self {
            Self::Cargo(purl) => purl.version(),
            Self::Deb(purl) => purl.version(),
            Self::Golang(purl) => purl.version(),
            Self::Maven(purl) => purl.version(),
            Self::Npm(purl) => &purl.version,
            Self::Pypi(purl) => purl.version(),
        }
    }
}

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            Self::Cargo(purl) => purl.purl(),
            Self::Deb(purl) => purl.purl(),
            Self::Golang(purl) => purl.purl(),
            Self::Maven(purl) => purl.purl(),
            Self::Npm(purl) => purl.purl(),
            Self::Pypi(purl) => purl.purl(),
        })
    }
}

/// A purl taken apart, every part decoded.
pub(crate) struct Parts {
    text: String,
    pub ty: String,
    pub namespace: Option<String>,
    pub name: String,
    pub version: String,
    pub qualifiers: BTreeMap<String, String>,
}

impl Parts {
    fn read(text: &str) -> Result<Self, FetchError> {
        let fail = |reason: String| FetchError::Purl { purl: text.to_owned(), reason };
        let parsed = PackageUrl::from_str(text).map_err(|error| fail(format!("cannot be read: {error}")))?;
        let version = parsed.version().filter(|version| !version.is_empty());
        let version = version.ok_or_else(|| fail("names no version".to_owned()))?;
        if version.chars().any(|c| matches!(c, '/' | '\\' | '?' | '#' | ' ') || c.is_control()) {
            return Err(fail(format!("names version {version:?}, which is none")));
        }
        Ok(Self {
            text: text.to_owned(),
            ty: parsed.ty().to_owned(),
            namespace: match parsed.ty() {
                "golang" => namespace_as_written(text),
                _ => parsed.namespace().map(str::to_owned),
            },
            name: parsed.name().to_owned(),
            version: version.to_owned(),
            qualifiers: parsed.qualifiers().iter().map(|(key, value)| (key.to_string(), value.to_string())).collect(),
        })
    }

    /// Refuses every qualifier that is not one of these.
    pub fn only(&self, known: &[&str]) -> Result<(), FetchError> {
        let Some(other) = self.qualifiers.keys().find(|key| !known.contains(&key.as_str())) else { return Ok(()) };
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        Err(self.fail(format!("has the qualifier {other:?}: packages of type {} have {known}", self.ty)))
    }

    /// A qualifier that has to be there.
    pub fn need(&self, key: &str, what: &str) -> Result<&str, FetchError> {
        let found = self.qualifiers.get(key).filter(|value| !value.is_empty());
        found.map(String::as_str).ok_or_else(|| self.fail(format!("names no {key}: add {key}=…, {what}")))
    }

    pub fn fail(&self, reason: impl Into<String>) -> FetchError {
        FetchError::Purl { purl: self.text.clone(), reason: reason.into() }
    }
}

/// The namespace in its own case. The purl specification has Go's in lower case, but go tells the two apart.
fn namespace_as_written(purl: &str) -> Option<String> {
    let bare = purl.split(['?', '#']).next()?;
    let (path, _) = bare.rsplit_once('@')?;
    let (_, path) = path.split_once('/')?;
    let (namespace, _) = path.trim_matches('/').rsplit_once('/')?;
    Some(percent_decode_str(namespace).decode_utf8_lossy().into_owned())
}

/// A text as it stands in a purl.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

#[cfg(test)]
mod tests;
