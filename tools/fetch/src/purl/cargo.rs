//! `pkg:cargo/NAME@VERSION`

use semver::Version;

use crate::error::FetchError;

use super::{encode, Parts};

/// A crate, as a purl names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CargoPurl {
    name: String,
    version: Version,
    text: String,
}

impl CargoPurl {
    pub(super) fn of(parts: &Parts) -> Result<Self, FetchError> {
        parts.only(&[])?;
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if parts.namespace.is_some() || parts.name.len() > 64 || !parts.name.chars().all(good) {
            return Err(parts.fail(format!("names {:?}, which is no crate", parts.name)));
        }
        let version = Version::parse(&parts.version)
            .map_err(|error| parts.fail(format!("names version {:?}, which is none: {error}", parts.version)))?;
        Ok(Self { name: parts.name.clone(), version, text: parts.version.clone() })
    }

    /// The crate's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version.
    pub fn version(&self) -> &str {
        &self.text
    }

    /// The crate's file below a sparse index: `ab/cd/abcdef`.
    pub fn index_path(&self) -> String {
        format!("{}/{}", self.prefix().to_lowercase(), self.name.to_lowercase())
    }

    /// The folder of the crate in an index, in the name's own case: `1`, `2`, `3/a` or `ab/cd`.
    pub fn prefix(&self) -> String {
        let name = &self.name;
        match name.len() {
            1 => "1".to_owned(),
            2 => "2".to_owned(),
            3 => format!("3/{}", &name[..1]),
            _ => format!("{}/{}", &name[..2], &name[2..4]),
        }
    }

    /// The purl, in its canonical form.
    pub fn purl(&self) -> String {
        format!("pkg:cargo/{}@{}", self.name, encode(&self.text))
    }
}
