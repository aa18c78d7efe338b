//! Permission bits of files.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A file's permission bits, written in octal: `"0755"`. Set-user-id and its kin cannot be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileMode(u32);

/// A text that is no mode.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is not a file mode: write the permission bits in octal, \"0644\" or \"0755\" (LT108)")]
pub struct FileModeError(String);

impl FileMode {
    /// Anyone may read it.
    pub const FILE: Self = Self(0o644);
    /// Anyone may read and run it.
    pub const EXECUTABLE: Self = Self(0o755);

    /// The permission bits.
    pub fn bits(self) -> u32 {
        self.0
    }

    /// The permission bits of an archive's member; everything beyond them is dropped.
    pub fn from_bits(bits: u32) -> Self {
        Self(bits & 0o777)
    }

    /// Whether anyone may run it.
    pub fn is_executable(self) -> bool {
        self.0 & 0o111 != 0
    }
}

impl fmt::Display for FileMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04o}", self.0)
    }
}

impl FromStr for FileMode {
    type Err = FileModeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let octal = (3..=4).contains(&text.len()) && text.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
        u32::from_str_radix(text, 8)
            .ok()
            .filter(|bits| octal && *bits <= 0o777)
            .map(Self)
            .ok_or_else(|| FileModeError(text.to_owned()))
    }
}

impl TryFrom<String> for FileMode {
    type Error = FileModeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<FileMode> for String {
    fn from(mode: FileMode) -> Self {
        mode.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_octal_only() {
        assert_eq!("0755".parse(), Ok(FileMode::EXECUTABLE));
        assert_eq!("644".parse(), Ok(FileMode::FILE));
        for text in ["", "4755", "0999", "rwx", "+755", "00755"] {
            assert!(text.parse::<FileMode>().is_err(), "{text}");
        }
        assert_eq!(FileMode::from_bits(0o104_755), FileMode::EXECUTABLE);
    }
}
