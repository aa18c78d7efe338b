//! The bazelrc fragment.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use super::{cargo_home, exceptions, Layout};
use crate::bazel_version::BazelVersion;
use crate::digest::Algorithm;
use crate::manifest::{FileKind, Manifest, CACHE, DISTDIR, LEFT_OUT};
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
    /// Where Bazel finds downloads.
    pub layout: Layout,
    /// The Bazel in use.
    pub version: BazelVersion,
    /// Whether the workspace has a lock file that says something.
    pub has_lock: bool,
    /// The configuration that git is to read, absolute.
    pub git_config: Option<&'a Path>,
    /// The folder that is made as `CARGO_HOME`, absolute.
    pub cargo_home: &'a Path,
    /// The repository cache that is made, absolute; `None` where the bundle's own is taken.
    pub repository_cache: Option<&'a Path>,
}

impl Fragment<'_> {
    /// The text. Its first line holds the digest of the rest, by which a changed one is told.
    pub fn text(&self) -> Result<String> {
        let mut rest = String::new();
        let mut add = |flag: &str| {
            let _ = writeln!(rest, "common {flag}");
        };
        match self.layout {
            Layout::Cache => {
                let cache = self.repository_cache.map_or_else(|| self.path(CACHE), |made| usable(made, made))?;
                add(&quoted(&format!("--repository_cache={cache}")));
            }
            // A match is copied into the repository cache, which is the user's own and not the bundle's then.
            Layout::Distdir => {
                for number in distdirs(self.manifest) {
                    add(&quoted(&format!("--distdir={}", self.path(&format!("{DISTDIR}/{number}"))?)));
                }
            }
        }
        for registry in &self.manifest.registries {
            add(&quoted(&format!("--registry=file://{}", self.rooted(registry.path.as_str())?)));
        }
        for repository in self.manifest.left_out() {
            add(&quoted(&format!("--override_repository={repository}={}", self.started(LEFT_OUT)?)));
        }
        for flag in exceptions::flags(self.manifest, &|inside| self.started(inside))? {
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
        for flag in self.of_ecosystems()? {
            add(&quoted(&flag));
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

    /// For a flag that is relative to where Bazel is started. `%workspace%` cannot help a bundle that is beside the workspace:
    /// Bazel makes the path normal before it replaces the word, so that `%workspace%/../x` is `x` in the workspace.
    fn started(&self, inside: &str) -> Result<String> {
        let path = self.path(inside)?;
        Ok(if self.relative && !path.starts_with("..") { format!("%workspace%/{path}") } else { path })
    }

    /// For addresses: `%workspace%` is Bazel's own word in them.
    fn rooted(&self, inside: &str) -> Result<String> {
        let path = self.path(inside)?;
        Ok(if self.relative { format!("%workspace%/{path}") } else { path })
    }

    /// What names the caches of other package managers. They are named absolutely: no program knows the workspace.
    fn of_ecosystems(&self) -> Result<Vec<String>> {
        let mut flags = Vec::new();
        if cargo_home::is_needed(self.manifest) {
            flags.extend(cargo_home::flags(&usable(self.cargo_home, self.cargo_home)?));
        }
        if self.manifest.files.values().any(|entry| entry.kind == FileKind::GoProxy) {
            let proxy = self.absolute("goproxy")?;
            flags.push(format!("--repo_env=GOPROXY=file://{}{proxy}", if proxy.starts_with('/') { "" } else { "/" }));
            // Also modules that have come from elsewhere are in the bundle, and go.sum holds their digests.
            flags.extend(["GOPRIVATE=", "GONOPROXY=none", "GOSUMDB=off"].map(|one| format!("--repo_env={one}")));
        }
        Ok(flags)
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

/// The numbers of a bundle's folders for `--distdir`.
pub(super) fn distdirs(manifest: &Manifest) -> BTreeSet<u32> {
    let paths = manifest.files.iter().filter(|(_, entry)| entry.kind == FileKind::Distdir);
    paths.filter_map(|(path, _)| path.names().nth(1)?.parse().ok()).collect()
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

/// The repository cache that a fragment names, from the workspace; `None` where there is no fragment.
pub fn repository_cache(fragment: &Path) -> Option<PathBuf> {
    let text = std::fs::read_to_string(fragment).ok()?;
    let flags = text.lines().filter_map(|line| line.strip_prefix("common ")).map(|flag| flag.trim_matches('"'));
    flags.filter_map(|flag| flag.strip_prefix("--repository_cache=")).map(PathBuf::from).next_back()
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
    use crate::collection::{Item, Version};
    use crate::manifest::Registry;
    use std::collections::BTreeMap;

    fn text(version: (u32, u32, u32), relative: bool, has_lock: bool) -> String {
        text_with(version, relative, has_lock, &[])
    }

    fn text_with(version: (u32, u32, u32), relative: bool, has_lock: bool, files: &[(&str, FileKind)]) -> String {
        let files = files.iter().map(|(path, kind)| {
            let entry =
                serde_json::json!({"sha256": Algorithm::Sha256.digest(b"").to_string(), "size": 0, "kind": kind});
            (path.parse().unwrap(), serde_json::from_value(entry).unwrap())
        });
        let manifest = Manifest {
            manifest_version: Version,
            bazel: "7.7.1".to_owned(),
            targets: BTreeSet::new(),
            platforms: BTreeSet::new(),
            registries: vec![Registry {
                url: "https://r.example".parse().unwrap(),
                path: "registries/r.example-1".parse().unwrap(),
            }],
            files: files.collect(),
            chains: BTreeMap::new(),
            not_included: vec![Item::LeftOut { repository: "@@x~r".to_owned(), targets: BTreeSet::new() }],
            since: None,
            removed: BTreeSet::new(),
        };
        let version = BazelVersion::new(version.0, version.1, version.2);
        let (bundle, workspace) = (Path::new("/srv/my bundle"), Path::new("/srv/work/ws"));
        let layout = Layout::Cache;
        let git_config = None;
        let cargo_home = Path::new("/home/me/.cache/lazytools/cargo");
        let manifest = &manifest;
        let fragment = Fragment {
            manifest,
            bundle,
            workspace,
            relative,
            layout,
            version,
            has_lock,
            git_config,
            cargo_home,
            repository_cache: None,
        };
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
             common \"--override_repository=x~r=/srv/my bundle/left_out\"\n\
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
    fn caches_of_cargo_and_go() {
        let files =
            [("cargo/config.toml", FileKind::CargoRegistry), ("goproxy/h.example/x/@v/v1.0.0.mod", FileKind::GoProxy)];
        for relative in [false, true] {
            let text = text_with((8, 2, 1), relative, true, &files);
            for line in [
                "common --repo_env=CARGO_HOME=/home/me/.cache/lazytools/cargo\n",
                "common --repo_env=CARGO_BAZEL_ISOLATED=0\n",
                "common --repo_env=CARGO_NET_OFFLINE=true\n",
                "common \"--repo_env=GOPROXY=file:///srv/my bundle/goproxy\"\n",
                "common --repo_env=GONOPROXY=none\n",
                "common --repo_env=GOSUMDB=off\n",
            ] {
                assert!(text.contains(line), "{line}\n{text}");
            }
        }
        assert!(!text((8, 2, 1), false, true).contains("repo_env"));
    }

    #[test]
    fn relative_to_the_workspace() {
        let text = text((7, 7, 1), true, false);
        assert!(text.contains("--repository_cache=../../my bundle/repository_cache"), "{text}");
        assert!(text.contains("--registry=file://%workspace%/../../my bundle/registries/r.example-1"), "{text}");
        assert!(text.contains("--override_repository=x~r=../../my bundle/left_out"), "{text}");
    }

    #[test]
    fn others_files_are_left_alone() {
        let error = |text: &str| ours(text, Path::new("airgap.bazelrc")).unwrap_err().to_string();
        assert!(error("build --x\n").starts_with("airgap.bazelrc is not written by"));
        assert!(error(&format!("{FIRST}12\ncommon --x\n")).contains("was changed since"));
    }
}
