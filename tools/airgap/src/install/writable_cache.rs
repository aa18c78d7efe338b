//! A repository cache beside a bundle.
//!
//! Bazel 7.7.1 copies what it reads from a `file://` registry into its repository cache, also what is there already, and
//! fails where it may not. In a bundle that can be written to it leaves files that no manifest lists. So it gets a cache of
//! its own, with links to the files of the bundle.

use std::path::Path;

use super::made;
use crate::manifest::{Expected, Manifest, CACHE};
use crate::{json, Result};

/// Whether this user may write to the bundle's own repository cache.
#[cfg(unix)]
pub(super) fn is_writable(bundle: &Path) -> bool {
    let cache = bundle.join(CACHE).join("content_addressable");
    rustix::fs::access(&cache, rustix::fs::Access::WRITE_OK).is_ok()
}

/// Whether this user may write to the bundle's own repository cache. Windows tells by trying.
#[cfg(not(unix))]
pub(super) fn is_writable(bundle: &Path) -> bool {
    tempfile::tempfile_in(bundle.join(CACHE)).is_ok()
}

/// Makes it anew.
pub(super) fn make(folder: &Path, bundle: &Path, manifest: &Manifest) -> Result<()> {
    made::begin(folder, bundle)?;
    for (path, expected) in manifest.expected() {
        let Some(inside) = path.as_str().strip_prefix(CACHE).and_then(|rest| rest.strip_prefix('/')) else { continue };
        let place = folder.join(inside);
        match expected {
            Expected::File(_) => made::link(&bundle.join(path.to_path()), &place)?,
            Expected::Marker(_) => {
                made::parent(&place)?;
                json::write(&place, b"")?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::RepositoryCache;
    use crate::digest::Algorithm;
    use std::fs;

    #[test]
    fn it_has_what_the_bundle_has_and_can_be_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let (bundle, made) = (folder.path().join("bundle"), folder.path().join("made"));
        let digest = Algorithm::Sha256.digest(b"x");
        let entry = bundle.join(CACHE).join(format!("content_addressable/sha256/{}", digest.hex()));
        fs::create_dir_all(&entry).unwrap();
        fs::write(entry.join("file"), "x").unwrap();
        let id = "a".repeat(64);
        let manifest: Manifest = serde_json::from_value(serde_json::json!({
            "manifestVersion": 1, "bazel": "7.7.1", "targets": [], "platforms": [], "registries": [], "notIncluded": [],
            "files": {format!("repository_cache/content_addressable/sha256/{}/file", digest.hex()):
                {"sha256": digest.to_string(), "size": 1, "kind": "download", "ids": [id]}}
        }))
        .unwrap();
        make(&made, &bundle, &manifest).unwrap();
        let cache = RepositoryCache::new(&made);
        assert_eq!((cache.size(&digest), cache.ids(&digest).len()), (Some(1), 1));
        // As Bazel does it.
        fs::write(made.join("tmp"), "x").unwrap();
        fs::rename(made.join("tmp"), cache.file(&digest)).unwrap();
        assert_eq!(fs::read(entry.join("file")).unwrap(), b"x");
        assert!(is_writable(&bundle) && made::bundle(&made).unwrap() == bundle);
        make(&made, &bundle, &manifest).unwrap();
    }
}
