//! The signatures that recipes ask for.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use lazytools_fetch::signature::{check_by_keys, check_by_registry, check_bytes, check_file, check_openpgp};
use lazytools_fetch::{FetchError, Purl, Reason};
use lazytools_lock::recipe::expand::WantedSignature;
use lazytools_lock::recipe::signature::{MinisignKey, OpenPgpKey, Over, P256Key};
use lazytools_lock::recipe::{Wanted, WantedDigest};
use lazytools_lock::{Integrity, Provenance, SignedThing, Source};

use super::resolve::{text, Outcome, Place, Resolver};

impl Resolver {
    /// What is proved of an artifact; an error where the recipe asks for a proof that there is not.
    pub(super) fn provenance(
        &self,
        wanted: &Wanted,
        place: &Place,
        published: Option<&(Integrity, String)>,
        registries: &BTreeMap<String, String>,
    ) -> Outcome<Option<Provenance>> {
        match &wanted.signature {
            None => Ok(None),
            Some(WantedSignature::Npm { keys }) => self.npm_signature(place, keys, registries).map(Some),
            Some(WantedSignature::Minisign { url, over, keys }) => {
                self.minisign(wanted, place, published, url, *over, keys).map(Some)
            }
            Some(WantedSignature::OpenPgp { url, over, keys }) => {
                self.openpgp(wanted, place, published, url, *over, keys).map(Some)
            }
        }
    }

    fn npm_signature(
        &self,
        place: &Place,
        keys: &[P256Key],
        registries: &BTreeMap<String, String>,
    ) -> Outcome<Provenance> {
        let none = || Err("npm's signatures are of packages in its registry alone (LT240)".to_owned());
        let (Some(located), Source::Purl(purl)) = (&place.located, &place.source) else { return none() };
        let Purl::Npm(purl) = Purl::parse(purl).map_err(text)? else { return none() };
        let npm = self.registries(registries).npm(&purl).map_err(text)?;
        let at = |reason: Reason| FetchError::at(&npm.registry.tarball(&purl), reason);
        let checked = if keys.is_empty() {
            let keys = npm.keys().map_err(text)?;
            check_by_registry(&purl, &located.signed, &keys, || {
                npm.published(&purl).map_err(|error| match error {
                    FetchError::Address { reason, .. } => reason,
                    other => Reason::Metadata(other.to_string()),
                })
            })
        } else {
            check_by_keys(&purl, &located.signed, keys)
        };
        checked.map_err(|reason| text(at(reason)))
    }

    fn minisign(
        &self,
        wanted: &Wanted,
        place: &Place,
        published: Option<&(Integrity, String)>,
        url: &str,
        over: Over,
        keys: &[MinisignKey],
    ) -> Outcome<Provenance> {
        let signature = self.client().text(url, SIGNATURE).map_err(|error| unsigned(url, error))?;
        let checked = match self.signed(wanted, place, published, over)? {
            Signed::Checksums(sums) => check_bytes(sums.as_bytes(), &signature, keys, SignedThing::Checksums),
            Signed::Artifact(path) => check_file(|| File::open(&path), &signature, keys, SignedThing::Artifact),
        };
        checked.map_err(|reason| text(FetchError::at(url, reason)))
    }

    fn openpgp(
        &self,
        wanted: &Wanted,
        place: &Place,
        published: Option<&(Integrity, String)>,
        url: &str,
        over: Over,
        keys: &[OpenPgpKey],
    ) -> Outcome<Provenance> {
        let signature = self.client().bytes(url, SIGNATURE).map_err(|error| unsigned(url, error))?;
        let checked = match self.signed(wanted, place, published, over)? {
            Signed::Checksums(sums) => {
                let local =
                    |error: std::io::Error| format!("{url}: a temporary file cannot be written: {error} (LT309)");
                let mut file = tempfile::NamedTempFile::new().map_err(local)?;
                file.write_all(sums.as_bytes()).map_err(local)?;
                check_openpgp(file.path(), &signature, keys, SignedThing::Checksums)
            }
            Signed::Artifact(path) => check_openpgp(&path, &signature, keys, SignedThing::Artifact),
        };
        checked.map_err(|reason| text(FetchError::at(url, reason)))
    }

    /// What a signature in a file of its own is over.
    fn signed(
        &self,
        wanted: &Wanted,
        place: &Place,
        published: Option<&(Integrity, String)>,
        over: Over,
    ) -> Outcome<Signed> {
        if let (Over::Checksums, WantedDigest::Checksums { url: sums, .. }) = (over, &wanted.digest) {
            return self.text(sums).map(Signed::Checksums);
        }
        let published = published.map(|(integrity, by)| (integrity, by.as_str()));
        Ok(Signed::Artifact(self.download(place, wanted.format, published)?.path))
    }
}

/// What is signed.
enum Signed {
    /// A checksum file's text.
    Checksums(Arc<str>),
    /// The artifact, in the store.
    Artifact(PathBuf),
}

/// What is asked for where a signature is.
const SIGNATURE: &str = "text/plain, */*;q=0.8";

/// The error of a signature that cannot be fetched.
fn unsigned(url: &str, error: FetchError) -> String {
    let FetchError::Address { reason: Reason::Status { status: status @ (404 | 410) }, .. } = error else {
        return text(error);
    };
    let message = format!(
        "the server answered {status}, and the recipe says that there is a signature: without it the file may be anyone's"
    );
    text(FetchError::at(url, Reason::Unsigned(message)))
}
