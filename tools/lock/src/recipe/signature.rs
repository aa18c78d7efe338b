//! `signature = { from = …, … }` of an artifact: what has to be signed, and by which keys.

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;

use crate::Role;

use super::check::Place;
use super::error::SIGNATURE;
use super::parse::Reading;
use super::reader::{At, Table};
use super::{DigestRule, SourceRule, Template, When};

/// How the DER form of every P-256 public key begins; the point follows, 65 bytes.
const P256_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// A signature that an artifact has to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureRule {
    /// When it is asked for.
    pub when: When,
    /// Which one.
    pub kind: SignatureRuleKind,
}

/// Which signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureRuleKind {
    /// The registry's, over name, version and digest.
    Npm {
        /// The keys that are believed. Empty: those that the registry publishes.
        keys: Vec<P256Key>,
    },
    /// minisign's.
    Minisign {
        /// The signature's address.
        url: Template,
        /// What is signed.
        over: Over,
        /// The keys that are believed; never empty.
        keys: Vec<MinisignKey>,
    },
    /// A detached OpenPGP signature.
    OpenPgp {
        /// The signature's address.
        url: Template,
        /// What is signed.
        over: Over,
        /// The keys that are believed; never empty.
        keys: Vec<OpenPgpKey>,
    },
}

/// What a signature in a file of its own is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The artifact.
    Artifact,
    /// The checksum file of the artifact's `digest`.
    Checksums,
}

/// A public key for ECDSA on P-256, in DER (`SubjectPublicKeyInfo`), as npm registries publish it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct P256Key(Vec<u8>);

impl P256Key {
    /// A key from its base64. None: it is no such key.
    pub fn parse(text: &str) -> Option<Self> {
        let der = STANDARD.decode(text).ok()?;
        let is_point = der.get(P256_PREFIX.len()) == Some(&4) && der.len() == P256_PREFIX.len() + 65;
        (is_point && der.starts_with(&P256_PREFIX)).then_some(Self(der))
    }

    /// The key's DER form.
    pub fn der(&self) -> &[u8] {
        &self.0
    }

    /// The uncompressed point, 65 bytes.
    pub fn point(&self) -> &[u8] {
        &self.0[P256_PREFIX.len()..]
    }
}

/// A public key of minisign, as the second line of `minisign.pub` has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinisignKey {
    base64: String,
    id: [u8; 8],
}

impl MinisignKey {
    /// A key from its base64. None: it is no such key.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok()?;
        let id = bytes.get(2..10)?.try_into().ok()?;
        (bytes.len() == 42 && bytes.starts_with(b"Ed")).then(|| Self { base64: text.to_owned(), id })
    }

    /// The key as it is written.
    pub fn base64(&self) -> &str {
        &self.base64
    }

    /// The key's id in hex, as minisign prints it.
    pub fn id(&self) -> String {
        format!("{:016X}", u64::from_le_bytes(self.id))
    }
}

/// A public key of OpenPGP, as `gpg --armor --export` has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPgpKey(Vec<u8>);

impl OpenPgpKey {
    const BEGIN: &'static str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
    const END: &'static str = "-----END PGP PUBLIC KEY BLOCK-----";

    /// A key from its armored form (RFC 9580, 6.2). None: it is no such key.
    pub fn parse(text: &str) -> Option<Self> {
        let body = text.trim().strip_prefix(Self::BEGIN)?.strip_suffix(Self::END)?;
        // Headers, an empty line, the base64, its checksum.
        let body = body.strip_prefix('\n').or_else(|| body.strip_prefix("\r\n"))?;
        let lines = body.lines().skip_while(|line| line.contains(": ")).skip_while(|line| line.trim().is_empty());
        let base64: String = lines.take_while(|line| !line.starts_with('=')).map(str::trim).collect();
        let bytes = STANDARD.decode(base64).ok()?;
        // A packet with the tag of a public key, in the old form or the new one.
        let is_key = bytes.first().is_some_and(|first| matches!(first, 0x98..=0x9b | 0xc6));
        is_key.then_some(Self(bytes))
    }

    /// The key's packets.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Minisign,
    Npm,
    OpenPgp,
}

