//! minisign's signatures, Ed25519.

use std::io::Read;

use lazytools_lock::recipe::signature::MinisignKey;
use lazytools_lock::{Provenance, SignatureKind, SignedThing};
use minisign_verify::{Error, PublicKey, Signature};

use crate::error::Reason;

/// The largest file that a signature of the old kind, which needs all of it in memory, is checked for.
const MAX_IN_MEMORY: u64 = 1 << 30;

/// Bytes in memory are signed by one of these keys. Which one.
pub fn check_bytes(
    bytes: &[u8],
    signature: &str,
    keys: &[MinisignKey],
    over: SignedThing,
) -> Result<Provenance, Reason> {
    let signature = read(signature)?;
    check(keys, over, |key| key.verify(bytes, &signature, true).is_ok())
}

/// A file is signed by one of these keys. Which one. It is read once for each key, and may be large.
pub fn check_file(
    open: impl Fn() -> std::io::Result<std::fs::File>,
    signature: &str,
    keys: &[MinisignKey],
    over: SignedThing,
) -> Result<Provenance, Reason> {
    let signature = read(signature)?;
    check(keys, over, |key| {
        let streamed = || -> Option<()> {
            let mut file = open().ok()?;
            let mut verifier = match key.verify_stream(&signature) {
                Err(Error::UnsupportedLegacyMode) => {
                    let mut bytes = Vec::new();
                    file.take(MAX_IN_MEMORY).read_to_end(&mut bytes).ok()?;
                    return key.verify(&bytes, &signature, true).ok();
                }
                other => other.ok()?,
            };
            let mut buffer = vec![0; 1 << 16];
            loop {
                match file.read(&mut buffer).ok()? {
                    0 => return verifier.finalize().ok(),
                    count => verifier.update(&buffer[..count]),
                }
            }
        };
        streamed().is_some()
    })
}

fn read(signature: &str) -> Result<Signature, Reason> {
    Signature::decode(signature.trim_end())
        .map_err(|_| Reason::Unsigned("what came is no minisign signature, which has four lines".to_owned()))
}

fn check(keys: &[MinisignKey], over: SignedThing, verifies: impl Fn(&PublicKey) -> bool) -> Result<Provenance, Reason> {
    let signer = keys.iter().find(|key| PublicKey::from_base64(key.base64()).is_ok_and(|key| verifies(&key)));
    let Some(signer) = signer else {
        let ids: Vec<String> = keys.iter().map(MinisignKey::id).collect();
        return Err(Reason::Signature(format!(
            "the signature is not by key {}, which the recipe names, or what it signs was changed: someone else may have \
             made the file. If upstream has a new key, put it into the recipe once you have made sure of it",
            ids.join(" or ")
        )));
    };
    Ok(Provenance { from: SignatureKind::Minisign, over, key: signer.id() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
    const SIGNATURE: &str = "untrusted comment: signature from minisign secret key
RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=
trusted comment: timestamp:1633700835\tfile:test\tprehashed
wLMDjy9FLAuxZ3q4NlEvkgtyhrr0gtTu6KC4KBJdITbbOeAi1zBIYo0v4iTgt8jJpIidRJnp94ABQkJAgAooBQ==
";

    #[test]
    fn bytes_and_files() {
        let keys = [MinisignKey::parse(KEY).unwrap()];
        let found = check_bytes(b"test", SIGNATURE, &keys, SignedThing::Checksums).unwrap();
        assert_eq!((found.key.as_str(), found.over), ("E7620F1842B4E81F", SignedThing::Checksums));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        for (text, good) in [("test", true), ("tests", false)] {
            std::fs::write(&file, text).unwrap();
            let open = || std::fs::File::open(&file);
            assert_eq!(check_file(open, SIGNATURE, &keys, SignedThing::Artifact).is_ok(), good);
            assert_eq!(check_bytes(text.as_bytes(), SIGNATURE, &keys, SignedThing::Artifact).is_ok(), good);
        }
        let message = check_bytes(b"x", SIGNATURE, &keys, SignedThing::Checksums).unwrap_err().to_string();
        assert!(message.contains("not by key E7620F1842B4E81F") && message.ends_with("(LT339)"), "{message}");
        let message = check_bytes(b"x", "<html>", &keys, SignedThing::Checksums).unwrap_err().to_string();
        assert!(message.ends_with("four lines (LT338)"), "{message}");
    }
}
