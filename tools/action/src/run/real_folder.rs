//! Finds the real folder behind a folder of links.
//!
//! In Bazel's sandboxes a tree artifact's directories are real, and each file is a link to an absolute path in the
//! real execroot. Tools that resolve such a link and then look beside it (Deno, Terraform, pre-commit) fail.
//! <https://github.com/bazelbuild/bazel/issues/8230>

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How a folder's files are there.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// As real files.
    Real,
    /// As links to the files of one other folder, which has the same paths.
    Behind(PathBuf),
    /// As links to here and there.
    Scattered,
}

/// Links to links come from a sandbox in a sandbox; more than a few of them do not.
const MAX_DEPTH: usize = 4;

/// Looks at every one of `files` (relative paths of files and links). An error names what is missing.
pub fn find(folder: &Path, files: &[PathBuf]) -> Result<Found, (PathBuf, io::Error)> {
    let mut behind: Option<PathBuf> = None;
    for _ in 0..MAX_DEPTH {
        let at = behind.as_deref().unwrap_or(folder);
        match step(at, files) {
            Ok(Found::Real) => return Ok(behind.map_or(Found::Real, Found::Behind)),
            Ok(Found::Behind(next)) => behind = Some(next),
            Ok(Found::Scattered) => return Ok(Found::Scattered),
            // The folder has all its files, and what its links name has not: the files must be taken one by one.
            Err(_) if behind.is_some() => return Ok(Found::Scattered),
            Err(error) => return Err(error),
        }
    }
    Ok(Found::Scattered)
}

fn step(folder: &Path, files: &[PathBuf]) -> Result<Found, (PathBuf, io::Error)> {
    let mut root: Option<PathBuf> = None;
    let mut own = false;
    let mut scattered = false;
    for rel in files {
        match fs::read_link(folder.join(rel)) {
            Ok(target) if target.is_absolute() => match without(&target, rel) {
                Some(found) if root.as_ref().is_none_or(|root| *root == found) => root = Some(found),
                _ => scattered = true,
            },
            // A relative link is one that the layout has.
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err((rel.clone(), error)),
            Err(_) => own = true,
        }
    }
    Ok(match root {
        _ if scattered => Found::Scattered,
        Some(_) if own => Found::Scattered,
        Some(root) => Found::Behind(root),
        None => Found::Real,
    })
}

/// `path` without the names of `rel` at its end.
fn without(path: &Path, rel: &Path) -> Option<PathBuf> {
    path.ends_with(rel).then(|| path.ancestors().nth(rel.components().count()).map(Path::to_owned)).flatten()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn files(folder: &Path) -> Vec<PathBuf> {
        fs::create_dir_all(folder.join("a/b")).unwrap();
        fs::write(folder.join("a/b/c"), "c").unwrap();
        fs::write(folder.join("d"), "d").unwrap();
        vec!["a/b/c".into(), "d".into()]
    }

    fn forest(real: &Path, folder: &Path, files: &[PathBuf]) {
        for rel in files {
            fs::create_dir_all(folder.join(rel).parent().unwrap()).unwrap();
            symlink(real.join(rel), folder.join(rel)).unwrap();
        }
    }

    #[test]
    fn finds_what_is_behind_links() {
        let temp = tempfile::tempdir().unwrap();
        let [real, links, twice] = ["real", "links", "twice"].map(|name| temp.path().join(name));
        let files = files(&real);
        assert_eq!(find(&real, &files).unwrap(), Found::Real);
        forest(&real, &links, &files);
        assert_eq!(find(&links, &files).unwrap(), Found::Behind(real.clone()));
        forest(&links, &twice, &files);
        assert_eq!(find(&twice, &files).unwrap(), Found::Behind(real.clone()));
        fs::remove_file(links.join("d")).unwrap();
        assert_eq!(find(&links, &files).unwrap_err().0, Path::new("d"));
        symlink("/etc/passwd", links.join("d")).unwrap();
        assert_eq!(find(&links, &files).unwrap(), Found::Scattered);
    }
}
