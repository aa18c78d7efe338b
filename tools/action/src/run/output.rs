//! What the tool prints: passed through unaltered, and its end kept for error messages.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs::File;
use std::io::{Read, Seek as _, SeekFrom, Write};
use std::path::Path;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// How much of a tool's output is kept.
const KEPT: usize = 64 * 1024;

/// The end of an output.
#[derive(Clone, Debug, Default)]
pub struct Tail(Arc<Mutex<VecDeque<u8>>>);

impl Tail {
    fn push(&self, bytes: &[u8]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = &bytes[bytes.len().saturating_sub(KEPT)..];
        let over = (kept.len() + bytes.len()).saturating_sub(KEPT);
        kept.drain(..over);
        kept.extend(bytes);
    }

    /// The end as text.
    pub fn text(&self) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (front, back) = kept.as_slices();
        String::from_utf8_lossy(&[front, back].concat()).into_owned()
    }

    /// Takes the end of a file.
    pub fn read(&self, path: &Path) {
        let Ok(mut file) = File::open(path) else { return };
        let size = file.metadata().map_or(0, |meta| meta.len());
        let mut bytes = Vec::new();
        if file.seek(SeekFrom::Start(size.saturating_sub(KEPT as u64))).is_ok() && file.read_to_end(&mut bytes).is_ok()
        {
            self.push(&bytes);
        }
    }

    /// Copies `from` to `to` until it ends, in a thread, and drops `done` then.
    pub fn follow(&self, mut from: impl Read + Send + 'static, mut to: impl Write + Send + 'static, done: Sender<()>) {
        let tail = self.clone();
        thread::spawn(move || {
            let _done = done;
            let mut buffer = vec![0; 64 * 1024];
            loop {
                match from.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(count) => {
                        tail.push(&buffer[..count]);
                        // Whoever reads has gone: so goes the pipe, and the tool is told.
                        if to.write_all(&buffer[..count]).and_then(|()| to.flush()).is_err() {
                            break;
                        }
                    }
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                    Err(_) => break,
                }
            }
        });
    }
}

/// The web addresses in a text, by host, each once.
pub fn addresses(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (at, _) in text.match_indices("http") {
        let Some(rest) = ["http://", "https://"].iter().find_map(|start| text[at..].strip_prefix(start)) else {
            continue;
        };
        let length = rest
            .find(|c: char| c.is_whitespace() || c.is_control() || "\"'`<>()[]{}|\\^,".contains(c))
            .unwrap_or(rest.len());
        let rest = rest[..length].trim_end_matches(['.', ':', ';', '!', '?']);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let host = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
        if host.is_empty() {
            continue;
        }
        let start = text[at..].find("://").map_or(0, |colon| colon + 3);
        // Who logs in is nobody's business.
        let path = rest.strip_prefix(authority).unwrap_or_default();
        let shown = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        found.entry(host).or_default().insert(format!("{}{shown}{path}", &text[at..at + start]));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_end() {
        let tail = Tail::default();
        tail.push(&vec![b'a'; KEPT]);
        tail.push(b"end");
        let text = tail.text();
        assert_eq!(text.len(), KEPT);
        assert!(text.ends_with("aend"));
    }

    #[test]
    fn finds_addresses() {
        let text =
            "GET https://Example.com/a/b.tgz: failed (http://other.test:80/x?y=1). \"https://u:p@c.test/\" https://";
        let found = addresses(text);
        let shown: Vec<_> =
            found.iter().flat_map(|(h, urls)| urls.iter().map(move |url| format!("{h} {url}"))).collect();
        assert_eq!(
            shown,
            [
                "c.test https://c.test/",
                "example.com https://Example.com/a/b.tgz",
                "other.test http://other.test:80/x?y=1"
            ]
        );
    }
}
