//! The npm registry: where it is, and what it says of a package's version.

use std::collections::BTreeMap;
use std::path::Path;

use lazytools_lock::step::DigestAlgorithm;
use lazytools_lock::Integrity;
use semver::Version;
use serde::Deserialize;

use crate::client::Client;
use crate::error::{FetchError, Reason};
use crate::machine;
use crate::npmrc;
use crate::purl::NpmPurl;
use crate::registry::{Ecosystem, Located, Release};
use crate::timestamp::Timestamp;

/// The base address of the npm registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NpmRegistry {
    base: String,
}

impl NpmRegistry {
    /// The registry at an address.
    pub fn at(base: &str) -> Self {
        Self { base: base.trim().trim_end_matches('/').to_owned() }
    }

    /// Where the registry of a package is: what an `.npmrc` says for its scope (`@acme`), else what MODULE.bazel says,
    /// else npm's variables, else the `.npmrc` of the workspace or the user, else npm's own answer. The extension's
    /// Starlark asks in the same order.
    pub fn find(scope: Option<&str>, declared: Option<&str>, workspace: &Path) -> Result<Self, FetchError> {
        let files = npmrc::files(workspace);
        let found = scope
            .and_then(|scope| files.iter().find_map(|file| file.scope(scope)))
            .or(declared)
            .map(str::to_owned)
            .or_else(|| machine::first_variable(&["npm_config_registry", "NPM_CONFIG_REGISTRY"]))
            .or_else(|| files.iter().find_map(npmrc::Npmrc::registry).map(str::to_owned))
            .or_else(|| ask_npm(workspace));
        let found = found.filter(|base| base.starts_with("http://") || base.starts_with("https://"));
        found
            .map(|base| Self::at(&base))
            .ok_or(FetchError::NoRegistry { ecosystem: "npm", remedy: "set npm_config_registry" })
    }

    /// The address of a package's tarball.
    pub fn tarball(&self, purl: &NpmPurl) -> String {
        format!("{}/{}", self.base, purl.tarball_path())
    }

    fn package(&self, purl: &NpmPurl) -> String {
        format!("{}/{}", self.base, purl.package.replace('/', "%2F"))
    }
}

fn ask_npm(workspace: &Path) -> Option<String> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let text = machine::ask(workspace, program, &["config", "get", "registry"], &[])?;
    let text = text.trim();
    (!text.is_empty() && text != "undefined").then(|| text.to_owned())
}

/// What the registry says of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dist {
    /// The strongest digest that it publishes, where that is strong enough to pin with.
    pub integrity: Option<Integrity>,
    /// The SHA-1 in hex, which old packages have alone.
    pub sha1: Option<String>,
    /// What the registry has signed, and how.
    pub signed: Signed,
    /// The package's `license`, where it is a text.
    pub licence: Option<String>,
}

/// What signatures say of a version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signed {
    /// The digests, word for word: they are part of what is signed.
    pub integrity: String,
    /// The signatures.
    pub signatures: Vec<RegistrySignature>,
}

/// A signature of a registry.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct RegistrySignature {
    /// The registry's name of the key.
    pub keyid: String,
    /// The signature, base64 of its DER form.
    pub sig: String,
}

/// A registry with a client to ask it.
#[derive(Clone)]
pub struct Npm {
    /// Where it is.
    pub registry: NpmRegistry,
    /// The client.
    pub client: Client,
}

#[derive(Deserialize)]
struct Manifest {
    dist: RawDist,
    /// A text; in old packages it can be anything.
    #[serde(default)]
    license: serde_json::Value,
}

#[derive(Deserialize)]
struct RawDist {
    integrity: Option<String>,
    shasum: Option<String>,
    #[serde(default)]
    signatures: Vec<RegistrySignature>,
}

