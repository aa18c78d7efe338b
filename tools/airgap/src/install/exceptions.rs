//! The flags by which Bazel takes what no repository cache can hold.

use std::collections::BTreeSet;

use lazytools_lock::CachePath;

use crate::collection::VENDOR_FILE;
use crate::exception_error::ExceptionError;
use crate::manifest::{FileKind, Manifest};
use crate::Result;

/// The flags, in order. `path` gives a path of the bundle as it may stand in a bazelrc file.
///
/// Repositories are overridden one by one. `--vendor_dir` with the bundle's VENDOR.bazel does the same, but there is one for a
/// workspace, which may have its own, and Bazel writes a link into it, which a read-only bundle does not let it.
pub fn flags(manifest: &Manifest, path: &dyn Fn(&str) -> Result<String>) -> Result<Vec<String>> {
    let mut flags = Vec::new();
    for repository in repositories(manifest) {
        let name = repository.names().nth(1).unwrap_or_default();
        let fit = |c: char| c.is_ascii_alphanumeric() || "_.~+-".contains(c);
        if name.is_empty() || !name.chars().all(fit) {
            return Err(ExceptionError::RepositoryName { path: repository.to_path() }.into());
        }
        flags.push(format!("--override_repository={name}={}", path(repository.as_str())?));
    }
    Ok(flags)
}

/// The folders of repositories that are in a bundle as Bazel made them.
fn repositories(manifest: &Manifest) -> BTreeSet<CachePath> {
    let files = manifest.files.iter().filter(|(_, entry)| entry.kind == FileKind::Vendored);
    let top = files.filter_map(|(path, _)| {
        let mut names = path.names();
        let (top, name) = (names.next()?, names.next()?);
        // A file beside the repositories is the list of them.
        (names.next().is_some() && name != VENDOR_FILE).then(|| format!("{top}/{name}").parse().ok())?
    });
    top.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[&str]) -> Result<Vec<String>> {
        let digest = "0".repeat(64);
        let files = files.iter().map(|file| {
            (file.to_string(), serde_json::json!({"sha256": format!("sha256:{digest}"), "size": 0, "kind": "vendored"}))
        });
        let manifest = serde_json::json!({
            "manifestVersion": 1, "bazel": "7.7.1", "targets": [], "platforms": [], "registries": [], "notIncluded": [],
            "files": files.collect::<serde_json::Map<_, _>>(),
        });
        let manifest = serde_json::from_value(manifest).unwrap();
        flags(&manifest, &|path| Ok(format!("/srv/b/{path}")))
    }

    #[test]
    fn each_repository_once() {
        let files = ["vendor/VENDOR.bazel", "vendor/a~~e~b/x", "vendor/a~~e~b/y/z", "vendor/m+/BUILD.bazel"];
        assert_eq!(
            of(&files).unwrap(),
            ["--override_repository=a~~e~b=/srv/b/vendor/a~~e~b", "--override_repository=m+=/srv/b/vendor/m+"]
        );
        let error = of(&["vendor/a b=c/x"]).unwrap_err().to_string();
        assert_eq!(
            error,
            "vendor/a b=c is no folder of a repository that a bazelrc file can name: collect and bundle again (LT745)"
        );
    }
}
