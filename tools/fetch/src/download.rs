//! Downloads into the store: the kind is checked against the first bytes, the digest against what is published. What
//! has come of a file is not fetched again, and neither is a file that has not changed.

use std::io::Read as _;
use std::path::PathBuf;

use lazytools_lock::{Algorithm, Format, Integrity};
use ureq::http::{HeaderMap, Response, StatusCode};
use ureq::Body;

use crate::client::{again, Client, Exchange, Method};
use crate::digests::{Digests, FileFacts};
use crate::error::{FetchError, Reason};
use crate::partial::Partial;
use crate::remembered::{key, Validators};
use crate::retry::Failure;
use crate::store::Store;

/// How many first bytes tell a file's kind.
const HEAD: usize = 512;
/// The most bytes that a download may have where nothing else is said.
const MAX_BYTES: u64 = 16 << 30;

/// What a download has to be.
#[derive(Clone, Debug)]
pub struct Expected<'a> {
    /// The declared kind.
    pub format: Format,
    /// The published digest, where there is one.
    pub integrity: Option<&'a Integrity>,
    /// Who published it, for messages.
    pub published_by: &'a str,
}

/// A file in the store.
#[derive(Clone, Debug)]
pub struct Downloaded {
    /// Where it is.
    pub path: PathBuf,
    /// Its size and digests.
    pub facts: FileFacts,
}

/// Downloads a file, unless the store has it.
pub fn download(
    client: &Client,
    store: &Store,
    url: &str,
    expected: &Expected<'_>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Downloaded, FetchError> {
    let mut known = None;
    if let Some(integrity) = expected.integrity {
        if let Some(found) = store.get(integrity)? {
            return Ok(found);
        }
    } else {
        known = fetched_before(store, url, expected.format)?;
    }
    let folder = store.partial_folder();
    let partial = Partial::open(&folder, &key(url, "file")).map_err(FetchError::file(&folder))?;
    let mut fetching = Fetching { store, url, expected, progress, known, partial };
    client.exchange(url, "*/*", Method::Get, &mut fetching)
}

/// The file that this address gave before and the store still has, with what the server said of it.
fn fetched_before(store: &Store, url: &str, format: Format) -> Result<Option<(Validators, Downloaded)>, FetchError> {
    let Some(entry) = store.remembered().get(&key(url, "fetched")) else { return Ok(None) };
    let integrity = std::str::from_utf8(&entry.body).ok().and_then(|text| text.parse::<Integrity>().ok());
    let Some(found) = integrity.map(|integrity| store.get(&integrity)).transpose()?.flatten() else { return Ok(None) };
    // A recipe may have come to declare another kind since.
    let mut head = Vec::new();
    let read = std::fs::File::open(&found.path).and_then(|file| file.take(HEAD as u64).read_to_end(&mut head));
    read.map_err(FetchError::file(&found.path))?;
    Ok((format.matches(&head) != Some(false)).then_some((entry.validators, found)))
}

struct Fetching<'a> {
    store: &'a Store,
    url: &'a str,
    expected: &'a Expected<'a>,
    progress: &'a (dyn Fn(u64) + Sync),
    known: Option<(Validators, Downloaded)>,
    partial: Partial,
}

