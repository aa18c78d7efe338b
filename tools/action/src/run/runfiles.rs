//! Finds the files that Bazel puts beside a launcher.
//!
//! The published crate `runfiles` panics where there are none and knows no folders in a manifest.
//! <https://bazel.build/extending/rules#runfiles>

use std::collections::HashMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use super::error::{At as _, Result, RunError};

/// Where runfiles are: in folders, or as a list says.
#[derive(Debug, Default)]
pub struct Runfiles {
    folders: Vec<PathBuf>,
    manifest: Option<PathBuf>,
    listed: HashMap<String, PathBuf>,
}

impl Runfiles {
    /// Looks where Bazel says that they are, then beside the executable.
    pub fn find(executable: &Path) -> Result<Self> {
        let beside = |end: &str| PathBuf::from(with_end(executable, end));
        let mut folders: Vec<PathBuf> = env::var_os("RUNFILES_DIR").map(PathBuf::from).into_iter().collect();
        folders.push(beside(".runfiles"));
        // A launcher that is itself a file of another program's runfiles shares them.
        let is_tree = |folder: &&Path| folder.extension() == Some(OsStr::new("runfiles"));
        folders.extend(executable.ancestors().find(is_tree).map(Path::to_owned));
        folders.retain(|folder| folder.is_dir());
        let mut manifests: Vec<PathBuf> =
            env::var_os("RUNFILES_MANIFEST_FILE").map(PathBuf::from).into_iter().collect();
        manifests.push(beside(".runfiles_manifest"));
        manifests.push(beside(".runfiles").join("MANIFEST"));
        let manifest = manifests.into_iter().find(|path| path.is_file());
        let listed = match &manifest {
            Some(path) => parse(&fs::read_to_string(path).at("cannot read the runfiles manifest", path)?),
            None => HashMap::new(),
        };
        Ok(Self { folders, manifest, listed })
    }

    /// Where a runfile is.
    pub fn resolve(&self, rel: &str) -> Result<PathBuf> {
        let in_folder = self.folders.iter().map(|folder| folder.join(rel)).find(|path| path.exists());
        in_folder.or_else(|| self.listed_at(rel)).ok_or_else(|| {
            let looked: Vec<String> =
                self.folders.iter().chain(&self.manifest).map(|path| path.display().to_string()).collect();
            let looked = if looked.is_empty() { "there are no runfiles".to_owned() } else { looked.join(", ") };
            RunError::Runfiles(format!(
                "runfile {rel} is not there (looked in: {looked}): start the program with `bazel run`, or from \
                 bazel-bin after `bazel build`, and have it in `data` where a test or another rule starts it"
            ))
        })
    }

    /// A folder is listed by itself, or some folder above it is.
    fn listed_at(&self, rel: &str) -> Option<PathBuf> {
        let exact = self.listed.get(rel).cloned();
        let above = || {
            rel.match_indices('/')
                .rev()
                .find_map(|(at, _)| self.listed.get(&rel[..at]).map(|path| path.join(&rel[at + 1..])))
        };
        exact.or_else(above).filter(|path| path.exists())
    }

    /// What programs that are runfiles themselves need to find theirs.
    pub fn variables(&self) -> Vec<(&'static str, OsString)> {
        let folder = self.folders.first().map(|path| ("RUNFILES_DIR", path.clone().into_os_string()));
        let manifest = self.manifest.as_ref().map(|path| ("RUNFILES_MANIFEST_FILE", path.clone().into_os_string()));
        folder.into_iter().chain(manifest).collect()
    }
}

/// `path` with more at the end of its name.
pub fn with_end(path: &Path, end: &str) -> OsString {
    let mut text = path.as_os_str().to_owned();
    text.push(end);
    text
}

/// A manifest has `RUNFILE PATH` lines; a line that begins with a blank has escapes.
/// <https://github.com/bazelbuild/bazel/pull/23331>
fn parse(text: &str) -> HashMap<String, PathBuf> {
    let unescape = |text: &str, blank: bool| {
        let text = text.replace("\\n", "\n").replace("\\b", "\\");
        if blank {
            text.replace("\\s", " ")
        } else {
            text
        }
    };
    text.lines()
        .filter_map(|line| match line.strip_prefix(' ') {
            Some(line) => line.split_once(' ').map(|(l, r)| (unescape(l, true), unescape(r, false).into())),
            None => line.split_once(' ').map(|(l, r)| (l.to_owned(), r.into())),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_have_files_folders_and_escapes() {
        let temp = tempfile::tempdir().unwrap();
        let at = temp.path().display();
        fs::create_dir(temp.path().join("tree a")).unwrap();
        fs::write(temp.path().join("tree a/file"), "").unwrap();
        let listed = parse(&format!("m/empty \n m/a\\sb {at}/tree a\nm/tree {at}/tree a\n"));
        let runfiles = Runfiles { listed, ..Runfiles::default() };
        assert!(runfiles.resolve("m/a b").is_ok());
        assert_eq!(runfiles.resolve("m/tree/file").unwrap(), temp.path().join("tree a/file"));
        let message = runfiles.resolve("m/none").unwrap_err().to_string();
        assert!(message.starts_with("runfile m/none is not there (looked in: there are no runfiles)"), "{message}");
    }
}
