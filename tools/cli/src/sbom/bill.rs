//! What locks pin, whatever the document.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr as _;

use lazytools_lock::{Algorithm, Artifact, Lock, Source, Tool};
use packageurl::PackageUrl;
use percent_encoding::{utf8_percent_encode, AsciiSet, NON_ALPHANUMERIC};

/// What stands unescaped in a purl.
const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':').remove(b'/');

/// What one or more locks pin.
pub struct Bill {
    /// The locks' names.
    pub name: String,
    /// The digest of all that is in it, in hex.
    pub digest: String,
    /// The tools, by what names them in the bill.
    pub tools: BTreeMap<String, PinnedTool>,
    /// The artifacts, by what names them in the bill.
    pub artifacts: BTreeMap<String, PinnedArtifact>,
}

/// A tool.
pub struct PinnedTool {
    pub name: String,
    pub version: String,
    pub recipe: String,
    /// The keys of its artifacts.
    pub artifacts: BTreeSet<String>,
}

/// An artifact; the same file at the same address counts once.
pub struct PinnedArtifact {
    pub artifact: Artifact,
    pub name: String,
    pub version: String,
    /// None for a file of the workspace, which has no name that others know.
    pub purl: Option<String>,
    /// For which tools and platforms it is pinned.
    pub uses: BTreeSet<String>,
}

impl Bill {
    pub fn of(locks: &[(&str, &Lock)]) -> Self {
        let names: Vec<&str> = locks.iter().map(|(name, _)| *name).collect();
        let texts: Vec<String> = locks.iter().flat_map(|(name, lock)| [(*name).to_owned(), lock.render()]).collect();
        let mut bill = Self {
            name: names.join(", "),
            digest: Algorithm::Sha256.digest(texts.join("\0").as_bytes()).hex(),
            tools: BTreeMap::new(),
            artifacts: BTreeMap::new(),
        };
        for (lock_name, lock) in locks {
            for (name, tool) in &lock.tools {
                let key = if locks.len() == 1 { name.to_string() } else { format!("{lock_name}:{name}") };
                bill.add(key, name.as_str(), tool);
            }
        }
        bill
    }

    fn add(&mut self, key: String, name: &str, tool: &Tool) {
        let mut pinned = PinnedTool {
            name: name.to_owned(),
            version: tool.version().to_owned(),
            recipe: tool.recipe.name.to_string(),
            artifacts: BTreeSet::new(),
        };
        for (role, platform, part) in tool.parts() {
            let place = platform.map_or_else(String::new, |platform| format!(", {} {platform}", role.name()));
            for artifact in part.artifacts.values() {
                let identity = format!("{:?} {}", artifact.source, artifact.integrity);
                let id = Algorithm::Sha256.digest(identity.as_bytes()).hex()[..32].to_owned();
                let entry = self.artifacts.entry(id.clone()).or_insert_with(|| describe(artifact, tool.version()));
                entry.uses.insert(format!("{key}{place}"));
                pinned.artifacts.insert(id);
            }
        }
        self.tools.insert(key, pinned);
    }
}

fn describe(artifact: &Artifact, tool_version: &str) -> PinnedArtifact {
    let (name, version, purl) = match &artifact.source {
        Source::Purl(purl) => match PackageUrl::from_str(purl) {
            Ok(parsed) => {
                let name =
                    parsed.namespace().map_or_else(|| parsed.name().to_owned(), |it| format!("{it}/{}", parsed.name()));
                (name, parsed.version().unwrap_or_default().to_owned(), Some(purl.clone()))
            }
            Err(_) => (purl.clone(), tool_version.to_owned(), Some(purl.clone())),
        },
        Source::Urls(urls) => {
            let url = urls.first().map(String::as_str).unwrap_or_default();
            let path = url.split(['?', '#']).next().unwrap_or_default();
            let name = path.rsplit('/').find(|name| !name.is_empty()).unwrap_or("file").to_owned();
            let purl = generic(&name, tool_version, url, artifact);
            (name, tool_version.to_owned(), Some(purl))
        }
        // Which version of anything it is, its label does not say.
        Source::File(label) => {
            let name = label.rsplit([':', '/']).next().unwrap_or(label).to_owned();
            (name, String::new(), None)
        }
    };
    PinnedArtifact { artifact: artifact.clone(), name, version, purl, uses: BTreeSet::new() }
}

/// A file at a plain address as a package URL: type generic, with the address and the digest as qualifiers.
fn generic(name: &str, version: &str, url: &str, artifact: &Artifact) -> String {
    let integrity = &artifact.integrity;
    let checksum = format!("{}:{}", integrity.algorithm().name(), integrity.hex());
    // By hand: the library leaves a `&` in a qualifier as it is.
    let encode = |text: &str| utf8_percent_encode(text, ESCAPED).to_string();
    let version = if version.is_empty() { String::new() } else { format!("@{}", encode(version)) };
    format!("pkg:generic/{}{version}?checksum={checksum}&download_url={}", encode(name), encode(url))
}
