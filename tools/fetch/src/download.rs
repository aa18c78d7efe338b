//! Downloads into the store: the kind is checked against the first bytes, the digest against what is published.

use std::io::{Read, Write as _};
use std::path::PathBuf;

use lazytools_lock::{Algorithm, Format, Integrity};
use ureq::http::Response;
use ureq::Body;

use crate::client::{again, Client};
use crate::digests::{Digests, FileFacts};
use crate::error::{FetchError, Reason};
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
    if let Some(integrity) = expected.integrity {
        if let Some(found) = store.get(integrity)? {
            return Ok(found);
        }
    }
    client.fetch(url, "*/*", |response| {
        let mut file = store.temporary().map_err(|error| Failure::Final(Reason::Content(error.to_string())))?;
        let path = file.path().to_owned();
        let facts = receive(response, expected.format, file.as_file_mut(), progress)?;
        let local = |error: std::io::Error| {
            Failure::Final(Reason::Content(format!("it cannot be written to {}: {error}", path.display())))
        };
        file.as_file_mut().flush().map_err(local)?;
        if let Some(integrity) = expected.integrity {
            let actual = facts.integrity(integrity.algorithm());
            if actual.as_ref() != Some(integrity) {
                return Err(Failure::Final(Reason::Digest {
                    actual: actual.map(|actual| actual.to_string()).unwrap_or_default(),
                    expected: integrity.to_string(),
                    published_by: expected.published_by.to_owned(),
                }));
            }
        }
        let sha256 = facts.integrity(Algorithm::Sha256);
        let kept = store.keep(file, &facts).map_err(|error| Failure::Final(Reason::Content(error.to_string())))?;
        debug_assert!(sha256.is_some());
        Ok(Downloaded { path: kept, facts })
    })
}

/// Takes a body in; what is no file of the declared kind is refused at its first bytes.
fn receive(
    response: Response<Body>,
    format: Format,
    out: &mut impl std::io::Write,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<FileFacts, Failure<Reason>> {
    let declared =
        response.headers().get("content-length").and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let kind =
        response.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
    let mut body = response.into_body().into_with_config().limit(MAX_BYTES).reader();
    let mut head = Vec::with_capacity(HEAD);
    body.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(|error| again(&error))?;
    check_kind(format, &kind, &head)?;
    let mut digests = Digests::default();
    let mut received = 0u64;
    let mut buffer = vec![0; 1 << 16];
    let mut chunk: &[u8] = &head;
    loop {
        out.write_all(chunk)
            .map_err(|error| Failure::Final(Reason::Content(format!("it cannot be written to the store: {error}"))))?;
        digests.update(chunk);
        received += chunk.len() as u64;
        progress(received);
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
    Ok(digests.finish())
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
