//! What servers said before, kept so that what has not changed is not sent again.
//!
//! An entry holds the validators of an answer (`ETag`, `Last-Modified`) and its body. Its name is the digest of the address,
//! and nothing that was sent to the server is in it. The folder is bounded: what was not asked for the longest goes.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::SystemTime;

use lazytools_lock::Algorithm;
use serde::{Deserialize, Serialize};
use ureq::http::HeaderMap;

use crate::address::Address;

/// The most bytes of a body that is kept.
const MAX_BODY: usize = 8 << 20;
/// How many entries and bytes the folder may hold in all.
const MAX_ENTRIES: usize = 4096;
const MAX_BYTES: u64 = 256 << 20;

/// By what a server can tell whether something has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Validators {
    #[serde(default)]
    etag: Option<String>,
    #[serde(default)]
    last_modified: Option<String>,
}

impl Validators {
    /// Those of an answer. None: there are none, or the server forbids to keep it.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        if text("cache-control").is_some_and(|control| control.to_ascii_lowercase().contains("no-store")) {
            return None;
        }
        let found = Self { etag: text("etag"), last_modified: text("last-modified") };
        (found != Self::default()).then_some(found)
    }

    /// Without an `ETag` that does not promise the same bytes.
    pub fn byte_for_byte(self) -> Option<Self> {
        let etag = self.etag.filter(|etag| !etag.starts_with("W/"));
        let found = Self { etag, last_modified: self.last_modified };
        (found != Self::default()).then_some(found)
    }

    /// Headers that ask for what has changed since.
    pub fn conditions(&self) -> Vec<(&'static str, String)> {
        let etag = self.etag.clone().map(|etag| ("if-none-match", etag));
        let date = self.last_modified.clone().map(|date| ("if-modified-since", date));
        etag.into_iter().chain(date).collect()
    }

    /// The value of `if-range`. A date is good to the second only, so it serves only where the digest is known.
    pub fn if_range(&self, digest_is_known: bool) -> Option<&str> {
        let date = self.last_modified.as_deref().filter(|_| digest_is_known);
        self.etag.as_deref().filter(|etag| !etag.starts_with("W/")).or(date)
    }
}

/// The folder.
#[derive(Clone, Debug)]
pub(crate) struct Remembered {
    root: PathBuf,
}

/// An answer that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub validators: Validators,
    pub body: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    validators: Validators,
    /// The body's SHA-256, in hex: a file that a crash left half is not believed.
    sha256: String,
}

/// The name under which an address is kept: nothing can be read from it.
pub(crate) fn key(address: &str, purpose: &str) -> String {
    let address = Address::parse(address).map_or_else(|| address.to_owned(), |address| address.bare());
    Algorithm::Sha256.digest(format!("{purpose}\n{address}").as_bytes()).hex()
}

impl Remembered {
    pub fn at(root: PathBuf) -> Self {
        Self { root }
    }

    /// What is kept under a key. It counts as asked for.
    pub fn get(&self, key: &str) -> Option<Entry> {
        let path = self.root.join(key);
        let bytes = fs::read(&path).ok()?;
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let head: Head = serde_json::from_slice(&bytes[..end]).ok()?;
        let body = bytes[end + 1..].to_vec();
        if Algorithm::Sha256.digest(&body).hex() != head.sha256 {
            return None;
        }
        if let Ok(file) = fs::File::options().append(true).open(&path) {
            let _ = file.set_modified(SystemTime::now());
        }
        Some(Entry { validators: head.validators, body })
    }

    /// Keeps an answer. That it cannot be kept is no error: it is asked for again.
    pub fn put(&self, key: &str, validators: &Validators, body: &[u8]) {
        if body.len() > MAX_BODY {
            return;
        }
        let keep = || -> std::io::Result<()> {
            fs::create_dir_all(&self.root)?;
            let head = Head { validators: validators.clone(), sha256: Algorithm::Sha256.digest(body).hex() };
            let mut bytes = serde_json::to_vec(&head)?;
            bytes.push(b'\n');
            bytes.extend_from_slice(body);
            let mut file = tempfile::NamedTempFile::new_in(&self.root)?;
            file.write_all(&bytes)?;
            file.persist(self.root.join(key))?;
            Ok(())
        };
        let _ = keep();
    }

    /// Brings the folder within its bounds.
    pub fn tidy(&self) {
        self.tidy_to(MAX_ENTRIES, MAX_BYTES);
    }

    fn tidy_to(&self, max_entries: usize, max_bytes: u64) {
        let Ok(entries) = fs::read_dir(&self.root) else { return };
        let mut files: Vec<(SystemTime, u64, PathBuf)> = entries
            .flatten()
            .filter_map(|entry| {
                let metadata = entry.metadata().ok()?;
                Some((metadata.modified().ok()?, metadata.len(), entry.path()))
            })
            .collect();
        files.sort();
        let mut bytes: u64 = files.iter().map(|(_, size, _)| size).sum();
        let mut count = files.len();
        for (_, size, path) in files {
            if count <= max_entries && bytes <= max_bytes {
                break;
            }
            let _ = fs::remove_file(path);
            (count, bytes) = (count - 1, bytes - size);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn etag(text: &str) -> Validators {
        Validators { etag: Some(text.to_owned()), last_modified: None }
    }

    #[test]
    fn what_is_kept_is_found_unless_it_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Remembered::at(folder.path().join("kept"));
        assert_eq!(kept.get("k"), None);
        kept.put("k", &etag("\"1\""), b"body\nof two lines");
        let entry = Entry { validators: etag("\"1\""), body: b"body\nof two lines".to_vec() };
        assert_eq!(kept.get("k"), Some(entry));
        let file = folder.path().join("kept/k");
        let bytes = fs::read(&file).unwrap();
        fs::write(&file, &bytes[..bytes.len() - 1]).unwrap();
        assert_eq!(kept.get("k"), None);
    }

    #[test]
    fn it_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Remembered::at(folder.path().to_owned());
        for name in ["a", "b", "c", "d"] {
            kept.put(name, &etag("\"1\""), &[b'x'; 100]);
            let file = fs::File::options().append(true).open(folder.path().join(name)).unwrap();
            let age = std::time::Duration::from_secs(u64::from(b'd' - name.as_bytes()[0]) * 60);
            file.set_modified(SystemTime::now() - age).unwrap();
        }
        kept.tidy_to(3, u64::MAX);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
        assert!(kept.get("a").is_none() && kept.get("d").is_some());
        kept.tidy_to(3, 300);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        kept.put("e", &etag("\"1\""), &vec![0; MAX_BODY + 1]);
        assert!(kept.get("e").is_none(), "a body that is too large is not kept");
    }

    #[test]
    fn a_key_tells_nothing() {
        assert_eq!(key("https://me:hush@a.org/x", "p"), key("https://a.org/x", "p"));
        assert_ne!(key("https://a.org/x", "p"), key("https://a.org/x", "q"));
        assert!(!key("https://a.org/x?token=hush", "p").contains("hush"));
    }

    #[test]
    fn a_weak_etag_promises_no_bytes() {
        assert_eq!(etag("W/\"1\"").byte_for_byte(), None);
        assert_eq!(etag("W/\"1\"").if_range(true), None);
        let dated = Validators { last_modified: Some("then".to_owned()), ..etag("W/\"1\"") };
        assert_eq!((dated.if_range(false), dated.if_range(true)), (None, Some("then")));
    }
}
