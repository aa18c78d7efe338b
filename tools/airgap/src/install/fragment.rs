//! The bazelrc fragment.

use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use super::exceptions;
use crate::bazel_version::BazelVersion;
use crate::digest::Algorithm;
use crate::manifest::{FileKind, Manifest, CACHE};
use crate::serve::{self, Flags, CONFIG, CONFIG_FILE};
use crate::{AirgapError, Result};

const FIRST: &str = "# Written by `lazytools airgap install`; `lazytools airgap install --undo` takes it away. sha256:";

/// What the fragment depends on.
#[derive(Clone, Debug)]
pub struct Fragment<'a> {
    /// The bundle's manifest.
    pub manifest: &'a Manifest,
    /// The bundle, absolute.
    pub bundle: &'a Path,
    /// The workspace, absolute.
    pub workspace: &'a Path,
    /// Whether the bundle is named relative to the workspace.
    pub relative: bool,
    /// The Bazel in use.
    pub version: BazelVersion,
    /// Whether the workspace has a lock file that says something.
    pub has_lock: bool,
    /// The configuration that git is to read, absolute.
    pub git_config: Option<&'a Path>,
}

impl Fragment<'_> {
    /// The text. Its first line holds the digest of the rest, by which a changed one is told.
    pub fn text(&self) -> Result<String> {
        let mut rest = String::new();
        let mut add = |flag: &str| {
            let _ = writeln!(rest, "common {flag}");
        };
        add(&quoted(&format!("--repository_cache={}", self.path(CACHE)?)));
        for registry in &self.manifest.registries {
            let path = self.path(registry.path.as_str())?;
            // `%workspace%` is Bazel's own word in this flag.
            let url = if self.relative { format!("file://%workspace%/{path}") } else { format!("file://{path}") };
            add(&quoted(&format!("--registry={url}")));
        }
        for flag in exceptions::flags(self.manifest, &|inside| self.path(inside))? {
            add(&quoted(&flag));
        }
        if let Some(path) = self.git_config {
            add(&quoted(&format!("--repo_env=GIT_CONFIG_GLOBAL={}", usable(path, self.workspace)?)));
        }
        // A download that is not in the bundle fails at once, and says what it is.
        add("--repository_disable_download");
        if self.version.retries_downloads() {
            add("--experimental_repository_downloader_retries=0");
        }
        if self.version.has_repo_contents_cache() {
            // It needs a lock file beside the repository cache, which may be read-only.
            add("--repo_contents_cache=");
        }
        // `update` would take the digests of registry files out of the workspace's lock.
        add(if self.has_lock { "--lockfile_mode=error" } else { "--lockfile_mode=off" });
        if self.manifest.files.values().any(|entry| entry.kind == FileKind::Replay) {
            // Downloads without a checksum come from `lazytools airgap serve`, which writes the file.
            let Flags { download, config } = serve::flags(self.version);
            let _ = writeln!(rest, "common:{CONFIG} {download}\ncommon:{CONFIG} {config}={CONFIG_FILE}");
        }
        Ok(with_digest(&rest))
    }

    fn path(&self, inside: &str) -> Result<String> {
        let path = if self.relative { relative(self.bundle, self.workspace) } else { self.bundle.to_owned() };
        usable(&path.join(inside), self.bundle)
    }

    /// The absolute path of something in the bundle.
    pub fn absolute(&self, inside: &str) -> Result<String> {
        usable(&self.bundle.join(inside), self.bundle)
    }
}

/// A path as a text that can stand in a bazelrc file; `of` is named where it cannot.
fn usable(path: &Path, of: &Path) -> Result<String> {
    let text = path.to_str().filter(|text| !text.contains(['\n', '"', '%', '?', '#']));
    text.map(|text| text.replace('\\', "/")).ok_or_else(|| AirgapError::Place {
        path: of.to_owned(),
        message:
            "its name holds a character that cannot stand in a bazelrc file or in an address (a quote, %, ?, #, or one \
                  that is not UTF-8): move it"
                .to_owned(),
    })
}

