//! A signature over a bundle's manifest, in the form of minisign. The manifest has the digest of everything else.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use lazytools_fetch::signature::check_bytes;
use lazytools_lock::recipe::signature::MinisignKey;
use lazytools_lock::SignedThing;
use minisign::{PublicKey, SecretKey, SecretKeyBox};

use crate::manifest::{Manifest, NAME as MANIFEST};
use crate::plain::plain;
use crate::{AirgapError, Result};

/// The signature's name, at the top of a bundle.
pub const NAME: &str = "manifest.json.minisig";

/// The most that a signature or a key has.
pub const MAX_LENGTH: u64 = 8 << 10;

/// How the second line of a signature begins, decoded: the algorithm of the older form, of the newer, then the key's id.
const ALGORITHMS: [&[u8]; 2] = [b"Ed", b"ED"];

/// What signs.
pub struct Signer {
    path: PathBuf,
    secret: SecretKey,
    public: MinisignKey,
}

impl Signer {
    /// A secret key as minisign writes it. `password` is asked where it is encrypted. To decrypt one takes 1 GiB of memory
    /// and some seconds, as minisign has chosen it.
    pub fn read(path: &Path, password: impl FnOnce() -> Result<String>) -> Result<Self> {
        let fail = |message: String| AirgapError::Key { path: path.to_owned(), message };
        let text = short(path)?.ok_or_else(|| fail("it is no secret key of minisign: it is too long".to_owned()))?;
        let boxed = || SecretKeyBox::from_string(&text).map_err(|error| fail(format!("it is no secret key: {error}")));
        let secret = match unencrypted(&text) {
            Some(secret) => secret,
            None => boxed()?.into_secret_key(Some(password()?)).map_err(|error| fail(error.to_string()))?,
        };
        let public = PublicKey::from_secret_key(&secret).map_err(|error| fail(error.to_string()))?;
        let public = MinisignKey::parse(&public.to_base64());
        let public = public.ok_or_else(|| fail("it is no secret key of minisign".to_owned()))?;
        Ok(Self { path: path.to_owned(), secret, public })
    }

    /// The public key.
    pub fn public(&self) -> &MinisignKey {
        &self.public
    }

    /// The signature of a manifest. `before` is used again where it is one of this key over these bytes: minisign's
    /// signatures have something random in them.
    pub fn sign(&self, manifest: &[u8], before: Option<String>) -> Result<String> {
        let keys = [self.public.clone()];
        if let Some(before) = before.filter(|text| check_bytes(manifest, text, &keys, SignedThing::Checksums).is_ok()) {
            return Ok(before);
        }
        // No time: nothing in a bundle tells of it.
        let (trusted, untrusted) = (format!("file:{MANIFEST}"), "signature of a bundle of lazytools airgap");
        let signature = minisign::sign(None, &self.secret, manifest, Some(&trusted), Some(untrusted));
        let fail = |error: minisign::PError| AirgapError::Key { path: self.path.clone(), message: error.to_string() };
        let signature = signature.map_err(fail)?.into_string();
        // A key that was damaged signs what nobody can check.
        let checked = check_bytes(manifest, &signature, &keys, SignedThing::Checksums);
        let damaged = |_| AirgapError::Key { path: self.path.clone(), message: "it is damaged".to_owned() };
        checked.map(|_| signature).map_err(damaged)
    }
}

/// A key that no password is needed for. minisign leaves the check sum of such a one out, which the library takes for damage.
fn unencrypted(text: &str) -> Option<SecretKey> {
    let bytes = STANDARD.decode(text.lines().nth(1)?.trim()).ok()?;
    SecretKey::from_bytes(&bytes).ok().filter(|key| !key.is_encrypted())
}

/// A public key: what `minisign -G` has printed, or the file that it has written.
pub fn public_key(text: &str) -> Result<MinisignKey> {
    if let Some(key) = MinisignKey::parse(text) {
        return Ok(key);
    }
    let path = Path::new(text);
    let fail = |message: &str| AirgapError::Key { path: path.to_owned(), message: message.to_owned() };
    let read = match short(path) {
        Err(AirgapError::Io { error, .. }) if error.kind() == ErrorKind::NotFound => {
            return Err(fail("it is neither a file nor a public key of minisign, which begins with RW"));
        }
        read => read?,
    };
    let key = read.and_then(|text| text.lines().find_map(|line| MinisignKey::parse(line.trim())));
    key.ok_or_else(|| fail("it is no public key of minisign: its second line begins with RW"))
}

