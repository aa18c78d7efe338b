//! A bundle with what no repository cache can hold is installed, and its installation is undone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use lazytools_airgap::bazel_version::BazelVersion;
use lazytools_airgap::bundle::{bundle, Link, Watch};
use lazytools_airgap::collection::{Collection, Folder, Version};
use lazytools_airgap::install::{check, install, undo, Layout, Options};
use lazytools_airgap::manifest::{FileKind, Manifest};
use lazytools_airgap::tree::Tree;
use lazytools_airgap::verify::verify;
use tempfile::TempDir;

struct Silent;

impl Watch for Silent {
    fn begin(&self, _: u64, _: usize) {}
    fn done(&self, _: u64) {}
}

fn write(folder: &Path, path: &str, text: &str) {
    let file = folder.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn tree(path: &str, kind: FileKind, source: &str) -> Tree {
    let sources = BTreeSet::from([source.to_owned()]);
    Tree { path: path.parse().unwrap(), kind, sources, needed_by: BTreeSet::new(), platforms: BTreeSet::new() }
}

/// A collection, bundled; with a workspace.
fn lab(trees: Vec<Tree>) -> (TempDir, Manifest) {
    let lab = tempfile::tempdir().unwrap();
    let collected = lab.path().join("collected");
    for tree in &trees {
        write(&collected, &format!("trees/{}/HEAD", tree.path), "ref: refs/heads/x\n");
    }
    write(&collected, "trees/vendor/VENDOR.bazel", "pin(\"@@r~~e~x\")\n");
    write(lab.path(), "ws/MODULE.bazel", "");
    let folder = Folder::new(&collected);
    let collection = Collection {
        collection_version: Version,
        bazel: "7.7.1".to_owned(),
        targets: BTreeSet::new(),
        platforms: BTreeSet::new(),
        registries: Vec::new(),
        items: Vec::new(),
        trees,
        chains: BTreeMap::new(),
    };
    folder.write(&collection).unwrap();
    let output = lab.path().join("bundle");
    let (manifest, _) = bundle(&folder, &output, None, Link::Copy, &Silent).unwrap();
    verify(&output, &|_| {}).unwrap();
    (lab, manifest)
}

fn options(lab: &TempDir, relative: bool) -> Options {
    Options {
        bundle: lab.path().join("bundle"),
        workspace: lab.path().join("ws"),
        fragment: PathBuf::from("airgap.bazelrc"),
        relative,
        layout: Layout::Cache,
        cargo_home: lab.path().join("cargo"),
        repository_cache: lab.path().join("made_cache"),
        version: BazelVersion::new(8, 4, 2),
    }
}

#[test]
fn all_that_is_written_is_taken_away() {
    let (lab, manifest) = lab(vec![
        tree("git/x.git", FileKind::Git, "https://h.example/x"),
        tree("replay", FileKind::Replay, "https://h.example/list"),
        tree("vendor/r~~e~x", FileKind::Vendored, "https://h.example/y"),
    ]);
    let checked = check(&options(&lab, true), &manifest).unwrap();
    let workspace = fs::canonicalize(lab.path().join("ws")).unwrap();
    let top = workspace.parent().unwrap().display().to_string();
    assert!(fs::read_dir(&workspace).unwrap().count() == 1, "--check writes nothing");
    for line in [
        "common --override_repository=r~~e~x=../bundle/vendor/r~~e~x\n".to_owned(),
        format!("common --repo_env=GIT_CONFIG_GLOBAL={top}/ws/airgap.gitconfig\n"),
        "common:airgap-serve --norepository_disable_download\ncommon:airgap-serve --downloader_config=airgap-serve.cfg\n"
            .to_owned(),
    ] {
        assert!(checked.text.contains(&line), "{line}\n{}", checked.text);
    }
    let (path, text) = checked.git_config.clone().unwrap();
    assert!(text.contains(&format!("[url \"file://{top}/bundle/git/x.git\"]\n\tinsteadOf = \"https://h.example/x\"")));
    assert_eq!(install(&options(&lab, true), &manifest).unwrap(), checked);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    // A changed file is not taken away: it may hold what someone needs.
    fs::write(&path, format!("{text}[user]\n")).unwrap();
    let error = undo(&workspace, Path::new("airgap.bazelrc")).unwrap_err().to_string();
    assert!(error.contains("airgap.gitconfig was changed since"), "{error}");
    fs::write(&path, text).unwrap();
    assert!(undo(&workspace, Path::new("airgap.bazelrc")).unwrap());
    assert!(fs::read_dir(&workspace).unwrap().count() == 1, "MODULE.bazel alone is left");
}

#[test]
fn a_bundle_without_mirrors_takes_the_earlier_configuration_away() {
    let (lab, with) = lab(vec![tree("git/x.git", FileKind::Git, "https://h.example/x")]);
    install(&options(&lab, false), &with).unwrap();
    assert!(lab.path().join("ws/airgap.gitconfig").exists());
    let without = Manifest { files: BTreeMap::new(), ..with };
    let installed = install(&options(&lab, false), &without).unwrap();
    assert!(!installed.text.contains("GIT_CONFIG") && !installed.text.contains("airgap-serve"), "{}", installed.text);
    assert!(!lab.path().join("ws/airgap.gitconfig").exists());
}
