//! The steps of a layout, with everything expanded: plain paths and plain texts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{CachePath, FileMode, Format, Name};

/// How many bytes an archive may grow to where the recipe does not say: 4 GiB.
pub const DEFAULT_MAX_BYTES: u64 = 4 << 30;
/// How many members an archive may have where the recipe does not say.
pub const DEFAULT_MAX_MEMBERS: u64 = 100_000;

fn default_max_bytes() -> u64 {
    DEFAULT_MAX_BYTES
}

fn default_max_members() -> u64 {
    DEFAULT_MAX_MEMBERS
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_default_max_bytes(value: &u64) -> bool {
    *value == DEFAULT_MAX_BYTES
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_default_max_members(value: &u64) -> bool {
    *value == DEFAULT_MAX_MEMBERS
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_zero(value: &u32) -> bool {
    *value == 0
}

fn default_file_mode() -> FileMode {
    FileMode::FILE
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_default_file_mode(mode: &FileMode) -> bool {
    *mode == FileMode::FILE
}

/// One step of a layout. In JSON: an object with one key, the step's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Step {
    /// An empty folder.
    Directory(Directory),
    /// An archive's members, or a single compressed file.
    Extract(Extract),
    /// An artifact as it is.
    Place(Place),
    /// A tar.gz made of an archive's members under other names, for a tool that wants an archive which a registry
    /// holds only in another form. The same members give the same bytes.
    Repack(Repack),
    /// A symbolic link to a file or folder inside the cache.
    Symlink(Symlink),
    /// A text.
    Write(Write),
}

/// An empty folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Directory {
    /// The folder.
    pub to: CachePath,
}

/// An archive's members, or a single compressed file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Extract {
    /// The artifact, by its id in the same part.
    pub artifact: Name,
    /// The folder for an archive's members, the file for a single compressed file. Default: the cache folder itself,
    /// which is only possible for an archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<CachePath>,
    /// What kind of file it is: any but `file`.
    pub format: Format,
    /// A member that is an archive or a compressed file itself: all that follows is about what is in that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nested: Option<Nested>,
    /// How many leading names are taken off each member's path. A member with no more names than that is left out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub strip: u32,
    /// Only members below this folder, which is taken off. Applied before `strip`. It ends in `/`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub strip_prefix: String,
    /// Globs over the paths after stripping; a member must match one of them. Default: all. `*` does not cross `/`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Globs over the paths after stripping; a member must match none of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// Only these members, by their path after stripping, at these paths below `to`. One that the archive does not
    /// have is an error.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pick: BTreeMap<String, CachePath>,
    /// Modes by glob over the paths below `to`, instead of the archive's own. Where several match, the last in order
    /// of the globs' text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub modes: BTreeMap<String, FileMode>,
    /// How many bytes all members together may have. Default 4 GiB.
    #[serde(default = "default_max_bytes", skip_serializing_if = "is_default_max_bytes")]
    pub max_bytes: u64,
    /// How many members there may be. Default 100,000.
    #[serde(default = "default_max_members", skip_serializing_if = "is_default_max_members")]
    pub max_members: u64,
}

impl Extract {
    /// What kind of file it is whose members, or whose content, are taken.
    pub fn taken_from(&self) -> Format {
        self.nested.as_ref().map_or(self.format, |nested| nested.format)
    }
}

/// An archive, or a compressed file, inside an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Nested {
    /// The member, by its path in the artifact.
    pub member: String,
    /// What kind of file it is: any but `file`.
    pub format: Format,
}

/// An artifact as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Place {
    /// The artifact, by its id in the same part.
    pub artifact: Name,
    /// The file.
    pub to: CachePath,
    /// The file's mode. Default 0644.
    #[serde(default = "default_file_mode", skip_serializing_if = "is_default_file_mode")]
    pub mode: FileMode,
}

/// A tar.gz made of an archive's members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Repack {
    /// The artifact, by its id in the same part.
    pub artifact: Name,
    /// What kind of archive the artifact is.
    pub format: Format,
    /// The tar.gz that is made.
    pub to: CachePath,
    /// Which of the artifact's members, at which path in the new archive. Never empty.
    pub members: BTreeMap<String, CachePath>,
    /// How many bytes all members together may have. Default 4 GiB.
    #[serde(default = "default_max_bytes", skip_serializing_if = "is_default_max_bytes")]
    pub max_bytes: u64,
}

/// A symbolic link inside the cache.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Symlink {
    /// The link.
    pub to: CachePath,
    /// What it names, relative to the link's own folder; `..` may be in it, as long as it stays in the cache.
    pub target: String,
}

/// A text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Write {
    /// The file.
    pub to: CachePath,
    /// What it holds, byte for byte: there is a final newline only where the text has one. Joined without anything
    /// in between; no parts make an empty file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub text: Vec<TextPart>,
    /// The file's mode. Default 0644.
    #[serde(default = "default_file_mode", skip_serializing_if = "is_default_file_mode")]
    pub mode: FileMode,
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum TextPart {
    /// Itself.
    Literal(String),
    /// An artifact's digest, worked out when the folder is assembled.
    Digest(DigestText),
}

/// A digest of an artifact's own bytes, in the form that a tool wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DigestText {
    /// The artifact, by its id in the same part.
    pub artifact: Name,
    /// A member of the archive whose bytes are meant, by its path in the archive; default: the artifact itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// `md5`, `sha1`, `sha256`, `sha384` or `sha512`: a name that a tool wants, not a pin, so weak ones are here too.
    pub algorithm: DigestAlgorithm,
    /// How it is written.
    pub encoding: Encoding,
}

/// The algorithms that tools use in names and texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DigestAlgorithm {
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// How a digest is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Standard base64 with padding.
    Base64,
    /// Lower-case hexadecimal.
    Hex,
}
