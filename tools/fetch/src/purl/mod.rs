//! Package URLs: a type for each ecosystem, none of which can hold what cannot be fetched.

mod npm;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr as _;

use packageurl::PackageUrl;
use percent_encoding::{utf8_percent_encode, AsciiSet, NON_ALPHANUMERIC};

use crate::error::FetchError;

pub use npm::NpmPurl;

/// The types of package URLs that can be fetched, sorted.
pub const TYPES: &[&str] = &["npm"];

/// What stands unescaped in a canonical purl's version and qualifiers.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A package of one of the ecosystems that are known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purl {
    /// Of npm.
    Npm(NpmPurl),
}

impl Purl {
    /// Reads a purl of any known type; what cannot be fetched is an error (LT209).
    pub fn parse(purl: &str) -> Result<Self, FetchError> {
        let parts = Parts::read(purl)?;
        match parts.ty.as_str() {
            "npm" => NpmPurl::of(&parts).map(Self::Npm),
            other => Err(parts.fail(format!("is of type {other}: this lazytools knows {}", TYPES.join(", ")))),
        }
    }

    /// The type: `npm`.
    pub fn ty(&self) -> &'static str {
        match self {
            Self::Npm(_) => "npm",
        }
    }

    /// The version as the purl has it, decoded.
    pub fn version(&self) -> &str {
        match self {
            Self::Npm(purl) => &purl.version,
        }
    }
}

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Npm(purl) => f.write_str(&purl.purl()),
        }
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
            namespace: parsed.namespace().map(str::to_owned),
            name: parsed.name().to_owned(),
            version: version.to_owned(),
            qualifiers: parsed.qualifiers().iter().map(|(key, value)| (key.to_string(), value.to_string())).collect(),
        })
    }

    pub fn fail(&self, reason: impl Into<String>) -> FetchError {
        FetchError::Purl { purl: self.text.clone(), reason: reason.into() }
    }
}

/// A text as it stands in a purl.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}
