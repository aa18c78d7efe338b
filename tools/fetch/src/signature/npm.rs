//! npm's registry signatures: ECDSA on P-256 with SHA-256, over `NAME@VERSION:INTEGRITY`.

use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use base64::Engine as _;
use lazytools_lock::recipe::signature::P256Key;
use lazytools_lock::{Algorithm, Provenance, SignatureKind, SignedThing};
use ring::signature::{UnparsedPublicKey, ECDSA_P256_SHA256_ASN1};

use crate::error::Reason;
use crate::npm::{RegistryKey, Signed};
use crate::purl::NpmPurl;
use crate::timestamp::Timestamp;

/// A version is signed by one of these keys, whatever the registry says of its own. Which one.
pub fn check_by_keys(purl: &NpmPurl, signed: &Signed, keys: &[P256Key]) -> Result<Provenance, Reason> {
    some_signature(purl, signed)?;
    let proved = keys.iter().filter(|key| signed.signatures.iter().any(|it| verifies(purl, signed, &it.sig, key)));
    let proved = proved.map(provenance).min_by(|a, b| a.key.cmp(&b.key));
    proved.ok_or_else(|| {
        Reason::Signature(format!(
            "no signature of {}@{} is by a key that the recipe names: someone else signed it, or the registry has a new \
             key, which belongs into the recipe once you have made sure of it",
            purl.package, purl.version
        ))
    })
}

/// A version is signed by one of the registry's keys, which was good when the version was published. Which one.
///
/// `published` is asked only for a key that expires. A registry that does not say when is believed as of now.
pub fn check_by_registry(
    purl: &NpmPurl,
    signed: &Signed,
    keys: &[RegistryKey],
    published: impl FnOnce() -> Result<Option<Timestamp>, Reason>,
) -> Result<Provenance, Reason> {
    some_signature(purl, signed)?;
    let pairs = signed.signatures.iter().flat_map(|it| {
        keys.iter()
            .filter(move |key| key.keyid == it.keyid && key.keytype.ends_with("nistp256"))
            .map(move |key| (it, key))
    });
    let mut all_proved: Vec<(Provenance, Option<&str>)> = pairs
        .filter_map(|(it, key)| {
            let parsed = P256Key::parse(&key.key).filter(|parsed| verifies(purl, signed, &it.sig, parsed))?;
            Some((provenance(&parsed), key.expires.as_deref()))
        })
        .collect();
    all_proved.sort_by(|(a, until), (b, other)| (until, &a.key).cmp(&(other, &b.key)));
    let Some((proved, until)) = all_proved.into_iter().next() else {
        return Err(Reason::Signature(format!(
            "no signature of {}@{} is by a key that the registry publishes: the package or what is said of it was \
             changed after it was signed",
            purl.package, purl.version
        )));
    };
    if let Some(until) = until {
        let when = published()?.unwrap_or_else(Timestamp::now);
        if Timestamp::parse(until).is_none_or(|until| when > until) {
            return Err(Reason::Signature(format!(
                "the signature of {}@{} is by a key that expired on {until}, before the version was published",
                purl.package, purl.version
            )));
        }
    }
    Ok(proved)
}

fn some_signature(purl: &NpmPurl, signed: &Signed) -> Result<(), Reason> {
    if !signed.signatures.is_empty() && !signed.integrity.is_empty() {
        return Ok(());
    }
    Err(Reason::Unsigned(format!(
        "the registry has no signature of {}@{}, and the recipe says that there is one: a mirror may leave signatures \
         out, so ask the registry itself (lazy_tools.registry in MODULE.bazel)",
        purl.package, purl.version
    )))
}

fn verifies(purl: &NpmPurl, signed: &Signed, signature: &str, key: &P256Key) -> bool {
    let message = format!("{}@{}:{}", purl.package, purl.version, signed.integrity);
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key.point());
    STANDARD.decode(signature).is_ok_and(|signature| key.verify(message.as_bytes(), &signature).is_ok())
}

/// The registry's own name of a key is only a name, so the key itself says which it is.
fn provenance(key: &P256Key) -> Provenance {
    let digest = Algorithm::Sha256.digest(key.der());
    Provenance {
        from: SignatureKind::Npm,
        over: SignedThing::Digest,
        key: format!("SHA256:{}", STANDARD_NO_PAD.encode(digest.bytes())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::npm::RegistrySignature;

    /// npm's own key, and what it signed of a real package.
    const KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEY6Ya7W++7aUPzvMTrezH6Ycx3c+HOKYCcNGybJZSCJq/fd7Qa8uuAKtdIkUQtQiEKERhAmE5lMMJhP8OkDOa2g==";
    const PURL: &str = "pkg:npm/%40anthropic-ai/claude-code@2.1.98";
    const INTEGRITY: &str =
        "sha512-qecREauMWXHplkpjqsuDuUv4ww+NprMl71k9sMuLkZU7qwjLMkTPxRBjuKvZWWMrAPvZWdGZE9LljUTfCQ1lWQ==";
    const SIGNATURE: &str =
        "MEQCIGvolW/eLJuocfuN94cinl0Vz9arMrshmIhulXk/9JEBAiAW18CskQ+uEkWf90x4Dc0TqDoRBQ7lmCAXhpXpqbEJDA==";

    #[test]
    fn a_real_signature_of_npm() {
        let signature = RegistrySignature { keyid: "SHA256:x".to_owned(), sig: SIGNATURE.to_owned() };
        let mut signed = Signed { integrity: INTEGRITY.to_owned(), signatures: vec![signature] };
        let purl = NpmPurl::parse(PURL).unwrap();
        let keys = [P256Key::parse(KEY).unwrap()];
        assert!(check_by_keys(&purl, &signed, &keys).is_ok());
        signed.integrity = signed.integrity.replacen("qecR", "qecS", 1);
        let message = check_by_keys(&purl, &signed, &keys).unwrap_err().to_string();
        assert!(message.ends_with("(LT339)"), "{message}");
    }
}
