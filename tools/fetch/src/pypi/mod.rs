//! Python package indexes: the simple repository API, in JSON (PEP 691) or HTML (PEP 503).

mod config;
mod html;
mod page;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::client::Client;
use crate::error::{FetchError, Reason};
use crate::memo::Memo;
use crate::npm::Signed;
use crate::purl::PypiPurl;
use crate::registry::{Ecosystem, Located, Release};

use page::IndexFile;

/// JSON first, because it has sizes and dates; HTML is what every index has.
const ACCEPT: &str = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

/// An index's answer for a project: all its files.
type Page = Result<Arc<[IndexFile]>, FetchError>;

/// A Python package index.
pub struct Pypi {
    base: String,
    client: Client,
    pages: Memo<Page>,
}

impl Pypi {
    /// The index at `declared`, else where pip's and uv's variables, pip's files and pip itself say that it is.
    pub fn find(declared: Option<&str>, client: Client) -> Result<Self, FetchError> {
        let base =
            config::find(declared).ok_or(FetchError::NoRegistry { ecosystem: "pypi", remedy: "set PIP_INDEX_URL" })?;
        Ok(Self { base, client, pages: Memo::default() })
    }

    fn page_address(&self, purl: &PypiPurl) -> String {
        format!("{}/{}/", self.base, purl.name())
    }

    fn page(&self, purl: &PypiPurl) -> Page {
        self.pages.get(purl.name().to_owned(), || {
            let url = self.page_address(purl);
            let text = self.client.text(&url, ACCEPT)?;
            let files = page::read(&url, &text).map_err(|message| FetchError::at(&url, Reason::Metadata(message)))?;
            Ok(Arc::from(files))
        })
    }

    fn file(&self, purl: &PypiPurl) -> Result<IndexFile, FetchError> {
        let page = self.page(purl)?;
        let found = page.iter().find(|file| file.name == purl.file_name());
        found.cloned().ok_or_else(|| {
            let of_version = page.iter().filter(|file| file.version(purl.name()) == Some(purl.version()));
            let mut names: Vec<&str> = of_version.map(|file| file.name.as_str()).collect();
            names.sort_unstable();
            let hint = match names.as_slice() {
                [] => format!("there is no version {}", purl.version()),
                names => format!("version {} has {}", purl.version(), names.join(", ")),
            };
            let message = format!("it has no file {}: {hint}", purl.file_name());
            FetchError::at(&self.page_address(purl), Reason::Metadata(message))
        })
    }
}

impl Ecosystem for Pypi {
    type Purl = PypiPurl;

    fn locate(&self, purl: &PypiPurl) -> Result<Located, FetchError> {
        let file = self.file(purl)?;
        Ok(Located {
            purl: purl.purl(),
            addresses: vec![file.url],
            integrity: file.integrity,
            weak: file.weak,
            size: file.size,
            licence: None,
            signed: Signed::default(),
        })
    }

    fn releases(&self, package: &PypiPurl) -> Result<Vec<Release>, FetchError> {
        let mut releases: BTreeMap<String, Release> = BTreeMap::new();
        for file in self.page(package)?.iter() {
            let Some(version) = file.version(package.name()) else { continue };
            let first = || Release { version: version.to_owned(), published: None, yanked: true };
            let release = releases.entry(version.to_owned()).or_insert_with(first);
            // A release is as young as its newest file, and gone only when all its files are.
            release.published = release.published.max(file.published);
            release.yanked &= file.yanked;
        }
        Ok(releases.into_values().collect())
    }

    fn licence(&self, purl: &PypiPurl) -> Result<Option<String>, FetchError> {
        let file = self.file(purl)?;
        if !file.has_metadata {
            return Ok(None);
        }
        let text = self.client.text(&format!("{}.metadata", file.url), "*/*")?;
        Ok(page::licence(&text))
    }
}