/// A key of a registry, as `/-/npm/v1/keys` has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct RegistryKey {
    /// The registry's name of it.
    pub keyid: String,
    /// What kind of key it is; `ecdsa-sha2-nistp256` is understood.
    #[serde(default)]
    pub keytype: String,
    /// Its DER form, base64.
    pub key: String,
    /// Until when what it signed is believed.
    #[serde(default)]
    pub expires: Option<String>,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<RegistryKey>,
}

#[derive(Deserialize)]
struct Times {
    #[serde(default)]
    time: std::collections::BTreeMap<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct Packument {
    versions: BTreeMap<String, serde_json::Value>,
    /// When each version was published, beside `created` and `modified`; only the long form has it.
    #[serde(default)]
    time: BTreeMap<String, serde_json::Value>,
}

impl Packument {
    fn releases(&self) -> Vec<Release> {
        let release = |(version, manifest): (&String, &serde_json::Value)| Release {
            version: version.clone(),
            published: self.time.get(version).and_then(|time| crate::dates::rfc3339(time.as_str()?)),
            // A sentence that says why; an empty one takes the mark back.
            yanked: manifest["deprecated"].as_str().is_some_and(|why| !why.is_empty())
                || manifest["deprecated"] == true,
        };
        self.versions.iter().map(release).collect()
    }
}

/// npm's short form of a packument; a registry that does not know it sends the long one.
const SHORT: &str = "application/vnd.npm.install-v1+json, application/json;q=0.8";

impl Npm {
    /// What the registry says of a package's version.
    pub fn dist(&self, purl: &NpmPurl) -> Result<Dist, FetchError> {
        let url = format!("{}/{}", self.registry.package(purl), purl.version);
        let manifest: Manifest = match self.client.text(&url, "application/json") {
            Ok(text) => parse(&url, &text)?,
            // Some registries answer only for the whole package.
            Err(FetchError::Address { reason: Reason::Status { status: 404 | 405 | 501 }, .. }) => {
                let url = self.registry.package(purl);
                let packument: Packument = parse(&url, &self.client.text(&url, SHORT)?)?;
                let found = packument.versions.get(&purl.version).cloned().ok_or_else(|| {
                    let message = format!("there is no version {} of {}", purl.version, purl.package);
                    FetchError::at(&url, Reason::Metadata(message))
                })?;
                serde_json::from_value(found).map_err(|error| malformed(&url, &error))?
            }
            Err(error) => return Err(error),
        };
        let RawDist { integrity, shasum, signatures } = manifest.dist;
        let licence = manifest.license.as_str().map(str::to_owned);
        Ok(Dist {
            integrity: integrity.as_deref().and_then(Integrity::strongest),
            sha1: shasum.map(|shasum| shasum.to_ascii_lowercase()),
            signed: Signed { integrity: integrity.unwrap_or_default(), signatures },
            licence,
        })
    }

    /// When a version was published. None: the registry does not say.
    pub fn published(&self, purl: &NpmPurl) -> Result<Option<Timestamp>, FetchError> {
        let url = self.registry.package(purl);
        let times: Times = parse(&url, &self.client.text(&url, "application/json")?)?;
        Ok(times.time.get(&purl.version).and_then(serde_json::Value::as_str).and_then(Timestamp::parse))
    }

    /// The keys that the registry signs with.
    pub fn keys(&self) -> Result<Vec<RegistryKey>, FetchError> {
        let url = format!("{}/-/npm/v1/keys", self.registry.base);
        let published: Keys = match self.client.text(&url, "application/json") {
            Ok(text) => parse(&url, &text)?,
            Err(FetchError::Address { reason: Reason::Status { status: 400 | 404 | 405 | 501 }, .. }) => {
                let message =
                    "the registry publishes no keys to check its signatures by: name the ones you believe in \
                               the recipe, signature = { from = \"npm\", keys = [\"…\"] }, or ask another registry";
                return Err(FetchError::at(&url, Reason::Unsigned(message.to_owned())));
            }
            Err(error) => return Err(error),
        };
        Ok(published.keys)
    }

