//! The Release file of a suite: the digests of its indexes.

use lazytools_lock::{Algorithm, Integrity};

use crate::client::Client;
use crate::error::{FetchError, Reason};

use super::control::Paragraphs;
use super::signature;
use super::sources::Archive;

/// A suite's Release file.
#[derive(Clone, Debug)]
pub(super) struct ReleaseFile {
    /// The suite's folder, which the indexes' paths start from.
    pub address: String,
    /// Whether the indexes lie under their digests, too, where they outlive an update of the archive.
    pub by_hash: bool,
    entries: Vec<Entry>,
}

/// A file that a Release names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub path: String,
    pub integrity: Integrity,
    pub compression: Compression,
    component: String,
    arch: String,
}

/// How an index is compressed; the best one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Compression {
    Xz,
    Gzip,
    None,
}

/// Fetches a suite's Release and checks its signature, where the archive's source says with which keys.
pub(super) fn fetch(client: &Client, archive: &Archive, suite: &str) -> Result<ReleaseFile, FetchError> {
    let address = format!("{}/dists/{suite}", archive.base);
    let signed = format!("{address}/InRelease");
    let text = match client.text(&signed, "*/*") {
        Ok(text) => signature::check(&signed, &text, archive)?,
        // A private archive may have the bare form alone; then nothing is signed that could be checked here.
        Err(FetchError::Address { reason: Reason::Status { status: 403 | 404 }, .. }) if archive.trusted => {
            client.text(&format!("{address}/Release"), "*/*")?
        }
        Err(error) => return Err(error),
    };
    let entries = entries(&text);
    if entries.is_empty() {
        let message = "it names no index with a sha256 digest".to_owned();
        return Err(FetchError::at(&signed, Reason::Metadata(message)));
    }
    let by_hash = text.lines().any(|line| line.trim_end() == "Acquire-By-Hash: yes");
    Ok(ReleaseFile { address, by_hash, entries })
}

fn entries(text: &str) -> Vec<Entry> {
    let paragraphs = Paragraphs::new(text.as_bytes()).map_while(Result::ok);
    let lists: Vec<String> = paragraphs.filter_map(|mut paragraph| paragraph.remove("sha256")).collect();
    lists.iter().flat_map(|list| list.lines()).filter_map(entry).collect()
}

/// `DIGEST SIZE COMPONENT/binary-ARCH/Packages.xz`
fn entry(line: &str) -> Option<Entry> {
    let mut words = line.split_ascii_whitespace();
    let (digest, _, path) = (words.next()?, words.next()?, words.next()?);
    let (folder, name) = path.rsplit_once('/')?;
    let compression = match name {
        "Packages.xz" => Compression::Xz,
        "Packages.gz" => Compression::Gzip,
        "Packages" => Compression::None,
        _ => return None,
    };
    let (component, arch) = folder.rsplit_once("/binary-")?;
    // The installer's packages and others that lie deeper are of another kind.
    let deeper = component.ends_with("debian-installer") || path.split('/').any(|part| part == "..");
    (!deeper).then_some(())?;
    Some(Entry {
        path: path.to_owned(),
        integrity: Integrity::from_hex(Algorithm::Sha256, digest)?,
        compression,
        component: component.to_owned(),
        arch: arch.to_owned(),
    })
}

impl ReleaseFile {
    /// The indexes of an architecture, each in its best form; `components` are those wanted, all where it is empty.
    pub fn indexes<'a>(&'a self, arch: &'a str, components: &'a [String]) -> Vec<&'a Entry> {
        let wanted =
            |entry: &&Entry| entry.arch == arch && (components.is_empty() || components.contains(&entry.component));
        let mut found: Vec<&Entry> = self.entries.iter().filter(wanted).collect();
        found.sort_by(|a, b| (&a.component, a.compression).cmp(&(&b.component, b.compression)));
        found.dedup_by(|a, b| a.component == b.component);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes() {
        let digest = "0".repeat(64);
        let text = format!(
            "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nSuite: x\nMD5Sum:\n 00 1 main/binary-amd64/Packages\nSHA256:\n \
             {digest} 1 main/binary-amd64/Packages.gz\n {digest} 1 main/binary-amd64/Packages.xz\n {digest} 1 \
             main/debian-installer/binary-amd64/Packages.xz\n {digest} 1 contrib/binary-amd64/Packages\n {digest} 1 \
             main/binary-arm64/Packages.gz\n {digest} 1 main/source/Sources.xz\n-----BEGIN PGP SIGNATURE-----\n"
        );
        let release = ReleaseFile { address: String::new(), by_hash: false, entries: entries(&text) };
        let paths = |arch: &str, components: &[String]| -> Vec<String> {
            release.indexes(arch, components).iter().map(|entry| entry.path.clone()).collect()
        };
        assert_eq!(paths("amd64", &[]), ["contrib/binary-amd64/Packages", "main/binary-amd64/Packages.xz"]);
        assert_eq!(paths("amd64", &["main".to_owned()]), ["main/binary-amd64/Packages.xz"]);
        assert_eq!(paths("arm64", &[]), ["main/binary-arm64/Packages.gz"]);
        assert!(paths("i386", &[]).is_empty());
    }
}
