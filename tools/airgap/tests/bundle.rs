//! A collection is bundled, verified, damaged, and bundled again.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use lazytools_airgap::bundle::{bundle, Link, Watch, Written};
use lazytools_airgap::cache::IdMarker;
use lazytools_airgap::collection::{Collection, Folder, Item, Version};
use lazytools_airgap::digest::{Algorithm, Digest};
use lazytools_airgap::manifest::FileKind;
use lazytools_airgap::tree::Tree;
use lazytools_airgap::verify::verify;
use tempfile::TempDir;

struct Lab {
    folder: TempDir,
    items: Vec<Item>,
    trees: Vec<Tree>,
}

#[derive(Default)]
struct Silent {
    begun: Cell<(u64, usize)>,
    done: Cell<u64>,
}

impl Watch for Silent {
    fn begin(&self, bytes: u64, files: usize) {
        self.begun.set((bytes, files));
    }

    fn done(&self, bytes: u64) {
        self.done.set(self.done.get() + bytes);
    }
}

fn set<const N: usize>(texts: [&str; N]) -> BTreeSet<String> {
    texts.into_iter().map(str::to_owned).collect()
}

impl Lab {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("collected/registry_files")).unwrap();
        let mut lab = Self { folder, items: Vec::new(), trees: Vec::new() };
        lab.download(Algorithm::Sha256, b"an archive", "a");
        lab.download(Algorithm::Sha512, b"another", "b");
        let bytes = b"module()\n";
        let digest = Algorithm::Sha256.digest(bytes);
        fs::write(lab.collected().registry_file(&digest), bytes).unwrap();
        let registry = "http://R.example:80/reg".parse().unwrap();
        let path = "modules/m/1.0/MODULE.bazel".parse().unwrap();
        lab.items.push(Item::RegistryFile { registry, path, digest, size: bytes.len() as u64 });
        lab.items.push(Item::Git {
            needed_by: "@@g".to_owned(),
            commands: vec!["git fetch".to_owned()],
            covered: None,
        });
        lab
    }

    fn collected(&self) -> Folder {
        Folder::new(self.folder.path().join("collected"))
    }

    fn download(&mut self, algorithm: Algorithm, bytes: &[u8], name: &str) {
        let digest = algorithm.digest(bytes);
        let file = self.collected().cache().file(&digest);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
        let url = format!("https://h.example/{name}");
        self.items.push(Item::Checksummed {
            size: bytes.len() as u64,
            ids: BTreeSet::from([IdMarker::of(algorithm, &url)]),
            digest,
            urls: BTreeSet::from([url]),
            needed_by: BTreeSet::from([format!("@@{name}")]),
            platforms: BTreeSet::new(),
        });
    }

    fn write(&self) {
        let collection = Collection {
            collection_version: Version,
            bazel: "7.7.1".to_owned(),
            targets: set(["//..."]),
            platforms: BTreeSet::new(),
            registries: vec!["http://R.example:80/reg".parse().unwrap(), "file:///srv/reg".parse().unwrap()],
            items: self.items.clone(),
            trees: self.trees.clone(),
            chains: BTreeMap::new(),
        };
        self.collected().write(&collection).unwrap();
    }

    fn out(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn bundle(&self, name: &str, since: Option<&Path>) -> Written {
        self.write();
        bundle(&self.collected(), &self.out(name), since, Link::Copy, &Silent::default()).unwrap().1
    }

    fn problems(&self, name: &str) -> String {
        verify(&self.out(name), &|_| {}).map_or_else(|error| error.to_string(), |_| String::new())
    }

    fn tree(&self, name: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let (top, mut files) = (self.out(name), BTreeMap::new());
        let mut open = vec![top.clone()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_dir() {
                    open.push(entry);
                } else {
                    files.insert(entry.strip_prefix(&top).unwrap().to_owned(), fs::read(&entry).unwrap());
                }
            }
        }
        files
    }
}

fn in_cache(digest: &Digest) -> String {
    format!("repository_cache/content_addressable/{}/{}", digest.algorithm().name(), digest.hex())
}

