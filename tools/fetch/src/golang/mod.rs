//! Go module proxies.

mod dirhash;
mod gosum;
mod proxies;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;

use semver::Version;
use serde::Deserialize;

use crate::client::Client;
use crate::error::{FetchError, Reason};
use crate::npm::Signed;
use crate::purl::{GoFile, GolangPurl};
use crate::registry::{Ecosystem, Located, Release};

pub use dirhash::DirHash;
pub use gosum::find as find_in_go_sum;
use proxies::{Fallback, Proxies};

/// Of how many releases, the newest first, a proxy is asked when they were published: each is a request.
const DATED: usize = 16;

/// The Go module proxies, one behind the other.
pub struct Golang {
    proxies: Proxies,
    client: Client,
}

/// What a proxy knows of a version.
#[derive(Deserialize)]
struct Info {
    #[serde(rename = "Version")]
    version: String,
    #[serde(rename = "Time")]
    time: Option<String>,
}

impl Info {
    fn published(&self) -> Option<SystemTime> {
        crate::dates::rfc3339(self.time.as_deref()?)
    }
}

impl Golang {
    /// The proxies that `declared` names, else GOPROXY, else `go env GOPROXY`.
    pub fn find(declared: Option<&str>, workspace: &Path, client: Client) -> Result<Self, FetchError> {
        Ok(Self { proxies: Proxies::find(declared, workspace)?, client })
    }

    /// The first proxy that has a file, with what it says. As for go itself, the next one is asked only where this
    /// one says that there is none, or where the list has a `|`.
    fn ask<T>(
        &self,
        path: &str,
        read: impl Fn(&str, &str) -> Result<T, FetchError>,
    ) -> Result<(String, T), FetchError> {
        let mut last = None;
        for (base, fallback) in self.proxies.iter() {
            let url = format!("{base}/{path}");
            let error = match self.client.text(&url, "*/*").and_then(|text| read(&url, &text)) {
                Ok(found) => return Ok((base.to_owned(), found)),
                Err(error) => error,
            };
            let absent = matches!(&error, FetchError::Address { reason: Reason::Status { status: 404 | 410 }, .. });
            last = Some(error);
            if !absent && fallback == Fallback::Absent {
                break;
            }
        }
        Err(last.unwrap_or_else(|| self.proxies.none()))
    }

    fn info(&self, purl: &GolangPurl, version: &str) -> Result<(String, Info), FetchError> {
        let path = format!("{}/{}.info", purl.folder(), crate::purl::escape(version));
        self.ask(&path, |url, text| {
            let wrong = |what: String| FetchError::at(url, Reason::Metadata(what));
            let info: Info = serde_json::from_str(text)
                .map_err(|error| wrong(format!("what the proxy says cannot be read: {error}")))?;
            if info.version != version {
                return Err(wrong(format!("the proxy answers for {} where {version} was asked for", info.version)));
            }
            Ok(info)
        })
    }
}

impl Ecosystem for Golang {
    type Purl = GolangPurl;

    fn locate(&self, purl: &GolangPurl) -> Result<Located, FetchError> {
        self.proxies.allow(purl.module())?;
        let (base, _) = self.info(purl, purl.version())?;
        Ok(Located {
            purl: purl.purl(),
            addresses: vec![format!("{base}/{}", purl.path(purl.file()))],
            // What go calls a module's sum is that of its files, not of the zip.
            integrity: None,
            weak: BTreeMap::new(),
            size: None,
            licence: None,
            signed: Signed::default(),
        })
    }

    fn addresses(&self, purl: &GolangPurl) -> Result<Vec<String>, FetchError> {
        Ok(self.proxies.iter().map(|(base, _)| format!("{base}/{}", purl.path(purl.file()))).collect())
    }

    fn releases(&self, package: &GolangPurl) -> Result<Vec<Release>, FetchError> {
        self.proxies.allow(package.module())?;
        let (_, list) = self.ask(&format!("{}/list", package.folder()), |_, text| Ok(text.to_owned()))?;
        let mut versions: Vec<(Version, &str)> = list
            .lines()
            .filter_map(|line| Some((Version::parse(line.trim().strip_prefix('v')?).ok()?, line.trim())))
            .collect();
        versions.sort();
        versions.dedup();
        let retracted = versions.last().map(|(_, newest)| self.retracted(package, newest)).transpose()?;
        let dated = versions.len().saturating_sub(DATED);
        let mut releases = Vec::new();
        for (index, (version, text)) in versions.iter().enumerate() {
            let published = if index >= dated { self.info(package, text)?.1.published() } else { None };
            let yanked = retracted.iter().flatten().any(|(low, high)| (low..=high).contains(&version));
            releases.push(Release { version: (*text).to_owned(), published, yanked });
        }
        releases.sort_by(|a, b| a.version.cmp(&b.version));
        Ok(releases)
    }
}

impl Golang {
    /// The versions that the newest one's go.mod retracts, from and to.
    fn retracted(&self, purl: &GolangPurl, newest: &str) -> Result<Vec<(Version, Version)>, FetchError> {
        let path = format!("{}/{}.{}", purl.folder(), crate::purl::escape(newest), GoFile::Mod.name());
        let (_, text) = self.ask(&path, |_, text| Ok(text.to_owned()))?;
        Ok(retractions(&text))
    }
}

/// The `retract` directives of a go.mod.
fn retractions(text: &str) -> Vec<(Version, Version)> {
    let parse = |text: &str| Version::parse(text.trim().trim_matches(['"', '`']).strip_prefix('v')?).ok();
    let mut found = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or_default().trim();
        let range = match line.strip_prefix("retract") {
            Some(rest) if rest.trim() == "(" => {
                inside = true;
                continue;
            }
            Some(rest) if rest.starts_with([' ', '\t', '[']) => rest.trim(),
            _ if inside && line == ")" => {
                inside = false;
                continue;
            }
            _ if inside => line,
            _ => continue,
        };
        let range = match range.strip_prefix('[').and_then(|range| range.strip_suffix(']')?.split_once(',')) {
            Some((low, high)) => parse(low).zip(parse(high)),
            None => parse(range).map(|version| (version.clone(), version)),
        };
        found.extend(range);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retract_directives() {
        let text = "module x\nretract v1.0.0 // oh\nretract (\n  [v1.1.0, v1.2.0]\n\tv2.0.0\n)\nrequire retract.example v1.0.0\n";
        let found: Vec<String> = retractions(text).iter().map(|(low, high)| format!("{low} {high}")).collect();
        assert_eq!(found, ["1.0.0 1.0.0", "1.1.0 1.2.0", "2.0.0 2.0.0"]);
    }
}
