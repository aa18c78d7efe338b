//! Which address gives which file of a bundle.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::manifest::{FileKind, Manifest};
use crate::replay::Index;
use crate::Result;

/// The files of a bundle by the addresses that they came from. Nothing but these can be asked for.
#[derive(Clone, Debug, Default)]
pub struct Addresses {
    exact: BTreeMap<String, PathBuf>,
    /// By addresses whose query the manifest does not say; `None` where several files may be meant.
    any_query: BTreeMap<String, Option<PathBuf>>,
}

impl Addresses {
    /// Those of a bundle: downloads without a checksum as they were collected, files of registries, and all other
    /// downloads, which Bazel holds against their checksums itself.
    pub fn of(bundle: &Path, manifest: &Manifest) -> Result<Self> {
        let mut all = Self::default();
        for (path, entry) in &manifest.files {
            if !matches!(entry.kind, FileKind::Download | FileKind::RegistryFile) {
                continue;
            }
            let file = bundle.join(path.to_path());
            for source in &entry.sources {
                match source.strip_suffix("?…").and_then(key) {
                    Some(key) => {
                        let found = all.any_query.entry(key).or_insert_with(|| Some(file.clone()));
                        if found.as_ref() != Some(&file) {
                            *found = None;
                        }
                    }
                    None => all.add(source, &file),
                }
            }
        }
        for registry in &manifest.registries {
            let top = format!("{}/", registry.path);
            for path in manifest.files.keys() {
                if let Some(inside) = path.as_str().strip_prefix(&top) {
                    all.add(&format!("{}/{inside}", registry.url.as_str()), &bundle.join(path.to_path()));
                }
            }
        }
        if let Some(index) = Index::of(bundle)? {
            for (url, replay) in &index.downloads {
                all.add(url, &bundle.join(replay.path().to_path()));
            }
        }
        Ok(all)
    }

    fn add(&mut self, url: &str, file: &Path) {
        if let Some(key) = key(url) {
            self.exact.insert(key, file.to_owned());
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.exact.len() + self.any_query.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The file that an address without its scheme gives.
    pub fn file(&self, address: &str) -> Option<&Path> {
        let wanted = key(address)?;
        let without_query = || self.any_query.get(wanted.split('?').next()?)?.as_ref();
        self.exact.get(&wanted).or_else(without_query).map(PathBuf::as_path)
    }
}

/// What of an address tells it from others: not the scheme, which a server behind a rewriter does not learn, nor a user's
/// name, the usual port, the case of the host, or what is after `#`.
fn key(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next()?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_ascii_lowercase();
    let host = [":443", ":80"].iter().find_map(|port| host.strip_suffix(port)).unwrap_or(&host);
    let slash = if rest.starts_with('/') { "" } else { "/" };
    (!host.is_empty()).then(|| format!("{host}{slash}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart() {
        let mut all = Addresses::default();
        all.add("https://H.example:443/A/b?Q=1&r=%2F..#x", Path::new("one"));
        all.add("http://h.example:8443", Path::new("two"));
        all.any_query.insert("h.example/c".to_owned(), Some("three".into()));
        let file = |address: &str| all.file(address).map(|path| path.to_str().unwrap().to_owned());
        assert_eq!(file("me:hush@h.EXAMPLE/A/b?Q=1&r=%2F..").unwrap(), "one");
        assert_eq!(file("h.example:8443/").unwrap(), "two");
        assert_eq!(file("h.example/c?anything").unwrap(), "three");
        for absent in
            ["h.example/a/b?Q=1&r=%2F..", "h.example/A/b", "h.example:8443/../x", "", "/etc/passwd", "h.example"]
        {
            assert_eq!(file(absent), None, "{absent}");
        }
    }
}
