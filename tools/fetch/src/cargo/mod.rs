//! Crate registries: a sparse index, and the download addresses that its `config.json` names.

mod config;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use lazytools_lock::{Algorithm, Integrity};
use serde::Deserialize;

use crate::client::Client;
use crate::error::{FetchError, Reason};
use crate::memo::Memo;
use crate::npm::Signed;
use crate::purl::CargoPurl;
use crate::registry::{Ecosystem, Located, Release};

/// A crate registry.
pub struct Cargo {
    base: String,
    client: Client,
    settings: Memo<Result<Settings, FetchError>>,
    crates: Memo<Result<Arc<str>, FetchError>>,
}

/// An index's `config.json`.
#[derive(Clone, Debug, Deserialize)]
struct Settings {
    /// The template of download addresses.
    dl: String,
    /// The base address of the web API, where there is one.
    api: Option<String>,
}

/// A line of the index: a version of a crate.
#[derive(Debug, Deserialize)]
struct Line {
    vers: String,
    cksum: String,
    #[serde(default)]
    yanked: bool,
    /// Newer indexes say when it was published.
    #[serde(default)]
    pubtime: Option<String>,
}

impl Cargo {
    /// The sparse index at `declared`, else where cargo's configuration files say that the crate registry is replaced,
    /// else the one that cargo itself keeps.
    pub fn find(declared: Option<&str>, workspace: &Path, client: Client) -> Result<Self, FetchError> {
        let base = config::find(declared, workspace).ok_or(FetchError::NoRegistry {
            ecosystem: "cargo",
            remedy: "replace the source crates-io in .cargo/config.toml",
        })?;
        Ok(Self { base, client, settings: Memo::default(), crates: Memo::default() })
    }

    fn settings(&self) -> Result<Settings, FetchError> {
        self.settings.get(String::new(), || {
            let url = format!("{}/config.json", self.base);
            parse(&url, &self.client.text(&url, "application/json")?)
        })
    }

    fn crate_address(&self, purl: &CargoPurl) -> String {
        format!("{}/{}", self.base, purl.index_path())
    }

    fn lines(&self, purl: &CargoPurl) -> Result<Vec<Line>, FetchError> {
        let url = self.crate_address(purl);
        let text = self.crates.get(purl.index_path(), || Ok(Arc::from(self.client.text(&url, "text/plain")?)))?;
        text.lines().filter(|line| !line.trim().is_empty()).map(|line| parse(&url, line)).collect()
    }
}

impl Ecosystem for Cargo {
    type Purl = CargoPurl;

    fn locate(&self, purl: &CargoPurl) -> Result<Located, FetchError> {
        let url = self.crate_address(purl);
        let metadata = |message: String| FetchError::at(&url, Reason::Metadata(message));
        let lines = self.lines(purl)?;
        let line = lines.iter().find(|line| line.vers == purl.version());
        let line =
            line.ok_or_else(|| metadata(format!("there is no version {} of {}", purl.version(), purl.name())))?;
        let integrity = Integrity::from_hex(Algorithm::Sha256, &line.cksum)
            .ok_or_else(|| metadata(format!("its cksum of {} is no sha256 digest", purl.version())))?;
        Ok(Located {
            purl: purl.purl(),
            addresses: vec![address(&self.settings()?.dl, purl, &integrity.hex())],
            integrity: Some(integrity),
            weak: BTreeMap::new(),
            size: None,
            licence: None,
            signed: Signed::default(),
        })
    }

    fn releases(&self, package: &CargoPurl) -> Result<Vec<Release>, FetchError> {
        let mut releases: Vec<Release> = self
            .lines(package)?
            .into_iter()
            .map(|line| Release {
                published: line.pubtime.as_deref().and_then(crate::dates::rfc3339),
                version: line.vers,
                yanked: line.yanked,
            })
            .collect();
        releases.sort_by(|a, b| a.version.cmp(&b.version));
        Ok(releases)
    }

    fn licence(&self, purl: &CargoPurl) -> Result<Option<String>, FetchError> {
        #[derive(Deserialize)]
        struct Answer {
            version: Version,
        }
        #[derive(Deserialize)]
        struct Version {
            license: Option<String>,
        }
        let Some(api) = self.settings()?.api else { return Ok(None) };
        let url = format!("{}/api/v1/crates/{}/{}", api.trim_end_matches('/'), purl.name(), purl.version());
        match self.client.text(&url, "application/json") {
            Ok(text) => Ok(parse::<Answer>(&url, &text)?.version.license),
            // Mirrors have the index and the files, and seldom the API.
            Err(FetchError::Address { reason: Reason::Status { .. }, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A download address from the template of an index.
fn address(template: &str, purl: &CargoPurl, sha256: &str) -> String {
    const MARKERS: [&str; 5] = ["{crate}", "{version}", "{prefix}", "{lowerprefix}", "{sha256-checksum}"];
    if !MARKERS.iter().any(|marker| template.contains(marker)) {
        return format!("{}/{}/{}/download", template.trim_end_matches('/'), purl.name(), purl.version());
    }
    let prefix = purl.prefix();
    let values = [purl.name(), purl.version(), &prefix, &prefix.to_lowercase(), sha256];
    let fill = |text: String, (marker, value): (&&str, &str)| text.replace(marker, value);
    MARKERS.iter().zip(values).fold(template.to_owned(), fill)
}

fn parse<T: serde::de::DeserializeOwned>(url: &str, text: &str) -> Result<T, FetchError> {
    serde_json::from_str(text).map_err(|error| {
        FetchError::at(url, Reason::Metadata(format!("what the registry says cannot be read: {error}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::purl::Purl;

    #[test]
    fn addresses() {
        let Ok(Purl::Cargo(purl)) = Purl::parse("pkg:cargo/Rand_Core@0.6.4") else { panic!("it is a crate") };
        for (template, expected) in [
            ("https://example.org/dl/", "https://example.org/dl/Rand_Core/0.6.4/download"),
            ("https://example.org/{crate}-{version}.crate", "https://example.org/Rand_Core-0.6.4.crate"),
            ("https://example.org/{lowerprefix}/{prefix}/{sha256-checksum}", "https://example.org/ra/nd/Ra/nd/00ff"),
        ] {
            assert_eq!(address(template, &purl, "00ff"), expected);
        }
    }
}