impl Exchange for Fetching<'_> {
    type Output = Downloaded;

    fn headers(&mut self) -> Vec<(&'static str, String)> {
        if let Some((validators, _)) = &self.known {
            return validators.conditions();
        }
        let known = self.expected.integrity.is_some();
        match (self.partial.size(), self.partial.validators().and_then(|found| found.if_range(known))) {
            (Ok(size), Some(if_range)) if size > 0 => {
                vec![("range", format!("bytes={size}-")), ("if-range", if_range.to_owned())]
            }
            _ => Vec::new(),
        }
    }

    fn read(&mut self, response: Response<Body>) -> Result<Downloaded, Failure<Reason>> {
        let again = |what: &str| Err(Failure::Again { what: what.to_owned(), after: None });
        let validators = Validators::of(response.headers());
        let continued = match (response.status(), self.known.take()) {
            (StatusCode::NOT_MODIFIED, Some((_, found))) => return Ok(found),
            (StatusCode::PARTIAL_CONTENT, None) if self.continues(response.headers()) => true,
            (StatusCode::OK, _) => false,
            (status, _) => {
                self.partial.begin(None).map_err(local)?;
                return again(&format!("the server answered {} to what was not asked so", status.as_u16()));
            }
        };
        let mut digests = if continued {
            self.partial.continued().map_err(local)?
        } else {
            self.partial.begin(validators.clone()).map_err(local)?;
            Digests::default()
        };
        let received = receive(response, self.expected.format, &mut self.partial, &mut digests, self.progress);
        if let Err(Failure::Final(reason)) = received {
            self.partial.begin(None).map_err(local)?;
            return Err(Failure::Final(reason));
        }
        received?;
        let facts = digests.finish();
        if let Some(integrity) = self.expected.integrity {
            let actual = facts.integrity(integrity.algorithm());
            if actual.as_ref() != Some(integrity) {
                self.partial.begin(None).map_err(local)?;
                if continued {
                    return again("the parts of the file that came at different times do not fit together");
                }
                return Err(Failure::Final(Reason::Digest {
                    actual: actual.map(|actual| actual.to_string()).unwrap_or_default(),
                    expected: integrity.to_string(),
                    published_by: self.expected.published_by.to_owned(),
                }));
            }
        }
        let whole = self.partial.whole().map_err(local)?;
        let stored = |error: FetchError| Failure::Final(Reason::Content(error.to_string()));
        let path = self.store.keep(whole, &facts).map_err(stored)?;
        if let (Some(validators), Some(sha256)) =
            (validators.and_then(Validators::byte_for_byte), facts.integrity(Algorithm::Sha256))
        {
            self.store.remembered().put(&key(self.url, "fetched"), &validators, sha256.to_string().as_bytes());
        }
        Ok(Downloaded { path, facts })
    }
}

impl Fetching<'_> {
    /// Whether an answer begins where the bytes end that have come.
    fn continues(&self, headers: &HeaderMap) -> bool {
        let range = headers.get("content-range").and_then(|range| range.to_str().ok()).unwrap_or_default();
        let start = range.strip_prefix("bytes ").and_then(|range| range.split_once('-')?.0.parse::<u64>().ok());
        start.is_some() && start == self.partial.size().ok()
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn local(error: std::io::Error) -> Failure<Reason> {
    Failure::Final(Reason::Content(format!("it cannot be written to the store: {error}")))
}

/// Takes a body in; what is no file of the declared kind is refused at its first bytes.
fn receive(
    response: Response<Body>,
    format: Format,
    out: &mut Partial,
    digests: &mut Digests,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(), Failure<Reason>> {
    let before = out.size().map_err(local)?;
    let declared =
        response.headers().get("content-length").and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let kind =
        response.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
    let mut body = response.into_body().into_with_config().limit(MAX_BYTES).reader();
    let mut head = Vec::with_capacity(HEAD);
    if before == 0 {
        body.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(|error| again(&error))?;
        check_kind(format, &kind, &head)?;
    }
    let mut received = 0u64;
    let mut buffer = vec![0; 1 << 16];
    let mut chunk: &[u8] = &head;
    loop {
        out.write(chunk).map_err(local)?;
        digests.update(chunk);
        received += chunk.len() as u64;
        progress(before + received);
        let count = body.read(&mut buffer).map_err(|error| again(&error))?;
        if count == 0 {
            break;
        }
        chunk = &buffer[..count];
    }
    if let Some(declared) = declared.filter(|declared| *declared != received) {
        let what = format!("the connection broke off after {received} of {declared} bytes");
        return Err(Failure::Again { what, after: None });
    }
    Ok(())
}

/// Whether the first bytes and the server's own word for the kind can be those of the declared format.
fn check_kind(format: Format, content_type: &str, head: &[u8]) -> Result<(), Failure<Reason>> {
    let refuse = |message: String| Err(Failure::Final(Reason::Content(message)));
    if head.is_empty() {
        return Err(Failure::Again { what: "the server sent an empty file".to_owned(), after: None });
    }
    let looks_like = Format::describe(head);
    let is_page =
        looks_like == "an HTML page" || (content_type.starts_with("text/html") && format.matches(head) != Some(true));
    if is_page {
        return refuse(format!(
            "the server sent an HTML page with status 200 where {format} was declared: a sign-in or error page, as \
             proxies and download sites send it"
        ));
    }
    if format.matches(head) == Some(false) {
        return refuse(format!("{format} is declared, and what came looks like {looks_like}"));
    }
    Ok(())
}
