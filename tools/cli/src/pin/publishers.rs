//! Digests that are published elsewhere than in a checksum file: by GitHub, in an HTTP header, in a go.sum.

use std::sync::Arc;

use lazytools_fetch::download::Downloaded;
use lazytools_fetch::github::ReleaseAsset;
use lazytools_fetch::golang::{find_in_go_sum, DirHash};
use lazytools_fetch::purl::GoFile;
use lazytools_fetch::redact::redact;
use lazytools_fetch::{FetchError, Purl, Reason};
use lazytools_lock::step::Encoding;
use lazytools_lock::{Algorithm, Integrity, Name, Source};

use super::resolve::{decode, text, Outcome, Place, Resolver};

impl Resolver {
    /// What GitHub publishes of a release's asset. A release is asked for once, however many of its assets are wanted.
    pub(super) fn github(&self, place: &mut Place) -> Outcome<Option<(Integrity, String)>> {
        let url = place.addresses.first().map(String::as_str).unwrap_or_default();
        let asset = ReleaseAsset::parse(url).map_err(text)?;
        let ask = || asset.ask(&self.client).map(Arc::from).map_err(text);
        let answer = self.texts.get(asset.api_address(), ask)?;
        let published = asset.published(&answer).map_err(text)?;
        place.size = published.size;
        Ok(Some((published.integrity, redact(&published.by))))
    }

    /// A digest in a header that the server sends for the artifact.
    pub(super) fn header(
        &self,
        place: &Place,
        name: &str,
        algorithm: Algorithm,
        encoding: Encoding,
    ) -> Outcome<Option<(Integrity, String)>> {
        let mut failures = Vec::new();
        for url in &place.addresses {
            let metadata = |message: String| text(FetchError::at(url, Reason::Metadata(message)));
            let value = match self.client.header(url, name) {
                Ok(Some(value)) => value,
                Ok(None) => {
                    failures.push(metadata(format!("the server sends no header {name} with it")));
                    continue;
                }
                Err(error) => {
                    failures.push(text(error));
                    continue;
                }
            };
            // An entity tag stands in quotes.
            let digest = value.trim().trim_matches('"');
            let integrity = decode(digest, algorithm, encoding).ok_or_else(|| {
                metadata(format!("its header {name} is {digest:?}, and no {} digest", algorithm.name()))
            })?;
            return Ok(Some((integrity, format!("the header {name}"))));
        }
        Err(failures.join("\n"))
    }

    /// Holds a Go module's file against a project's go.sum.
    pub(super) fn check_go_sum(place: &Place, downloaded: &Downloaded, file: &Name, sums: &str) -> Outcome<()> {
        let Source::Purl(purl) = &place.source else { return Ok(()) };
        let Purl::Golang(purl) = Purl::parse(purl).map_err(text)? else {
            return Err(format!("{purl} is no Go module, and go.sum has sums of these alone (LT322)"));
        };
        let expected = find_in_go_sum(sums, &purl)
            .map_err(|message| format!("input file {file}: {message}: run `go mod tidy` (LT322)"))?;
        let actual = match purl.file() {
            GoFile::Zip => DirHash::of_zip(&downloaded.path),
            _ => {
                std::fs::read(&downloaded.path).map(|bytes| DirHash::of_mod(&bytes)).map_err(|error| error.to_string())
            }
        };
        let url = place.addresses.first().map(String::as_str).unwrap_or_default();
        let wrong = |reason: Reason| text(FetchError::at(url, reason));
        let actual = actual.map_err(|message| wrong(Reason::Content(format!("it is no module's zip: {message}"))))?;
        if actual == expected {
            return Ok(());
        }
        let published_by = format!("input file {file}");
        Err(wrong(Reason::Digest { actual: actual.to_string(), expected: expected.to_string(), published_by }))
    }
}
