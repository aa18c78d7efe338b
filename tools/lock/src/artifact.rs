//! Artifacts: the files that a tool would have downloaded.

use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};

use crate::{Format, Integrity, Licence, Provenance};

/// Where an artifact is fetched from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// A package URL, for what lives in a package registry. No host is recorded: the base address comes from the
    /// machine that fetches.
    Purl(String),
    /// Plain addresses, tried in order. Never empty.
    Urls(Vec<String>),
    /// A file of the workspace, by its label: `//PACKAGE:FILE` in the lock's own repository, else `@@REPOSITORY//…`.
    /// Nothing is fetched for it.
    File(String),
}

/// A pinned artifact, as the lock holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", try_from = "RawArtifact")]
pub struct Artifact {
    /// Where it is fetched from.
    #[serde(flatten)]
    pub source: Source,
    /// What kind of file it is.
    pub format: Format,
    /// The digest of its bytes. There is no artifact without one.
    pub integrity: Integrity,
    /// How many bytes it has. Left out where upstream publishes a digest but no size, and the recipe says that it is
    /// not to be asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<NonZeroU64>,
    /// The signature that was checked, where the recipe asks for one. Who fetches later needs only the digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
    /// The licence that upstream declares where it publishes the artifact, as it writes it. Only bills of materials use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<Licence>,
}

/// Whether a text is a label as the extension writes it. `artifact_error` of extensions/private/lock.bzl says the same.
fn is_label(text: &str) -> bool {
    (text.starts_with("//") || text.starts_with("@@")) && text.contains("//") && text.contains(':')
}

/// An artifact as JSON has it, where nothing keeps it from having several sources, or none.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawArtifact {
    #[serde(default)]
    purl: Option<String>,
    #[serde(default)]
    urls: Option<Vec<String>>,
    #[serde(default)]
    file: Option<String>,
    format: Format,
    integrity: Integrity,
    #[serde(default)]
    size: Option<NonZeroU64>,
    #[serde(default)]
    provenance: Option<Provenance>,
    licence: Option<Licence>,
}

impl TryFrom<RawArtifact> for Artifact {
    type Error = &'static str;

    fn try_from(mut raw: RawArtifact) -> Result<Self, Self::Error> {
        let source = match (raw.purl.take(), raw.urls.take(), raw.file.take()) {
            (Some(purl), None, None) if purl.starts_with("pkg:") => Source::Purl(purl),
            (Some(_), None, None) => return Err("its purl does not begin with pkg: (LT110)"),
            (None, Some(urls), None) if urls.is_empty() => return Err("its list of urls is empty (LT110)"),
            (None, Some(urls), None) => Source::Urls(urls),
            (None, None, Some(file)) if is_label(&file) => Source::File(file),
            (None, None, Some(_)) => return Err("its file is not a label, as in //PACKAGE:FILE (LT110)"),
            _ => return Err("it needs one of purl, urls and file (LT110)"),
        };
        let RawArtifact { format, integrity, size, provenance, licence, .. } = raw;
        Ok(Self { source, format, integrity, size, provenance, licence })
    }
}
