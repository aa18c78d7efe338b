//! GitHub's releases, whose API publishes a digest of each asset.

use std::num::NonZeroU64;

use lazytools_lock::{Algorithm, Integrity};
use serde::Deserialize;

use crate::client::Client;
use crate::error::{FetchError, Reason};
use crate::machine;

/// GitHub's own server and its API.
const SERVER: &str = "https://github.com";
const API: &str = "https://api.github.com";

/// An asset of a release, as its address names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseAsset {
    server: String,
    owner: String,
    repository: String,
    tag: String,
    name: String,
}

/// What GitHub publishes of an asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedAsset {
    /// Its digest.
    pub integrity: Integrity,
    /// How many bytes it has.
    pub size: Option<NonZeroU64>,
    /// The address that says so.
    pub by: String,
}

#[derive(Deserialize)]
struct Release {
    assets: Vec<Asset>,
}

#[derive(Deserialize)]
struct Asset {
    name: String,
    size: Option<u64>,
    /// `sha256:HEX`; null for what was uploaded before June 2025.
    digest: Option<String>,
}

impl ReleaseAsset {
    /// From `https://HOST/OWNER/REPOSITORY/releases/download/TAG/NAME`; what is of another form is an error (LT320).
    pub fn parse(url: &str) -> Result<Self, FetchError> {
        let read = || {
            let (scheme, rest) = url.split_once("://")?;
            let parts: Vec<&str> = rest.split(['?', '#']).next()?.split('/').collect();
            // Tags may hold slashes.
            let [host, owner, repository, "releases", "download", tag @ .., name] = parts.as_slice() else {
                return None;
            };
            let good = !tag.is_empty() && parts.iter().all(|part| !matches!(*part, "" | "." | ".."));
            good.then(|| Self {
                server: format!("{scheme}://{host}"),
                owner: (*owner).to_owned(),
                repository: (*repository).to_owned(),
                tag: tag.join("/"),
                name: (*name).to_owned(),
            })
        };
        read().ok_or_else(|| {
            let message = "it is no address of a release's asset, \
                           https://HOST/OWNER/REPOSITORY/releases/download/TAG/NAME, so GitHub has no digest of it: say \
                           in the recipe where else it is published, or digest = { from = \"download\" }";
            FetchError::at(url, Reason::NoDigest(message.to_owned()))
        })
    }

    /// The address of the release in GitHub's API.
    pub fn api_address(&self) -> String {
        let api = api_of(&self.server, &server(), api());
        format!("{api}/repos/{}/{}/releases/tags/{}", self.owner, self.repository, self.tag)
    }

    /// Finds the asset in what the API answered.
    pub fn published(&self, answer: &str) -> Result<PublishedAsset, FetchError> {
        let url = self.api_address();
        let metadata = |message: String| FetchError::at(&url, Reason::Metadata(message));
        let release: Release = serde_json::from_str(answer)
            .map_err(|error| metadata(format!("what GitHub says cannot be read: {error}")))?;
        // GitHub itself writes names so in addresses.
        let name = percent_encoding::percent_decode_str(&self.name).decode_utf8_lossy();
        let asset = release.assets.iter().find(|asset| asset.name == name);
        let asset = asset.ok_or_else(|| metadata(format!("release {} has no asset {name}", self.tag)))?;
        let digest = asset.digest.as_deref().and_then(|digest| digest.split_once(':'));
        let integrity = match digest {
            Some(("sha256", hex)) => Integrity::from_hex(Algorithm::Sha256, hex),
            Some(("sha512", hex)) => Integrity::from_hex(Algorithm::Sha512, hex),
            _ => None,
        };
        let integrity = integrity.ok_or_else(|| {
            let message = format!(
                "GitHub publishes no digest of {name}, as for all that was uploaded before June 2025: say in the recipe \
                 where else it is published, or digest = {{ from = \"download\" }}"
            );
            FetchError::at(&url, Reason::NoDigest(message))
        })?;
        Ok(PublishedAsset { integrity, size: asset.size.and_then(NonZeroU64::new), by: url })
    }

    /// Asks the API for the release.
    pub fn ask(&self, client: &Client) -> Result<String, FetchError> {
        let url = self.api_address();
        client.text(&url, "application/vnd.github+json").map_err(|error| match error {
            FetchError::Address { url, reason: Reason::Status { status: 403 | 429 } } => {
                let message = "GitHub answers no more requests from here for now, as it does after 60 in an hour: set \
                               GITHUB_TOKEN, or try again later";
                FetchError::Address { url, reason: Reason::Limit(message.to_owned()) }
            }
            other => other,
        })
    }
}

