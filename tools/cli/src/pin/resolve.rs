//! From an artifact that is wanted to one that is pinned.

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::sync::Arc;

use lazytools_fetch::download::{download, Downloaded, Expected};
use lazytools_fetch::memo::Memo;
use lazytools_fetch::registry::Release;
use lazytools_fetch::{checksums, member, Client, FetchError, Located, Purl, Reason, Registries, Store};
use lazytools_lock::recipe::expand::WantedLookup;
use lazytools_lock::recipe::{Known, Wanted, WantedDigest, WantedValue};
use lazytools_lock::step::Encoding;
use lazytools_lock::{Algorithm, Artifact, Format, Integrity, Licence, Source};

/// Outcomes are shared, so their errors are texts.
pub(super) type Outcome<T> = Result<T, String>;

/// Resolves artifacts; nothing is asked for or downloaded twice.
pub struct Resolver {
    pub(super) client: Client,
    store: Store,
    workspace: PathBuf,
    registries: Memo<Arc<Registries>>,
    located: Memo<Outcome<Located>>,
    artifacts: Memo<Outcome<Known>>,
    pub(super) texts: Memo<Outcome<Arc<str>>>,
}

impl Resolver {
    pub fn new(client: Client, store: Store, workspace: PathBuf) -> Self {
        Self {
            client,
            store,
            workspace,
            registries: Memo::default(),
            located: Memo::default(),
            artifacts: Memo::default(),
            texts: Memo::default(),
        }
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Everything about an artifact.
    pub fn resolve(&self, wanted: &Wanted, registries: &BTreeMap<String, String>) -> Outcome<Known> {
        super::secrets::refuse(wanted)?;
        let key = format!(
            "{:?}",
            (&wanted.source, &wanted.digest, &wanted.signature, wanted.format, wanted.ask_size, registries)
        );
        let mut known = self.artifacts.get(key, || self.resolve_one(wanted, registries))?;
        known.tool_url.clone_from(&wanted.tool_url);
        if let Some(licence) = &wanted.licence {
            known.artifact.licence = Some(licence.clone());
        }
        Ok(known)
    }

    fn resolve_one(&self, wanted: &Wanted, registries: &BTreeMap<String, String>) -> Outcome<Known> {
        let ask = !matches!(wanted.digest, WantedDigest::Known(_));
        let mut place = self.place(&wanted.source, registries, ask)?;
        let published = self.published(wanted, &mut place, registries)?;
        let provenance = self.provenance(wanted, &place, published.as_ref(), registries)?;
        let licence = self.licence(&place, registries)?;
        let Some((integrity, by)) = published else {
            let downloaded = self.download(&place, wanted.format, None)?;
            place.check_weak(&downloaded)?;
            if let WantedDigest::GoSum { file, text } = &wanted.digest {
                Self::check_go_sum(&place, &downloaded, file, text)?;
            }
            // npm's own digests are SHA-512, so those that it lacks are, too.
            let npm = matches!(&place.source, Source::Purl(purl) if purl.starts_with("pkg:npm/"));
            let algorithm = if npm { Algorithm::Sha512 } else { Algorithm::Sha256 };
            let facts = downloaded.facts;
            let integrity = facts.integrity(algorithm).ok_or_else(|| "a digest is missing".to_owned())?;
            let artifact = Artifact {
                source: place.source,
                format: wanted.format,
                integrity,
                size: facts.size,
                provenance,
                licence,
            };
            return Ok(Known { artifact, tool_url: wanted.tool_url.clone(), digests: facts.digests });
        };
        let size = if wanted.ask_size { self.size(&place, wanted.format, &integrity, &by)? } else { None };
        let artifact = Artifact { source: place.source, format: wanted.format, integrity, size, provenance, licence };
        // Other digests stay unknown even if the store has the file: a lock must not depend on what it has.
        Ok(Known { artifact, tool_url: wanted.tool_url.clone(), digests: BTreeMap::new() })
    }

    /// The licence that the registry says, where it was asked at all. A mirror need not know it.
    fn licence(&self, place: &Place, registries: &BTreeMap<String, String>) -> Outcome<Option<Licence>> {
        let (Some(located), Source::Purl(purl)) = (&place.located, &place.source) else { return Ok(None) };
        let purl = Purl::parse(purl).map_err(text)?;
        let found = match &located.licence {
            Some(licence) => Some(licence.clone()),
            // Each of the others says it in the answer that is there already, or not at all.
            None if !matches!(purl.ty(), "cargo" | "maven" | "pypi") => None,
            None => match self.registries(registries).licence(&purl) {
                Ok(licence) => licence,
                Err(FetchError::Address { reason: Reason::Status { .. } | Reason::Metadata(_), .. }) => None,
                Err(error) => return Err(text(error)),
            },
        };
        Ok(found.as_deref().and_then(Licence::of))
    }

    /// The size of a file whose digest is published: from the store, else from the server, else by downloading.
    fn size(&self, place: &Place, format: Format, integrity: &Integrity, by: &str) -> Outcome<Option<NonZeroU64>> {
        if let Some(found) = self.store.get(integrity).map_err(text)? {
            return Ok(found.facts.size);
        }
        if place.size.is_some() {
            return Ok(place.size);
        }
        if let Some(size) = self.ask_size(place)? {
            return Ok(Some(size));
        }
        Ok(self.download(place, format, Some((integrity, by)))?.facts.size)
    }

    /// The published digest and who published it; none where the bytes themselves have to tell.
    fn published(
        &self,
        wanted: &Wanted,
        place: &mut Place,
        registries: &BTreeMap<String, String>,
    ) -> Outcome<Option<(Integrity, String)>> {
        match &wanted.digest {
            WantedDigest::Known(integrity) => Ok(Some((integrity.clone(), "the input file".to_owned()))),
            WantedDigest::Github => self.github(place),
            WantedDigest::Header { name, algorithm, encoding } => self.header(place, name, *algorithm, *encoding),
            WantedDigest::Registry => Ok(place
                .located
                .as_ref()
                .and_then(|located| located.integrity.clone())
                .map(|it| (it, "the registry".to_owned()))),
            WantedDigest::Download | WantedDigest::GoSum { .. } => Ok(None),
            WantedDigest::Checksums { url, file, algorithm } => {
                let sums = self.text(url)?;
                let found = checksums::find(&sums, file.as_deref(), *algorithm);
                let integrity = found.map_err(|message| text(FetchError::at(url, Reason::Metadata(message))))?;
                Ok(Some((integrity, lazytools_fetch::redact::redact(url))))
            }
            WantedDigest::Json { lookup, pointer, algorithm, encoding } => {
                let (table, name) = self.table(lookup, registries)?;
                let metadata = |message: String| text(FetchError::at(&name, Reason::Metadata(message)));
                let json: serde_json::Value =
                    serde_json::from_str(&table).map_err(|error| metadata(format!("it is not JSON: {error}")))?;
                let digest = json.pointer(pointer).and_then(serde_json::Value::as_str);
                let digest = digest
                    .ok_or_else(|| metadata(format!("it has no {pointer}: that version or platform does not exist")))?;
                let integrity = decode(digest, *algorithm, *encoding)
                    .ok_or_else(|| metadata(format!("{pointer} is {digest:?}, and no {} digest", algorithm.name())))?;
                Ok(Some((integrity, name)))
            }
            WantedDigest::Text { lookup, after, algorithm, encoding } => {
                let (table, name) = self.table(lookup, registries)?;
                let integrity = find_after(&table, after, *algorithm, *encoding);
                let integrity = integrity.ok_or_else(|| {
                    let message = format!("it has no digest after {after:?}: that version or platform does not exist");
                    text(FetchError::at(&name, Reason::Metadata(message)))
                })?;
                Ok(Some((integrity, name)))
            }
        }
    }

    /// Where a source is and, if it is to be asked, what its registry says of it.
    fn place(&self, source: &Source, registries: &BTreeMap<String, String>, ask: bool) -> Outcome<Place> {
        match source {
            Source::Urls(urls) => {
                Ok(Place { source: source.clone(), addresses: urls.clone(), size: None, located: None })
            }
            Source::File(_) => Ok(Place { source: source.clone(), addresses: Vec::new(), size: None, located: None }),
            Source::Purl(text) => {
                let purl = Purl::parse(text).map_err(self::text)?;
                let found = self.registries(registries);
                if !ask {
                    let addresses = found.addresses(&purl).map_err(self::text)?;
                    return Ok(Place { source: Source::Purl(purl.to_string()), addresses, size: None, located: None });
                }
                let located =
                    self.located.get(format!("{text} {registries:?}"), || found.locate(&purl).map_err(self::text))?;
                let (source, addresses) = (Source::Purl(located.purl.clone()), located.addresses.clone());
                Ok(Place { source, addresses, size: located.size, located: Some(located) })
            }
        }
    }

    /// All releases of a purl's package.
    pub fn releases(&self, purl: &str, registries: &BTreeMap<String, String>) -> Outcome<Vec<Release>> {
        let purl = Purl::parse(purl).map_err(text)?;
        self.registries(registries).releases(&purl).map_err(text)
    }

    pub(super) fn registries(&self, declared: &BTreeMap<String, String>) -> Arc<Registries> {
        self.registries.get(format!("{declared:?}"), || {
            Arc::new(Registries::new(self.client.clone(), self.workspace.clone(), declared.clone()))
        })
    }

    /// A value that stands in a table.
    pub fn value(&self, wanted: &WantedValue, registries: &BTreeMap<String, String>) -> Outcome<String> {
        let (table, name) = self.table(&wanted.lookup, registries)?;
        wanted.read(&table, &name)
    }

    /// A table of digests or values, with its name for messages.
    fn table(&self, lookup: &WantedLookup, registries: &BTreeMap<String, String>) -> Outcome<(Arc<str>, String)> {
        let place = self.place(&lookup.source, registries, true)?;
        let address = place.addresses.first().cloned().unwrap_or_default();
        let shown = lazytools_fetch::redact::redact(&address);
        let name = lookup.member.as_ref().map_or_else(|| shown.clone(), |member| format!("{shown}, {member}"));
        let table = self.texts.get(format!("{lookup:?} {registries:?}"), || {
            let integrity = place.located.as_ref().and_then(|located| located.integrity.as_ref());
            let file = self.download(&place, lookup.format, integrity.map(|integrity| (integrity, "the registry")))?;
            let table = member::read(&file.path, lookup.format, lookup.member.as_deref()).map_err(text)?;
            table
                .map(Arc::from)
                .ok_or_else(|| text(FetchError::at(&name, Reason::Metadata("there is no such member".to_owned()))))
        })?;
        Ok((table, name))
    }

    /// A small text, as checksums and lists of releases are.
    pub fn text(&self, url: &str) -> Outcome<Arc<str>> {
        self.texts.get(url.to_owned(), || {
            let sums = self.client.text(url, "text/plain, */*;q=0.8").map_err(text)?;
            if Format::describe(sums.as_bytes()) == "an HTML page" {
                let message = "the server sent an HTML page with status 200 where checksums were to come".to_owned();
                return Err(text(FetchError::at(url, Reason::Content(message))));
            }
            Ok(Arc::from(sums))
        })
    }

    /// Downloads from the first address that gives it.
    pub(super) fn download(
        &self,
        place: &Place,
        format: Format,
        published: Option<(&Integrity, &str)>,
    ) -> Outcome<Downloaded> {
        let expected = Expected {
            format,
            integrity: published.map(|(integrity, _)| integrity),
            published_by: published.map_or("", |(_, by)| by),
        };
        let mut failures = Vec::new();
        for address in &place.addresses {
            match download(&self.client, &self.store, address, &expected, &|_| {}) {
                Ok(downloaded) => return Ok(downloaded),
                Err(error) => failures.push(error.to_string()),
            }
        }
        Err(failures.join("\n"))
    }

    fn ask_size(&self, place: &Place) -> Outcome<Option<NonZeroU64>> {
        let mut failures = Vec::new();
        for address in &place.addresses {
            match self.client.size(address) {
                Ok(size) => return Ok(size.and_then(NonZeroU64::new)),
                Err(error) => failures.push(error.to_string()),
            }
        }
        Err(failures.join("\n"))
    }
}

/// Where an artifact is.
pub(super) struct Place {
    pub(super) source: Source,
    pub(super) addresses: Vec<String>,
    /// The size that was published.
    pub(super) size: Option<NonZeroU64>,
    pub(super) located: Option<Located>,
}

impl Place {
    /// A weak digest that a registry publishes pins nothing, and still tells an accident.
    fn check_weak(&self, downloaded: &Downloaded) -> Outcome<()> {
        for (algorithm, expected) in self.located.iter().flat_map(|located| &located.weak) {
            let actual = downloaded.facts.digests.get(algorithm);
            if actual != Some(expected) {
                let name = format!("{algorithm:?}").to_lowercase();
                let address = self.addresses.first().map(String::as_str).unwrap_or_default();
                return Err(text(FetchError::at(
                    address,
                    Reason::Digest {
                        actual: format!("{name} {}", actual.map(hex::encode).unwrap_or_default()),
                        expected: hex::encode(expected),
                        published_by: "the registry".to_owned(),
                    },
                )));
            }
        }
        Ok(())
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it stands in map_err")]
pub(super) fn text(error: FetchError) -> String {
    error.to_string()
}

pub(super) fn decode(digest: &str, algorithm: Algorithm, encoding: Encoding) -> Option<Integrity> {
    match encoding {
        Encoding::Hex => Integrity::from_hex(algorithm, digest),
        Encoding::Base64 => format!("{}-{digest}", algorithm.name()).parse().ok(),
    }
}

/// The digest that stands after a text; it has to be the same wherever that text is.
fn find_after(table: &str, after: &str, algorithm: Algorithm, encoding: Encoding) -> Option<Integrity> {
    let mut found = None;
    for (at, _) in table.match_indices(after) {
        let rest = &table[at + after.len()..];
        let end =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='))).unwrap_or(rest.len());
        let digest = decode(&rest[..end], algorithm, encoding)?;
        if found.as_ref().is_some_and(|other| *other != digest) {
            return None;
        }
        found = Some(digest);
    }
    found
}
