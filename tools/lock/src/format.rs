//! What kind of file an artifact is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An artifact's kind. It is declared, never guessed from a file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Format {
    /// A plain file, taken as it is.
    File,
    /// A tar archive.
    Tar,
    /// A tar archive in brotli.
    TarBr,
    /// A tar archive in bzip2.
    TarBz2,
    /// A tar archive in gzip.
    TarGz,
    /// A tar archive in xz.
    TarXz,
    /// A tar archive in zstandard.
    TarZst,
    /// A zip archive (wheels, jars and nupkg files are zip archives too).
    Zip,
    /// A single file in brotli.
    Br,
    /// A single file in bzip2.
    Bz2,
    /// A single file in gzip.
    Gz,
    /// A single file in xz.
    Xz,
    /// A single file in zstandard.
    Zst,
}

/// All formats with their names.
const FORMATS: &[(Format, &str)] = &[
    (Format::Br, "br"),
    (Format::Bz2, "bz2"),
    (Format::File, "file"),
    (Format::Gz, "gz"),
    (Format::Tar, "tar"),
    (Format::TarBr, "tar.br"),
    (Format::TarBz2, "tar.bz2"),
    (Format::TarGz, "tar.gz"),
    (Format::TarXz, "tar.xz"),
    (Format::TarZst, "tar.zst"),
    (Format::Xz, "xz"),
    (Format::Zip, "zip"),
    (Format::Zst, "zst"),
];

/// A text that names no format.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is not a format: one of {list} (LT107)", list = FORMATS.iter().map(|f| f.1).collect::<Vec<_>>().join(", "))]
pub struct FormatError(String);

impl Format {
    /// The name, as in `tar.gz`.
    pub fn name(self) -> &'static str {
        FORMATS.iter().find(|(format, _)| *format == self).map_or("file", |(_, name)| name)
    }

    /// Whether it holds members with names: a tar or zip archive.
    pub fn is_archive(self) -> bool {
        matches!(self, Self::Tar | Self::TarBr | Self::TarBz2 | Self::TarGz | Self::TarXz | Self::TarZst | Self::Zip)
    }

    /// Whether the first bytes of a file can be those of this format. `None` where the format has no signature
    /// (a plain file, brotli) and nothing can be said.
    ///
    /// `head` should hold the first 512 bytes, or all of a shorter file.
    pub fn matches(self, head: &[u8]) -> Option<bool> {
        let starts = |magic: &[u8]| Some(head.starts_with(magic));
        match self {
            Self::File | Self::Br | Self::TarBr => None,
            Self::Tar => Some(head.get(257..262) == Some(b"ustar")),
            Self::Bz2 | Self::TarBz2 => starts(b"BZh"),
            Self::Gz | Self::TarGz => starts(&[0x1f, 0x8b]),
            Self::Xz | Self::TarXz => starts(&[0xfd, b'7', b'z', b'X', b'Z', 0]),
            Self::Zst | Self::TarZst => starts(&[0x28, 0xb5, 0x2f, 0xfd]),
            Self::Zip => Some(head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")),
        }
    }

    /// What the first bytes of a file look like, in words for an error message.
    pub fn describe(head: &[u8]) -> &'static str {
        let text = String::from_utf8_lossy(&head[..head.len().min(256)]).trim_start().to_ascii_lowercase();
        if head.is_empty() {
            return "an empty file";
        }
        if text.starts_with("<!doctype html") || text.starts_with("<html") {
            return "an HTML page";
        }
        if text.starts_with("<?xml") {
            return "an XML document";
        }
        for (format, words) in [
            (Self::Gz, "a gzip file"),
            (Self::Xz, "an xz file"),
            (Self::Zst, "a zstandard file"),
            (Self::Bz2, "a bzip2 file"),
            (Self::Zip, "a zip archive"),
            (Self::Tar, "a tar archive"),
        ] {
            if format.matches(head) == Some(true) {
                return words;
            }
        }
        if head.starts_with(b"\x7fELF") {
            return "an ELF program";
        }
        if text.starts_with('{') || text.starts_with('[') {
            return "a JSON text";
        }
        "something else"
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        FORMATS
            .iter()
            .find(|(_, name)| *name == text)
            .map(|(format, _)| *format)
            .ok_or_else(|| FormatError(text.to_owned()))
    }
}

impl TryFrom<String> for Format {
    type Error = FormatError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Format> for String {
    fn from(format: Format) -> Self {
        format.name().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_round_trips() {
        for (format, name) in FORMATS {
            assert_eq!(name.parse(), Ok(*format));
            assert_eq!(format.name(), *name);
        }
        assert!("tgz".parse::<Format>().unwrap_err().to_string().contains("tar.gz"));
    }

    #[test]
    fn first_bytes_tell() {
        assert_eq!(Format::TarGz.matches(&[0x1f, 0x8b, 8]), Some(true));
        assert_eq!(Format::Zip.matches(b"<!DOCTYPE html>"), Some(false));
        assert_eq!(Format::File.matches(b"anything"), None);
        assert_eq!(Format::describe(b"  <!DOCTYPE html><html>"), "an HTML page");
        assert_eq!(Format::describe(b"PK\x03\x04"), "a zip archive");
        assert_eq!(Format::describe(b""), "an empty file");
    }
}
