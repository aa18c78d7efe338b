//! An index's page of a project.

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::time::SystemTime;

use lazytools_lock::step::DigestAlgorithm;
use lazytools_lock::{Algorithm, Integrity};
use serde::Deserialize;
use serde_json::Value;

use crate::purl::normal;
use crate::{dates, links};

use super::html;

/// A file that an index lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IndexFile {
    pub name: String,
    pub url: String,
    pub integrity: Option<Integrity>,
    pub weak: BTreeMap<DigestAlgorithm, Vec<u8>>,
    pub size: Option<NonZeroU64>,
    pub published: Option<SystemTime>,
    pub yanked: bool,
    /// Whether the index has the file's metadata beside it (PEP 658).
    pub has_metadata: bool,
}

impl IndexFile {
    /// The version in the file's name; the project's normal name is known.
    pub fn version(&self, project: &str) -> Option<&str> {
        if let Some(rest) = self.name.strip_suffix(".whl") {
            return rest.split('-').nth(1);
        }
        let stem = [".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tgz", ".egg"];
        let stem = stem.iter().find_map(|ending| self.name.strip_suffix(ending))?;
        // A project's name can hold the very sign that ends it, so the longest beginning that is the name counts.
        stem.match_indices('-').rev().find(|(at, _)| normal(&stem[..*at]) == project).map(|(at, _)| &stem[at + 1..])
    }
}

#[derive(Deserialize)]
struct JsonPage {
    files: Vec<JsonFile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct JsonFile {
    filename: String,
    url: String,
    #[serde(default)]
    hashes: BTreeMap<String, String>,
    size: Option<u64>,
    upload_time: Option<String>,
    #[serde(default)]
    yanked: Value,
    #[serde(default)]
    core_metadata: Value,
    #[serde(default)]
    dist_info_metadata: Value,
}

/// The files of a page, in JSON or HTML.
pub(super) fn read(page: &str, text: &str) -> Result<Vec<IndexFile>, String> {
    if text.trim_start().starts_with('{') {
        let read: JsonPage =
            serde_json::from_str(text).map_err(|error| format!("what the index says cannot be read: {error}"))?;
        return Ok(read.files.into_iter().filter_map(|file| of_json(page, file)).collect());
    }
    let anchors = html::anchors(text);
    if anchors.is_empty() && !text.contains("<html") {
        return Err("what came is no page of a Python package index".to_owned());
    }
    Ok(anchors.iter().filter_map(|anchor| of_anchor(page, anchor)).collect())
}

fn of_json(page: &str, file: JsonFile) -> Option<IndexFile> {
    let (integrity, weak) = digests(file.hashes.iter().map(|(name, hex)| (name.as_str(), hex.as_str())));
    // Present and neither false nor null: it says true, or a sentence, or digests.
    let said = |value: &Value| !matches!(value, Value::Null | Value::Bool(false));
    Some(IndexFile {
        url: links::join(page, &file.url)?,
        name: file.filename,
        integrity,
        weak,
        size: file.size.and_then(NonZeroU64::new),
        published: file.upload_time.as_deref().and_then(dates::rfc3339),
        yanked: said(&file.yanked),
        has_metadata: said(&file.core_metadata) || said(&file.dist_info_metadata),
    })
}

fn of_anchor(page: &str, anchor: &html::Anchor) -> Option<IndexFile> {
    let href = anchor.attributes.get("href")?;
    let fragment = href.split_once('#').map(|(_, fragment)| fragment).unwrap_or_default();
    let (integrity, weak) = digests(fragment.split('&').filter_map(|part| part.split_once('=')));
    let said = |name: &str| anchor.attributes.get(name).is_some_and(|value| value != "false");
    Some(IndexFile {
        url: links::join(page, href)?,
        name: anchor.text.trim().to_owned(),
        integrity,
        weak,
        size: None,
        published: None,
        yanked: anchor.attributes.contains_key("data-yanked"),
        has_metadata: said("data-core-metadata") || said("data-dist-info-metadata"),
    })
}

/// The digest that pins, and those that only bear witness.
fn digests<'a>(
    named: impl Iterator<Item = (&'a str, &'a str)>,
) -> (Option<Integrity>, BTreeMap<DigestAlgorithm, Vec<u8>>) {
    let mut integrity = None;
    let mut weak = BTreeMap::new();
    for (name, digest) in named {
        match name {
            // Every index has this one, so two of them make the same pin.
            "sha256" => integrity = Integrity::from_hex(Algorithm::Sha256, digest),
            "sha1" => weak.extend(hex::decode(digest).ok().map(|digest| (DigestAlgorithm::Sha1, digest))),
            "md5" => weak.extend(hex::decode(digest).ok().map(|digest| (DigestAlgorithm::Md5, digest))),
            _ => {}
        }
    }
    (integrity, weak)
}