#[test]
fn a_bundle_is_the_same_each_time_and_verifies() {
    let lab = Lab::new();
    let written = lab.bundle("one", None);
    assert_eq!((written.files, written.kept), (4, 0), "two archives, and the registry's file in both places");
    assert_eq!(lab.problems("one"), "");
    lab.bundle("two", None);
    assert_eq!(lab.tree("one"), lab.tree("two"));
    let paths: Vec<_> = lab.tree("one").into_keys().map(|path| path.to_string_lossy().into_owned()).collect();
    let digest = Algorithm::Sha512.digest(b"another");
    assert!(paths.contains(&format!("{}/file", in_cache(&digest))));
    assert!(paths.contains(&format!(
        "{}/id-{}",
        in_cache(&digest),
        IdMarker::of(Algorithm::Sha512, "https://h.example/b")
    )));
    let mirrored = paths.iter().find(|path| path.ends_with("modules/m/1.0/MODULE.bazel")).unwrap();
    assert!(mirrored.starts_with("registries/r.example-80-reg-"), "{mirrored}");
    let manifest = fs::read_to_string(lab.out("one/manifest.json")).unwrap();
    assert!(manifest.contains("git fetch"), "what is not included is said");
}

#[test]
fn what_was_interrupted_goes_on() {
    let lab = Lab::new();
    lab.bundle("one", None);
    fs::remove_file(lab.out("one/manifest.json")).unwrap();
    fs::create_dir_all(lab.out("one/.partial")).unwrap();
    fs::write(lab.out("one/.partial/next"), "half").unwrap();
    let file = lab.out("one").join(in_cache(&Algorithm::Sha256.digest(b"an archive")));
    fs::remove_dir_all(file).unwrap();
    let written = lab.bundle("one", None);
    assert_eq!((written.files, written.kept), (1, 3));
    assert_eq!(lab.problems("one"), "");
}

#[test]
fn only_the_difference() {
    let mut lab = Lab::new();
    lab.bundle("one", None);
    let manifest = lab.out("one/manifest.json");
    lab.items.remove(0);
    lab.download(Algorithm::Sha256, b"a newer archive", "a");
    let written = lab.bundle("delta", Some(&manifest));
    assert_eq!((written.files, written.earlier), (1, 3));
    assert_eq!(lab.tree("delta").len(), 3, "the file, its marker, the manifest");
    assert_eq!(lab.problems("delta"), "");
    // Copied over the earlier one they make a whole, with what is not needed any more.
    for (path, bytes) in lab.tree("delta") {
        let target = lab.out("one").join(path);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::write(target, bytes).unwrap();
    }
    assert_eq!(lab.problems("one"), "");
    let another = in_cache(&Algorithm::Sha512.digest(b"another"));
    fs::rename(lab.out("one").join(&another), lab.out("aside")).unwrap();
    assert!(lab.problems("one").contains(&format!("{another}/file: is missing")), "a part of the earlier bundle");
    fs::rename(lab.out("aside"), lab.out("one").join(&another)).unwrap();
    let gone = in_cache(&Algorithm::Sha256.digest(b"an archive"));
    let text = fs::read_to_string(lab.out("delta/manifest.json")).unwrap();
    assert!(text.contains(&format!("\"{gone}/file\"")), "it is among the removed");

    // In the same folder as before, what is not needed goes.
    lab.items.pop();
    let before = lab.bundle("whole", None);
    lab.download(Algorithm::Sha256, b"a newest archive", "a");
    let index = lab
        .items
        .iter()
        .position(|item| matches!(item, Item::Checksummed { digest, .. } if digest.algorithm() == Algorithm::Sha512))
        .unwrap();
    lab.items.remove(index);
    let after = lab.bundle("whole", None);
    assert_eq!((before.removed, after.files, after.removed), (0, 1, 2), "the file and its marker");
    assert_eq!(lab.problems("whole"), "");
    assert!(!lab.out("whole/repository_cache/content_addressable/sha512").exists());
}