    /// A purl with an exact version: the newest release of `3.4.x`, where its version ends like that.
    pub fn exact(&self, purl: &NpmPurl) -> Result<NpmPurl, FetchError> {
        let Some(prefix) = purl.version.strip_suffix('x').filter(|prefix| prefix.ends_with('.')) else {
            return Ok(purl.clone());
        };
        let url = self.registry.package(purl);
        let packument: Packument = parse(&url, &self.client.text(&url, SHORT)?)?;
        let releases = packument.versions.keys().filter(|version| version.starts_with(prefix));
        let newest =
            releases.filter_map(|text| Version::parse(text).ok()).filter(|version| version.pre.is_empty()).max();
        let version = newest.ok_or_else(|| {
            let message = format!("there is no release {} of {}", purl.version, purl.package);
            FetchError::at(&url, Reason::Metadata(message))
        })?;
        Ok(NpmPurl { package: purl.package.clone(), version: version.to_string() })
    }
}

impl Ecosystem for Npm {
    type Purl = NpmPurl;

    fn locate(&self, purl: &NpmPurl) -> Result<Located, FetchError> {
        let exact = self.exact(purl)?;
        let dist = self.dist(&exact)?;
        let sha1 = dist.sha1.and_then(|sha1| hex::decode(sha1).ok()).map(|sha1| (DigestAlgorithm::Sha1, sha1));
        Ok(Located {
            purl: exact.purl(),
            addresses: vec![self.registry.tarball(&exact)],
            integrity: dist.integrity,
            weak: sha1.into_iter().collect(),
            size: None,
            licence: dist.licence,
            signed: dist.signed,
        })
    }

    fn addresses(&self, purl: &NpmPurl) -> Result<Vec<String>, FetchError> {
        Ok(vec![self.registry.tarball(purl)])
    }

    fn releases(&self, package: &NpmPurl) -> Result<Vec<Release>, FetchError> {
        let url = self.registry.package(package);
        let packument: Packument = parse(&url, &self.client.text(&url, "application/json")?)?;
        Ok(packument.releases())
    }
}

fn parse<T: serde::de::DeserializeOwned>(url: &str, text: &str) -> Result<T, FetchError> {
    serde_json::from_str(text).map_err(|error| {
        if text.trim_start().starts_with('<') {
            let message = "the server sent a page where the registry's JSON was to come".to_owned();
            return FetchError::at(url, Reason::Content(message));
        }
        malformed(url, &error)
    })
}

fn malformed(url: &str, error: &serde_json::Error) -> FetchError {
    FetchError::at(url, Reason::Metadata(format!("what the registry says cannot be read: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_may_end_in_a_slash() {
        let purl = NpmPurl::parse("pkg:npm/%40a/b@1.0.0").unwrap();
        for base in ["https://npm.example.org/x", "https://npm.example.org/x/"] {
            let registry = NpmRegistry::at(base);
            assert_eq!(registry.tarball(&purl), "https://npm.example.org/x/@a/b/-/b-1.0.0.tgz");
            assert_eq!(registry.package(&purl), "https://npm.example.org/x/@a%2Fb");
        }
    }
}

#[cfg(test)]
mod release_tests {
    use super::*;

    #[test]
    fn a_packument_says_when() {
        let text = r#"{"versions": {"1.0.0": {"deprecated": "no more"}, "1.1.0": {}},
                       "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "1970-01-01T00:01:00.500Z"}}"#;
        let packument: Packument = serde_json::from_str(text).unwrap();
        let releases = packument.releases();
        assert_eq!(releases[0].published, Some(std::time::UNIX_EPOCH + std::time::Duration::from_millis(60_500)));
        assert_eq!((releases[0].version.as_str(), releases[0].yanked), ("1.0.0", true));
        assert_eq!((releases[1].published, releases[1].yanked), (None, false));
    }
}
