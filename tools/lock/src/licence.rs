//! What upstream says of an artifact's licence.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A licence as upstream writes it: one line, often an SPDX expression, sometimes the name of one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Licence(String);

/// Longer than any expression that somebody wrote by hand.
const MAX_BYTES: usize = 500;

/// A text that cannot be a licence.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a licence is one line of at most {MAX_BYTES} bytes, and not empty (LT110)")]
pub struct LicenceError;

impl Licence {
    /// What upstream writes, where that is one line; whole texts of licences are no use in a lock.
    pub fn of(text: &str) -> Option<Self> {
        text.trim().parse().ok()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Licence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Licence {
    type Err = LicenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim().is_empty() || text.len() > MAX_BYTES || text.chars().any(char::is_control) {
            return Err(LicenceError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Licence {
    type Error = LicenceError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Licence> for String {
    fn from(licence: Licence) -> Self {
        licence.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line() {
        assert_eq!(Licence::of(" MIT OR Apache-2.0\n").unwrap().as_str(), "MIT OR Apache-2.0");
        assert_eq!(Licence::of(""), None);
        assert_eq!(Licence::of("Permission is hereby granted,\nfree of charge"), None);
        assert_eq!(Licence::of(&"x".repeat(501)), None);
    }
}
