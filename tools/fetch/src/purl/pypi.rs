//! `pkg:pypi/NAME@VERSION?file_name=FILE`

use crate::error::FetchError;

use super::{encode, Parts};

/// A file of a project on a Python package index, as a purl names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PypiPurl {
    name: String,
    version: String,
    file_name: String,
}

impl PypiPurl {
    pub(super) fn of(parts: &Parts) -> Result<Self, FetchError> {
        parts.only(&["file_name"])?;
        let name = normal(&parts.name);
        if parts.namespace.is_some() || name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        {
            return Err(parts.fail("names no Python project: write it as pkg:pypi/NAME@VERSION?file_name=FILE"));
        }
        let file_name = parts.need("file_name", "the wheel or source archive, as pip calls it")?;
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '!');
        if !file_name.chars().all(good) || !normal(file_name).starts_with(&format!("{name}-")) {
            return Err(parts.fail(format!("has file_name {file_name:?}, which is no file of {name}")));
        }
        Ok(Self { name, version: parts.version.clone(), file_name: file_name.to_owned() })
    }

    /// The project's name in its normal form (PEP 503): lower case, with `-` between words.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The name of the wheel or source archive.
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// The purl, in its canonical form.
    pub fn purl(&self) -> String {
        format!("pkg:pypi/{}@{}?file_name={}", self.name, encode(&self.version), encode(&self.file_name))
    }
}

/// A project's name in its normal form: runs of `-`, `_` and `.` are one `-`, and all is lower case.
pub(crate) fn normal(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if !matches!(c, '-' | '_' | '.') {
            out.push(c.to_ascii_lowercase());
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    out
}
