//! Maven repositories.

mod config;

use std::collections::BTreeMap;

use lazytools_lock::step::DigestAlgorithm;
use lazytools_lock::{Algorithm, Integrity};
use roxmltree::Document;

use crate::client::Client;
use crate::error::{FetchError, Reason};
use crate::npm::Signed;
use crate::purl::MavenPurl;
use crate::registry::{Ecosystem, Located, Release};

/// Of how many releases, the last ones of the list, a repository is asked when they were published: each is a request.
const DATED: usize = 16;

/// A Maven repository.
pub struct Maven {
    base: String,
    client: Client,
}

impl Maven {
    /// The repository at `declared`, else Maven's wrapper's variable, else the mirror of a settings.xml, else the
    /// repository that Maven itself knows as `central`.
    pub fn find(declared: Option<&str>, client: Client) -> Result<Self, FetchError> {
        let base = config::find(declared).ok_or(FetchError::NoRegistry {
            ecosystem: "maven",
            remedy: "add a <mirror> of central to ~/.m2/settings.xml",
        })?;
        Ok(Self { base, client })
    }

    /// What stands in a small file beside an artifact; `None` where there is none.
    fn beside(&self, url: &str) -> Result<Option<String>, FetchError> {
        match self.client.text(url, "text/plain, */*;q=0.8") {
            Ok(text) => Ok(Some(text)),
            Err(FetchError::Address { reason: Reason::Status { status: 403 | 404 | 410 }, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn digest(&self, address: &str, algorithm: Algorithm) -> Result<Option<Integrity>, FetchError> {
        let url = format!("{address}.{}", algorithm.name());
        let Some(text) = self.beside(&url)? else { return Ok(None) };
        // Some hold the file's name behind the digest.
        let digest = text.split_ascii_whitespace().next().unwrap_or_default();
        Integrity::from_hex(algorithm, digest)
            .ok_or_else(|| FetchError::at(&url, Reason::Metadata(format!("it holds no {} digest", algorithm.name()))))
            .map(Some)
    }

    fn weak(&self, address: &str) -> Result<BTreeMap<DigestAlgorithm, Vec<u8>>, FetchError> {
        let url = format!("{address}.sha1");
        let Some(text) = self.beside(&url)? else { return Ok(BTreeMap::new()) };
        let digest = text.split_ascii_whitespace().next().and_then(|digest| hex::decode(digest).ok());
        let digest = digest
            .filter(|digest| digest.len() == 20)
            .ok_or_else(|| FetchError::at(&url, Reason::Metadata("it holds no sha1 digest".to_owned())))?;
        Ok(BTreeMap::from([(DigestAlgorithm::Sha1, digest)]))
    }

    fn document<T>(&self, url: &str, read: impl FnOnce(&Document<'_>) -> T) -> Result<T, FetchError> {
        let text = self.client.text(url, "application/xml, text/xml, */*;q=0.8")?;
        let document = Document::parse(&text).map_err(|error| {
            FetchError::at(url, Reason::Metadata(format!("what the repository says cannot be read: {error}")))
        })?;
        Ok(read(&document))
    }
}

impl Ecosystem for Maven {
    type Purl = MavenPurl;

    fn locate(&self, purl: &MavenPurl) -> Result<Located, FetchError> {
        let address = format!("{}/{}", self.base, purl.path());
        let mut integrity = self.digest(&address, Algorithm::Sha256)?;
        if integrity.is_none() {
            integrity = self.digest(&address, Algorithm::Sha512)?;
        }
        let weak = if integrity.is_none() { self.weak(&address)? } else { BTreeMap::new() };
        Ok(Located {
            purl: purl.purl(),
            addresses: vec![address],
            integrity,
            weak,
            size: None,
            licence: None,
            signed: Signed::default(),
        })
    }

    fn addresses(&self, purl: &MavenPurl) -> Result<Vec<String>, FetchError> {
        Ok(vec![format!("{}/{}", self.base, purl.path())])
    }

    fn releases(&self, package: &MavenPurl) -> Result<Vec<Release>, FetchError> {
        let url = format!("{}/{}/maven-metadata.xml", self.base, package.folder());
        let versions: Vec<String> = self.document(&url, |document| {
            let versions = document.descendants().filter(|node| node.has_tag_name("version"));
            let listed = versions.filter(|node| node.parent().is_some_and(|parent| parent.has_tag_name("versions")));
            listed.filter_map(|node| node.text()).map(|text| text.trim().to_owned()).collect()
        })?;
        let dated = versions.len().saturating_sub(DATED);
        let mut releases = Vec::new();
        for (index, version) in versions.into_iter().enumerate() {
            // The repository has no dates; that of the POM is the next best thing.
            let published = if index >= dated {
                let url = format!("{}/{}", self.base, package.pom_path(&version));
                let date = self.client.header(&url, "last-modified")?;
                date.and_then(|date| httpdate::parse_http_date(&date).ok())
            } else {
                None
            };
            releases.push(Release { version, published, yanked: false });
        }
        releases.sort_by(|a, b| a.version.cmp(&b.version));
        Ok(releases)
    }

    fn licence(&self, purl: &MavenPurl) -> Result<Option<String>, FetchError> {
        let url = format!("{}/{}", self.base, purl.pom_path(purl.version()));
        self.document(&url, |document| {
            let licences = document.descendants().filter(|node| node.has_tag_name_local("license"));
            let names = licences.filter_map(|node| node.children().find(|child| child.has_tag_name_local("name")));
            let names: Vec<&str> = names.filter_map(|name| name.text()).map(str::trim).collect();
            (!names.is_empty()).then(|| names.join(" OR "))
        })
    }
}

/// Names without their namespace: POMs have one or not, as their author liked.
trait LocalName {
    fn has_tag_name_local(&self, name: &str) -> bool;
}

impl LocalName for roxmltree::Node<'_, '_> {
    fn has_tag_name_local(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}
