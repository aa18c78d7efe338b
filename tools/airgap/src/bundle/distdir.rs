//! Numbered folders for `--distdir`, in which Bazel looks for a download by its name.
//!
//! Bazel takes the last name of the first address. Addresses are kept sorted, not in their order, so that a download stands
//! under the last name of each. Two downloads of one name are in folders of different numbers.

use std::collections::{BTreeMap, BTreeSet};

use lazytools_lock::CachePath;

use super::plan::{path, Entry, Planned};
use crate::cache;
use crate::collection::{Collection, Item};
use crate::manifest::{FileKind, CACHE, DISTDIR};
use crate::Result;

/// The files, each the twin of one of the repository cache.
pub(super) fn plan(
    collection: &Collection,
    planned: &BTreeMap<CachePath, Planned>,
) -> Result<BTreeMap<CachePath, Planned>> {
    // By what a file system that ignores case takes a name for, so that names go on one, too.
    let mut named: BTreeMap<String, BTreeSet<(String, CachePath)>> = BTreeMap::new();
    for item in &collection.items {
        let Item::Checksummed { digest, urls, .. } = item else { continue };
        let twin = path(&format!("{CACHE}/{}", cache::file_path(digest)))?;
        for name in urls.iter().filter_map(|url| last_name(url)) {
            named.entry(name.to_lowercase()).or_default().insert((name, twin.clone()));
        }
    }
    let mut files = BTreeMap::new();
    for (index, (name, twin)) in named.into_values().flat_map(|same| same.into_iter().enumerate()) {
        let Some(of) = planned.get(&twin) else { continue };
        let entry = Entry { kind: FileKind::Distdir, ids: BTreeSet::new(), ..of.entry.clone() };
        let file = Planned { source: of.source.clone(), digest: of.digest.clone(), twin: Some(twin), entry };
        files.insert(path(&format!("{DISTDIR}/{}/{name}", index + 1))?, file);
    }
    Ok(files)
}

/// The name that Bazel looks for; `None` where there is none, or none that a bundle can hold: the repository cache has such
/// a download all the same.
fn last_name(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let (_, name) = rest[..end].split_once('/')?.1.rsplit_once('/').unwrap_or(("", rest[..end].split_once('/')?.1));
    name.parse::<CachePath>().ok().map(|name| name.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::last_name;

    #[test]
    fn names_are_as_bazel_takes_them() {
        let name = |url| last_name(url).unwrap_or_default();
        assert_eq!(name("https://h.example/a/b/release.tar.gz?…"), "release.tar.gz");
        assert_eq!(name("https://h.example/x%20y.zip"), "x%20y.zip");
        for none in ["https://h.example", "https://h.example/", "https://h.example/a/", "https://h.example/a:b", "x"] {
            assert_eq!(name(none), "", "{none}");
        }
    }
}