pub(super) fn signature(
    reading: &Reading<'_>,
    entry: &mut Table<'_, '_>,
    role: Role,
    source: Option<&SourceRule>,
    digest: Option<&DigestRule>,
) -> Option<SignatureRule> {
    let mut table = entry.take("signature")?.table("signature")?;
    let line = table.line;
    let wrong = |message: &str| reading.source.error(line, SIGNATURE, message);
    let when = super::sections::when(reading, &mut table);
    let from = table.need("from")?;
    let texts = table.texts("keys");
    let words = [("minisign", Kind::Minisign), ("npm", Kind::Npm), ("openpgp", Kind::OpenPgp)];
    let kind = reading.word(&from, &words)?;
    let kind = if let Kind::Npm = kind {
        if !matches!((source, digest), (Some(SourceRule::Purl(_)), Some(DigestRule::Registry))) {
            wrong(
                "npm's signature is over the digest in npm's metadata: the artifact needs a purl of type npm, and its \
                 digest from there",
            );
        }
        let form = "the base64 of a P-256 key, as /-/npm/v1/keys of a registry has it";
        Some(SignatureRuleKind::Npm { keys: keys(reading, &texts, form, P256Key::parse) })
    } else {
        let url = reading.need_template(&mut table, "url", role, Place::Artifact);
        let over = table.need("over");
        let words = [("artifact", Over::Artifact), ("checksums", Over::Checksums)];
        let over = over.and_then(|over| reading.word(&over, &words));
        if over == Some(Over::Checksums) && !matches!(digest, Some(DigestRule::Checksums { .. })) {
            wrong("the signature is over = \"checksums\", and the digest is not from = \"checksums\"");
        }
        if texts.is_empty() {
            wrong(match kind {
                Kind::OpenPgp => {
                    "an OpenPGP signature proves nothing without keys: add keys = [\"\"\"-----BEGIN PGP PUBLIC KEY \
                     BLOCK-----…\"\"\"], what gpg --armor --export prints for upstream's key"
                }
                _ => {
                    "a minisign signature proves nothing without keys: add keys = [\"RW…\"], the second line of \
                     upstream's minisign.pub"
                }
            });
        }
        let (url, over) = (url?, over?);
        Some(if let Kind::OpenPgp = kind {
            let keys = keys(reading, &texts, "what gpg --armor --export prints", OpenPgpKey::parse);
            SignatureRuleKind::OpenPgp { url, over, keys }
        } else {
            let keys = keys(reading, &texts, "the second line of a minisign.pub", MinisignKey::parse);
            SignatureRuleKind::Minisign { url, over, keys }
        })
    };
    table.finish();
    Some(SignatureRule { when, kind: kind? })
}

fn keys<K>(reading: &Reading<'_>, texts: &[At<String>], form: &str, parse: impl Fn(&str) -> Option<K>) -> Vec<K> {
    let key = |text: &At<String>| {
        let key = parse(&text.value);
        if key.is_none() {
            reading.source.error(
                text.line,
                SIGNATURE,
                format!("{:?} is no public key: it has to be {form}", text.value),
            );
        }
        key
    };
    texts.iter().filter_map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPENPGP: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEXgvhABYJKwYBBAHaRw8BAQdA0l5NvIZbXVUTf+D7yRJbBgWlEUlk9Q43vOpq
wsmEpbu0F2dvb2QgPGdvb2RAZXhhbXBsZS5vcmc+iJAEExYIADgWIQSwtWRXJUEQ
rl6K+1QleLIuQ7bBdQUCXgvhAAIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAK
CRAleLIuQ7bBdWUEAQDBi5KjL4qiLtCrm2JXxApjvZY456pjN74oxfrJSGL6SQD+
NzSDVefmu80aVGxyQqZA3Fz5rPxr6vngKFNyz4erqwI=
=oD/y
-----END PGP PUBLIC KEY BLOCK-----
";

    #[test]
    fn keys_are_read_whole() {
        let npm = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEY6Ya7W++7aUPzvMTrezH6Ycx3c+HOKYCcNGybJZSCJq/fd7Qa8uuAKtdIkUQtQiEKERhAmE5lMMJhP8OkDOa2g==";
        assert_eq!(P256Key::parse(npm).unwrap().point().len(), 65);
        assert_eq!(P256Key::parse(&npm[4..]), None);
        let minisign = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
        assert_eq!(MinisignKey::parse(minisign).unwrap().id(), "E7620F1842B4E81F");
        assert_eq!(MinisignKey::parse(npm), None);
        let openpgp = OPENPGP;
        assert_eq!(OpenPgpKey::parse(openpgp).unwrap().bytes().len(), 224);
        let headers = openpgp.replace("-----\n\n", "-----\nComment: x\n\n");
        assert_eq!(OpenPgpKey::parse(&headers), OpenPgpKey::parse(openpgp));
        assert_eq!(OpenPgpKey::parse(&openpgp[..80]), None);
        assert_eq!(OpenPgpKey::parse(npm), None);
    }
}
