//! OpenPGP's detached signatures, checked by the machine's `gpgv`.
//!
//! A library for it (`pgp`, `sequoia-openpgp`) would bring some hundred crates, which every consumer's first
//! `update_pins` would compile.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use lazytools_lock::recipe::signature::OpenPgpKey;
use lazytools_lock::{Provenance, SignatureKind, SignedThing};

use crate::error::Reason;

/// A file is signed by one of these keys. Which one: the fingerprint of its primary key.
pub fn check_openpgp(
    file: &Path,
    signature: &[u8],
    keys: &[OpenPgpKey],
    over: SignedThing,
) -> Result<Provenance, Reason> {
    let local = |error: std::io::Error| Reason::Content(format!("its signature cannot be looked into: {error}"));
    let mut keyring = tempfile::NamedTempFile::new().map_err(local)?;
    for key in keys {
        keyring.write_all(key.bytes()).map_err(local)?;
    }
    let mut detached = tempfile::NamedTempFile::new().map_err(local)?;
    detached.write_all(signature).map_err(local)?;
    let mut command = Command::new("gpgv");
    command.args(["--status-fd", "1", "--keyring"]).arg(keyring.path()).arg(detached.path()).arg(file);
    let output = command.env("LC_ALL", "C").stdin(Stdio::null()).output().map_err(|error| {
        Reason::NoChecker(format!(
            "OpenPGP signatures are checked by gpgv, and it cannot be started here ({error}): install it (Debian and \
             Ubuntu: apt-get install gpgv)"
        ))
    })?;
    let status = String::from_utf8_lossy(&output.stdout);
    let said = |word: &str| status.lines().find_map(|line| line.strip_prefix("[GNUPG:] ")?.strip_prefix(word));
    if said("NEWSIG").is_none() {
        return Err(Reason::Unsigned("what came is no OpenPGP signature".to_owned()));
    }
    match said("VALIDSIG ").and_then(|line| line.split_ascii_whitespace().last()) {
        Some(key) if output.status.success() => {
            Ok(Provenance { from: SignatureKind::OpenPgp, over, key: key.to_owned() })
        }
        _ => {
            let by = said("ERRSIG ").and_then(|line| line.split_ascii_whitespace().last());
            let by = by.map(|key| format!(" (it is by {key})")).unwrap_or_default();
            Err(Reason::Signature(format!(
                "the signature is not by a key that the recipe names{by}, or what it signs was changed: someone else may \
                 have made the file. If upstream has a new key, put it into the recipe once you have made sure of it"
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEXgvhABYJKwYBBAHaRw8BAQdA0l5NvIZbXVUTf+D7yRJbBgWlEUlk9Q43vOpq
wsmEpbu0F2dvb2QgPGdvb2RAZXhhbXBsZS5vcmc+iJAEExYIADgWIQSwtWRXJUEQ
rl6K+1QleLIuQ7bBdQUCXgvhAAIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAK
CRAleLIuQ7bBdWUEAQDBi5KjL4qiLtCrm2JXxApjvZY456pjN74oxfrJSGL6SQD+
NzSDVefmu80aVGxyQqZA3Fz5rPxr6vngKFNyz4erqwI=
=oD/y
-----END PGP PUBLIC KEY BLOCK-----
";
    const SIGNED: &str = "a23e5fdcd7b276bdd81aa1a0b7b963101863dd3f61ff57935f8c5ba462681ea6  notes.txt
";
    const BY_GOOD: &[u8] = b"-----BEGIN PGP SIGNATURE-----

iIcEABYIAC8WIQSwtWRXJUEQrl6K+1QleLIuQ7bBdQUCXg0ygBEcZ29vZEBleGFt
cGxlLm9yZwAKCRAleLIuQ7bBdUc7AQDYY4yqEbSGtdBloBSWllpsL49w9h9tqqjP
sttuUOrEGwEA3TdMP3s93mtL9/cIEd0plkTShhbPYS78uF1NvVtuygQ=
=1TSC
-----END PGP SIGNATURE-----
";
    const BY_OTHER: &[u8] = b"-----BEGIN PGP SIGNATURE-----

iIgEABYIADAWIQSHpb9MOae/jlHmNQTH2yeZ1vTZRAUCXg0ygBIcb3RoZXJAZXhh
bXBsZS5vcmcACgkQx9snmdb02UTq8gD+PdTB69TFyU/03rV/LKo/nsgUxWPU3TZX
4m1UMd4CY7UA/jG6DcUSUC6PhyYAUn5JKFXIMeeL49KzeUPbNq4jFu4A
=GzAd
-----END PGP SIGNATURE-----
";

    #[test]
    fn keys_and_files() {
        if Command::new("gpgv").arg("--version").output().is_err() {
            return;
        }
        let keys = [OpenPgpKey::parse(GOOD).unwrap()];
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("SHA256SUMS");
        let check = |text: &str, signature: &[u8]| {
            std::fs::write(&file, text).unwrap();
            check_openpgp(&file, signature, &keys, SignedThing::Checksums)
        };
        assert_eq!(check(SIGNED, BY_GOOD).unwrap().key, "B0B56457254110AE5E8AFB542578B22E43B6C175");
        let message = |outcome: Result<Provenance, Reason>| outcome.unwrap_err().to_string();
        let other = message(check(SIGNED, BY_OTHER));
        assert!(
            other.contains("(it is by 87A5BF4C39A7BF8E51E63504C7DB2799D6F4D944)") && other.ends_with("(LT339)"),
            "{other}"
        );
        assert!(message(check(&SIGNED.replace('a', "b"), BY_GOOD)).ends_with("(LT339)"));
        assert!(message(check(SIGNED, b"<html>")).ends_with("is no OpenPGP signature (LT338)"));
    }
}