#[test]
fn each_damage_is_named() {
    let lab = Lab::new();
    lab.bundle("one", None);
    let sha512 = in_cache(&Algorithm::Sha512.digest(b"another"));
    let sha256 = in_cache(&Algorithm::Sha256.digest(b"an archive"));
    fs::write(lab.out("one").join(&sha512).join("file"), "anothex").unwrap();
    let id = IdMarker::of(Algorithm::Sha256, "https://h.example/a");
    fs::remove_file(lab.out("one").join(&sha256).join(format!("id-{id}"))).unwrap();
    fs::write(lab.out("one/extra"), "").unwrap();
    let module = in_cache(&Algorithm::Sha256.digest(b"module()\n"));
    fs::remove_file(lab.out("one").join(&module).join("file")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/passwd", lab.out("one/link")).unwrap();
    let problems = lab.problems("one");
    let lines: Vec<_> = problems.lines().collect();
    let has = |start: String, end: &str| {
        assert!(
            lines.iter().any(|line| line.trim().starts_with(&start) && line.ends_with(end)),
            "{start} … {end}\n{problems}"
        );
    };
    has(format!("{sha512}/file: is damaged: its digest is sha256:"), "it came from https://h.example/b");
    has(format!("{sha256}/id-{id}: is missing"), "Bazel does not find the one beside it");
    has("extra: is not in the manifest".to_owned(), "remove it");
    has(
        format!("{module}/file: is missing; it came from http://R.example:80/reg/modules"),
        "module resolution needs it",
    );
    #[cfg(unix)]
    has("link: is neither a file nor a folder".to_owned(), "lists no link there");
    assert!(problems.ends_with("(LT710)"), "{problems}");
}

#[test]
fn a_damaged_collection_gives_no_bundle() {
    let lab = Lab::new();
    lab.write();
    let file = lab.collected().cache().file(&Algorithm::Sha256.digest(b"an archive"));
    fs::write(&file, "an archivE").unwrap();
    for link in [Link::Copy, Link::Hard] {
        let error = bundle(&lab.collected(), &lab.out("one"), None, link, &Silent::default()).unwrap_err().to_string();
        assert!(error.contains("it is damaged") && error.ends_with("(LT709)"), "{error}");
        assert!(!lab.out("one/manifest.json").exists());
    }
    assert!(lab.problems("one").ends_with("(LT700)"), "without a manifest it is no bundle");
}

#[cfg(unix)]
#[test]
fn hard_links_share_the_bytes() {
    use std::os::unix::fs::MetadataExt as _;
    let lab = Lab::new();
    lab.write();
    let watch = Silent::default();
    let (_, written) = bundle(&lab.collected(), &lab.out("one"), None, Link::Hard, &watch).unwrap();
    assert_eq!(watch.begun.get(), (watch.done.get(), 4));
    assert_eq!(written.bytes, watch.done.get());
    let digest = Algorithm::Sha256.digest(b"an archive");
    let inode = |path: PathBuf| fs::metadata(path).unwrap().ino();
    assert_eq!(
        inode(lab.collected().cache().file(&digest)),
        inode(lab.out("one").join(in_cache(&digest)).join("file"))
    );
    assert_eq!(lab.problems("one"), "");
}

#[cfg(unix)]
#[test]
fn a_tree_keeps_its_programs_and_links() {
    use std::os::unix::fs::{symlink, PermissionsExt as _};
    let mut lab = Lab::new();
    let path: lazytools_lock::CachePath = "vendor/x".parse().unwrap();
    let tree = lab.collected().tree(&path);
    fs::create_dir_all(tree.join("bin")).unwrap();
    fs::write(tree.join("bin/run"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(tree.join("bin/run"), fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(tree.join("BUILD.bazel"), "").unwrap();
    symlink("bin/run", tree.join("start")).unwrap();
    fs::write(tree.parent().unwrap().join("VENDOR.bazel"), "pin(\"@@x\")\n").unwrap();
    lab.trees.push(Tree {
        path,
        kind: FileKind::Vendored,
        sources: BTreeSet::new(),
        needed_by: set(["@@x"]),
        platforms: BTreeSet::new(),
    });
    assert_eq!(lab.bundle("one", None).files, 8);
    assert_eq!(lab.problems("one"), "");
    let again = lab.bundle("one", None);
    assert_eq!((again.files, again.kept), (0, 8));
    let out = lab.out("one").join("vendor/x");
    assert_eq!(fs::metadata(out.join("start")).unwrap().permissions().mode() & 0o777, 0o755);
    assert_eq!(fs::metadata(out.join("BUILD.bazel")).unwrap().permissions().mode() & 0o777, 0o644);

    fs::set_permissions(out.join("bin/run"), fs::Permissions::from_mode(0o644)).unwrap();
    fs::remove_file(out.join("start")).unwrap();
    symlink("/bin/sh", out.join("start")).unwrap();
    let problems = lab.problems("one");
    assert!(problems.contains("vendor/x/bin/run: has to be executable"), "{problems}");
    assert!(problems.contains("vendor/x/start: has to be a link to bin/run"), "{problems}");
    assert_eq!(lab.bundle("one", None).files, 2, "what is different is written anew");
    assert_eq!(lab.problems("one"), "");

    // A change of the same length is seen, and alone in the difference.
    let manifest = lab.out("one").join("manifest.json");
    fs::write(tree.join("bin/run"), "#!/bin/zh\n").unwrap();
    assert_eq!(lab.bundle("delta", Some(&manifest)).files, 1);
    assert_eq!(lab.bundle("one", None).files, 1);
    assert_eq!(lab.problems("one"), "");

    symlink("../../../outside", tree.join("bin/out")).unwrap();
    lab.write();
    let error = bundle(&lab.collected(), &lab.out("one"), None, Link::Copy, &Silent::default()).unwrap_err();
    assert!(error.to_string().contains("it links to \"../../../outside\""), "{error}");
}