/// A text after the line by which `install` knows it again.
pub fn with_digest(rest: &str) -> String {
    format!("{FIRST}{}\n{rest}", Algorithm::Sha256.digest(rest.as_bytes()).hex())
}

fn quoted(flag: &str) -> String {
    if flag.contains([' ', '\t', '\'', '#']) {
        format!("\"{flag}\"")
    } else {
        flag.to_owned()
    }
}

/// The way from one absolute folder to another.
fn relative(to: &Path, from: &Path) -> PathBuf {
    let common = to.components().zip(from.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(common).map(|_| Component::ParentDir);
    up.chain(to.components().skip(common)).collect()
}

/// Fails where a file is not one that `install` wrote, or was changed since.
pub fn ours(text: &str, path: &Path) -> Result<()> {
    let fail = |message: &str| Err(AirgapError::Fragment { path: path.to_owned(), message: message.to_owned() });
    let Some((digest, rest)) = text.strip_prefix(FIRST).and_then(|text| text.split_once('\n')) else {
        return fail("is not written by `lazytools airgap install`: name another file with --output");
    };
    if digest == Algorithm::Sha256.digest(rest.as_bytes()).hex() {
        Ok(())
    } else {
        fail("was changed since `lazytools airgap install` wrote it: move your own lines to another file, or remove it")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collection::Version;
    use crate::manifest::Registry;
    use std::collections::{BTreeMap, BTreeSet};

    fn text(version: (u32, u32, u32), relative: bool, has_lock: bool) -> String {
        let manifest = Manifest {
            manifest_version: Version,
            bazel: "7.7.1".to_owned(),
            targets: BTreeSet::new(),
            platforms: BTreeSet::new(),
            registries: vec![Registry {
                url: "https://r.example".parse().unwrap(),
                path: "registries/r.example-1".parse().unwrap(),
            }],
            files: BTreeMap::new(),
            chains: BTreeMap::new(),
            not_included: Vec::new(),
            since: None,
            removed: BTreeSet::new(),
        };
        let version = BazelVersion::new(version.0, version.1, version.2);
        let (bundle, workspace) = (Path::new("/srv/my bundle"), Path::new("/srv/work/ws"));
        let fragment =
            Fragment { manifest: &manifest, bundle, workspace, relative, version, has_lock, git_config: None };
        let text = fragment.text().unwrap();
        ours(&text, Path::new("x")).unwrap();
        text.split_once('\n').unwrap().1.to_owned()
    }

    #[test]
    fn each_bazel_gets_its_own() {
        assert_eq!(
            text((7, 7, 1), false, false),
            "common \"--repository_cache=/srv/my bundle/repository_cache\"\n\
             common \"--registry=file:///srv/my bundle/registries/r.example-1\"\n\
             common --repository_disable_download\n\
             common --lockfile_mode=off\n"
        );
        let eight = text((8, 2, 1), false, true);
        assert!(
            eight.contains("retries=0") && !eight.contains("contents_cache") && eight.contains("lockfile_mode=error")
        );
        assert!(text((8, 3, 0), false, true).contains("common --repo_contents_cache=\n"));
        assert!(text((9, 2, 0), false, true).contains("common --repo_contents_cache=\n"));
    }

    #[test]
    fn relative_to_the_workspace() {
        let text = text((7, 7, 1), true, false);
        assert!(text.contains("--repository_cache=../../my bundle/repository_cache"), "{text}");
        assert!(text.contains("--registry=file://%workspace%/../../my bundle/registries/r.example-1"), "{text}");
    }

    #[test]
    fn others_files_are_left_alone() {
        let error = |text: &str| ours(text, Path::new("airgap.bazelrc")).unwrap_err().to_string();
        assert!(error("build --x\n").starts_with("airgap.bazelrc is not written by"));
        assert!(error(&format!("{FIRST}12\ncommon --x\n")).contains("was changed since"));
    }
}