/// The licence in a distribution's METADATA.
pub(super) fn licence(text: &str) -> Option<String> {
    let headers = text.lines().take_while(|line| !line.is_empty());
    let field = |name: &str| {
        let mut found = headers.clone().filter_map(|line| line.split_once(": "));
        found.find(|(key, value)| key.eq_ignore_ascii_case(name) && !value.trim().is_empty() && *value != "UNKNOWN")
    };
    let (_, value) = field("License-Expression").or_else(|| field("License"))?;
    Some(value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "https://example.org/simple/a-b/";

    #[test]
    fn json() {
        let digest = Algorithm::Sha256.digest(b"x");
        let text = format!(
            r#"{{"files": [
                {{"filename": "a_b-1.0-py3-none-any.whl", "url": "../../f/a.whl", "hashes": {{"sha256": "{}"}},
                 "size": 5, "upload-time": "1970-01-01T00:00:07.5Z", "yanked": "broken", "core-metadata": {{}}}},
                {{"filename": "a-b-1.0.tar.gz", "url": "https://f.example.org/a", "hashes": {{"md5": "00ff"}}}}]}}"#,
            digest.hex()
        );
        let files = read(PAGE, &text).unwrap();
        assert_eq!(files[0].url, "https://example.org/f/a.whl");
        assert_eq!(files[0].integrity, Some(digest));
        assert_eq!(files[0].size, NonZeroU64::new(5));
        assert!(files[0].published.is_some() && files[0].yanked && files[0].has_metadata);
        assert_eq!(files[1].integrity, None);
        assert_eq!(files[1].weak[&DigestAlgorithm::Md5], [0x00, 0xff]);
        assert!(!files[1].yanked && !files[1].has_metadata);
        for file in &files {
            assert_eq!(file.version("a-b"), Some("1.0"));
        }
        assert!(read(PAGE, "{}").unwrap_err().contains("cannot be read"));
    }

    #[test]
    fn html_has_the_same_without_sizes() {
        let digest = Algorithm::Sha256.digest(b"x");
        let text = format!(
            "<!DOCTYPE html><html><body><a href=\"../../f/a.whl#sha256={}\" data-yanked=\"\">a_b-1.0-py3-none-any.whl</a>",
            digest.hex()
        );
        let files = read(PAGE, &text).unwrap();
        assert_eq!(files[0].url, "https://example.org/f/a.whl");
        assert_eq!(files[0].integrity, Some(digest));
        assert!(files[0].yanked);
        assert!(read(PAGE, "nothing").unwrap_err().contains("no page"));
    }

    #[test]
    fn licences() {
        assert_eq!(licence("Name: x\nLicense: UNKNOWN\nLicense-Expression: MIT\n\nbody").as_deref(), Some("MIT"));
        assert_eq!(licence("Name: x\nLicense: BSD\n\nLicense-Expression: no").as_deref(), Some("BSD"));
        assert_eq!(licence("Name: x\n"), None);
    }
}