/// The API of a server, where the one of `configured` is `api`.
fn api_of(server: &str, configured: &str, api: String) -> String {
    match server {
        server if server == configured => api,
        SERVER => API.to_owned(),
        // A GitHub of a company's own.
        server => format!("{server}/api/v3"),
    }
}

/// The server whose API `GITHUB_API_URL` names, as GitHub's own machines set both.
fn server() -> String {
    machine::variable("GITHUB_SERVER_URL").and_then(|url| machine::base(&url)).unwrap_or_else(|| SERVER.to_owned())
}

fn api() -> String {
    let asked = machine::variable("GITHUB_API_URL").and_then(|url| machine::base(&url));
    asked.unwrap_or_else(|| API.to_owned())
}

/// The user's token for GitHub's API. It is sent to the API's own host and nowhere else, and never over plain http to
/// another machine.
#[derive(Clone, Default)]
pub(crate) struct ApiToken(Option<(String, String)>);

impl ApiToken {
    /// `GITHUB_TOKEN`, for the host of `GITHUB_API_URL` or of GitHub's own API.
    pub fn of_user() -> Self {
        Self(machine::variable("GITHUB_TOKEN").map(|token| (origin(&api()).to_owned(), token)))
    }

    /// The header for an address, where the token is for it.
    pub fn header(&self, address: &str) -> Option<String> {
        let (of, token) = self.0.as_ref()?;
        let safe = address.starts_with("https://") || address.starts_with("http://127.0.0.1:");
        (safe && origin(address) == of).then(|| format!("Bearer {token}"))
    }
}

/// Scheme, host and port.
fn origin(address: &str) -> &str {
    let start = address.find("://").map_or(0, |at| at + 3);
    let end = address[start..].find(['/', '?', '#']).map_or(address.len(), |at| start + at);
    &address[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://github.com/owner/thing/releases/download/v1.0/thing%2Bx.tar.gz";

    #[test]
    fn addresses() {
        let asset = ReleaseAsset::parse(URL).unwrap();
        assert_eq!(asset.api_address(), "https://api.github.com/repos/owner/thing/releases/tags/v1.0");
        let company = ReleaseAsset::parse("https://git.example.org/o/r/releases/download/a/b/c.zip?x").unwrap();
        assert_eq!(company.api_address(), "https://git.example.org/api/v3/repos/o/r/releases/tags/a/b");
        for wrong in ["https://github.com/o/r/releases/latest/download/x", "https://github.com/o/r/releases/download/x"]
        {
            let message = ReleaseAsset::parse(wrong).unwrap_err().to_string();
            assert!(message.contains("no address of a release's asset") && message.ends_with("(LT320)"), "{message}");
        }
    }

    #[test]
    fn each_server_has_its_own_api() {
        let api = |server: &str, configured: &str| api_of(server, configured, "https://configured/api".to_owned());
        let company = "https://git.example.org";
        assert_eq!(api(SERVER, SERVER), "https://configured/api");
        assert_eq!(api(company, company), "https://configured/api");
        assert_eq!(api(SERVER, company), API);
        assert_eq!(api("https://other.example.org", company), "https://other.example.org/api/v3");
    }

    #[test]
    fn digests() {
        let asset = ReleaseAsset::parse(URL).unwrap();
        let hex = Algorithm::Sha256.digest(b"x").hex();
        let answer =
            |digest: &str| format!(r#"{{"assets": [{{"name": "thing+x.tar.gz", "size": 5, "digest": {digest}}}]}}"#);
        let found = asset.published(&answer(&format!("\"sha256:{hex}\""))).unwrap();
        assert_eq!((found.integrity.hex(), found.size), (hex, NonZeroU64::new(5)));
        let message = |answer: &str| asset.published(answer).unwrap_err().to_string();
        assert!(message(&answer("null")).ends_with("(LT320)"));
        assert!(message(&answer("\"sha1:00\"")).ends_with("(LT320)"));
        assert!(message(r#"{"assets": []}"#).contains("release v1.0 has no asset thing+x.tar.gz (LT307)"));
        assert!(message("<html>").ends_with("(LT307)"));
    }

    #[test]
    fn the_token_is_for_its_own_host() {
        let token = ApiToken(Some(("https://api.github.com".to_owned(), "hush".to_owned())));
        assert_eq!(token.header("https://api.github.com/repos/o"), Some("Bearer hush".to_owned()));
        for other in [
            "https://api.github.com.example.org/",
            "https://github.com/",
            "http://api.github.com/",
            "https://x@api.github.com/",
        ] {
            assert_eq!(token.header(other), None, "{other}");
        }
        let plain = ApiToken(Some(("http://example.org".to_owned(), "hush".to_owned())));
        assert_eq!(plain.header("http://example.org/"), None);
    }
}