/// What is known about who signed a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signed {
    /// Signed by the key with this id, which was named.
    By(String),
    /// There is a signature that says it is by the key with this id. No key was named to check it.
    Unchecked(String),
    /// There is a file in the signature's place that is none.
    Unreadable,
    /// There is no signature.
    Not,
}

/// Who signed the bytes of a manifest. Where keys are named, one of them has to have.
pub fn check(at: &Path, manifest: &[u8], signature: Option<&str>, keys: &[MinisignKey]) -> Result<Signed> {
    if keys.is_empty() {
        return Ok(signature.map_or(Signed::Not, |text| key_id(text).map_or(Signed::Unreadable, Signed::Unchecked)));
    }
    let ids = || keys.iter().map(MinisignKey::id).collect::<Vec<_>>().join(" or ");
    let fail = |message: String| AirgapError::Signature { path: at.to_owned(), message };
    let Some(text) = signature else {
        return Err(fail(format!("it is not signed, and has to be by the key {}", ids())));
    };
    let provenance = check_bytes(manifest, text, keys, SignedThing::Checksums);
    if let Ok(provenance) = provenance {
        return Ok(Signed::By(provenance.key));
    }
    let Some(found) = key_id(text) else {
        return Err(fail(format!("{NAME} is no signature of minisign; it has to be one by the key {}", ids())));
    };
    if keys.iter().any(|key| key.id() == found) {
        return Err(fail(format!("its manifest was changed after it was signed by the key {found}")));
    }
    Err(fail(format!("it is signed by the key {found}, and has to be by {}", ids())))
}

/// The signature of a bundle, if there is one.
pub fn of(bundle: &Path) -> Result<Option<String>> {
    let path = bundle.join(NAME);
    match fs::symlink_metadata(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        // Read as one that is none.
        Ok(meta) if !meta.is_file() => Ok(Some(String::new())),
        Ok(_) => Ok(Some(short(&path)?.unwrap_or_default())),
        Err(error) => Err(AirgapError::io("reading", &path)(error)),
    }
}

/// The manifest of a bundle whose signature was checked before anything in it was read; and who signed it.
pub fn trusted(bundle: &Path, keys: &[MinisignKey]) -> Result<(Manifest, Signed)> {
    let bytes = Manifest::bytes_of(bundle)?;
    let signed = check(bundle, &bytes, of(bundle)?.as_deref(), keys)?;
    Ok((Manifest::parse(&bundle.join(MANIFEST), &bytes)?.0, signed))
}

/// The id of the key that a signature says it is by, in hex as minisign prints it.
fn key_id(signature: &str) -> Option<String> {
    let bytes = STANDARD.decode(signature.lines().nth(1)?.trim()).ok()?;
    let id = bytes.get(2..10).filter(|_| bytes.len() == 74 && ALGORITHMS.contains(&&bytes[..2]))?;
    Some(format!("{:016X}", u64::from_le_bytes(id.try_into().ok()?)))
}

/// The text of a short file; `None` where it is longer. What is not UTF-8 in it is no part of any key.
fn short(path: &Path) -> Result<Option<String>> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(AirgapError::io("reading", path))?;
    file.take(MAX_LENGTH + 1).read_to_end(&mut bytes).map_err(AirgapError::io("reading", path))?;
    Ok((bytes.len() as u64 <= MAX_LENGTH).then(|| String::from_utf8_lossy(&bytes).into_owned()))
}

impl std::fmt::Display for Signed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::By(key) => write!(f, "signed by the key {key}"),
            Self::Unchecked(key) => write!(
                f,
                "it says that it is signed by the key {}: name the signer's key with --public-key to have that checked",
                plain(key)
            ),
            Self::Unreadable => write!(f, "not signed: {NAME} is no signature of minisign"),
            Self::Not => f.write_str("not signed"),
        }
    }
}
