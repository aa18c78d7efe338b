//! `lazytools airgap bundle`, `verify` and `install` as a person starts them: full disks, kills, keys, packed bundles.

#![cfg(unix)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use lazytools_airgap::digest::Algorithm;
use serde_json::json;
use tempfile::TempDir;

struct Lab(TempDir);

impl Lab {
    /// A collection of so many files of so many bytes, and a workspace.
    fn new(files: usize, size: usize) -> Self {
        let lab = Self(tempfile::tempdir().unwrap());
        let mut items = Vec::new();
        for number in 0..files {
            // Nothing that could be compressed.
            let mut seed = number as u64 + 1;
            let mut byte = || {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (seed >> 56) as u8
            };
            let bytes: Vec<u8> = (0..size).map(|_| byte()).collect();
            let digest = Algorithm::Sha256.digest(&bytes);
            let folder = lab.path("collected/repository_cache/content_addressable/sha256").join(digest.hex());
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("file"), bytes).unwrap();
            let id = Algorithm::Sha256.digest(format!("id {number}").as_bytes()).hex();
            items.push(json!({"class": "checksummed", "digest": digest, "size": size, "ids": [id],
                "urls": [format!("https://h.example/{number}.tar.gz")], "neededBy": ["@@x"], "platforms": []}));
        }
        let collection = json!({"collectionVersion": 1, "bazel": "8.4.2", "targets": ["//..."], "platforms": [],
            "registries": [], "items": items, "trees": [], "chains": {}});
        fs::write(lab.path("collected/collection.json"), collection.to_string()).unwrap();
        fs::create_dir(lab.path("ws")).unwrap();
        fs::write(lab.path("ws/MODULE.bazel"), "").unwrap();
        lab
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.arg("airgap").args(arguments);
        self.environment(&mut command);
        command
    }

    fn environment(&self, command: &mut Command) {
        command.current_dir(self.0.path()).env("HOME", self.0.path()).stdin(Stdio::null());
        for name in ["BUILD_WORKSPACE_DIRECTORY", "BUILD_WORKING_DIRECTORY", "BAZELISK_HOME", "XDG_CACHE_HOME"] {
            command.env_remove(name);
        }
    }

    fn run(&self, arguments: &[&str]) -> (bool, String) {
        said(&mut self.command(arguments))
    }

    fn succeeds(&self, arguments: &[&str]) -> String {
        let (success, text) = self.run(arguments);
        assert!(success, "{arguments:?}\n{text}");
        text
    }

    fn fails(&self, arguments: &[&str], parts: &[&str]) -> String {
        let (success, text) = self.run(arguments);
        assert!(!success, "{arguments:?}\n{text}");
        has(&text, parts);
        text
    }

    /// A script in which `m` is a small file system of its own, of so many KiB.
    fn on_small_disk(&self, kib: usize, script: &str) -> String {
        fs::create_dir(self.path("m")).unwrap();
        let mut command = Command::new("unshare");
        if !nix::unistd::geteuid().is_root() {
            command.arg("--map-root-user");
        }
        let program = program();
        let script = format!(
            "set -eu; lazytools() {{ {} airgap \"$@\"; }}; mount -t tmpfs -o size={kib}k none m; {script}",
            program.display()
        );
        command.args(["--mount", "sh", "-c", &script]);
        self.environment(&mut command);
        let (success, text) = said(&mut command);
        assert!(success, "{text}");
        text
    }
}

fn program() -> PathBuf {
    let built = option_env!("CARGO_BIN_EXE_lazytools").map(PathBuf::from);
    let program = std::env::var_os("LAZYTOOLS").map(PathBuf::from).or(built);
    fs::canonicalize(program.expect("LAZYTOOLS names the program")).unwrap()
}

fn said(command: &mut Command) -> (bool, String) {
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

/// Files by their paths: inode, time and bytes, which tell one writing of them from another.
type Files = BTreeMap<PathBuf, (u64, i64, Vec<u8>)>;

/// All files below a folder.
fn files(top: &Path) -> Files {
    let (mut found, mut open) = (BTreeMap::new(), vec![top.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
            let meta = fs::symlink_metadata(&entry).unwrap();
            if meta.is_dir() {
                open.push(entry);
            } else {
                let bytes = fs::read(&entry).unwrap();
                found.insert(entry.strip_prefix(top).unwrap().to_owned(), (meta.ino(), meta.mtime_nsec(), bytes));
            }
        }
    }
    found
}

/// Fails where one has other files than the other, or other bytes in one of them; it names them.
fn same(one: &Files, other: &Files) {
    let paths: BTreeSet<&PathBuf> = one.keys().chain(other.keys()).collect();
    let same = |path: &PathBuf| one.get(path).map(|file| &file.2) == other.get(path).map(|file| &file.2);
    let different = paths.into_iter().filter(|path| !same(path));
    assert_eq!(different.collect::<Vec<_>>(), Vec::<&PathBuf>::new());
}

/// The key of tools/airgap/tests/data/minisign, where it is said how it was made. Its password is `open sesame`.
const SECRET: &str = "RWRTY0IyAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8AgAAAAAAAAAAAIAAAAAAAEP5PwvXu8Mwg49bpI/Weu8UoNNNYenD0Zczqzw3M+HfHflcPsx2VwMT8Y5gKuwc7iHSjpf2vpT/ZKiCLPTzztpsRpf+8zV1D1PNKAFw4f5czUdN0N1u2SWONIy2JeSgMXUpLQoLU990=";
const PUBLIC: &str = "RWRiDVEeZdemCn5eMPT1O764I7qvtAoFZyWXMcrGuOk8/c5MqnHXfv6M";

const BUNDLE: [&str; 5] = ["bundle", "collected", "--no-lazytools", "-o", "one"];

#[test]
fn killed_at_any_moment_it_goes_on_where_it_was() {
    let lab = Lab::new(400, 20_000);
    lab.succeeds(&["bundle", "collected", "--no-lazytools", "-o", "reference"]);
    let mut seen = Files::new();
    let (mut midway, mut delay) = (0, 0);
    for round in 0..60u64 {
        let mut child = lab.command(&BUNDLE).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Anywhere in the time that a whole run takes.
        delay = (delay * 31 + round * 7919 + 3) % 120_000;
        std::thread::sleep(Duration::from_micros(delay));
        let _ = child.kill();
        child.wait().unwrap();
        let now = files(&lab.path("one/repository_cache"));
        for (path, was) in &seen {
            assert_eq!(now.get(path).map(|is| (is.0, is.1)), Some((was.0, was.1)), "{path:?} was written again");
        }
        midway += usize::from(now.len() > seen.len() && !lab.path("one/manifest.json").exists());
        seen = now;
        if lab.path("one/manifest.json").exists() {
            break;
        }
    }
    let text = lab.succeeds(&BUNDLE);
    assert!(midway >= 1, "no kill was in the middle of it\n{text}");
    let (reference, one) = (files(&lab.path("reference")), files(&lab.path("one")));
    same(&reference, &one);
    lab.succeeds(&["verify", "one"]);
}

#[test]
fn killed_while_it_writes_the_manifest_it_leaves_nothing_half_written() {
    let lab = Lab::new(20, 10);
    lab.succeeds(&["bundle", "collected", "--no-lazytools", "-o", "reference"]);
    lab.succeeds(&["bundle", "collected", "--no-lazytools", "-o", "packed.tar.zst"]);
    let install = ["install", "packed.tar.zst", "--to", "unpacked", "--workspace", "ws", "--bazel-version", "8.4.2"];
    for (arguments, folder) in [(&BUNDLE[..], "one"), (&install[..], "unpacked")] {
        // The kernel kills who makes a file longer than a block, and the manifest is the only one.
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -c 0; ulimit -f 1; exec \"$0\" airgap \"$@\""]).arg(program()).args(arguments);
        lab.environment(&mut command);
        let output = command.output().unwrap();
        assert_eq!(output.status.signal(), Some(nix::libc::SIGXFSZ), "{output:?}");
        assert!(lab.path(folder).join("repository_cache").exists() && !lab.path(folder).join("manifest.json").exists());
        lab.succeeds(arguments);
        same(&files(&lab.path("reference")), &files(&lab.path(folder)));
        lab.succeeds(&["verify", folder]);
    }
}

#[test]
fn a_full_disk_is_named_with_what_it_lacks_and_a_second_run_goes_on() {
    let lab = Lab::new(10, 300_000);
    let text = lab.on_small_disk(
        2048,
        "lazytools bundle collected --no-lazytools -o m/one 2>&1 && exit 1
         ! test -e m/one/manifest.json; ! test -e m/one/.partial; find m/one -name file | wc -l
         find m/one -name file -size -293k | wc -l
         mount -o remount,size=8192k m; lazytools bundle collected --no-lazytools -o m/one; lazytools verify m/one
         rm -r m/one; mount -o remount,size=2048k m
         lazytools bundle collected --no-lazytools -o m/one.tar.zst 2>&1 && exit 1; ls -A m; echo nothing left
         lazytools bundle collected --no-lazytools -o packed.tar.zst
         lazytools install packed.tar.zst --to m/unpacked --workspace ws --bazel-version 8.4.2 2>&1 && exit 1
         ! test -e m/unpacked/manifest.json; ! test -e ws/airgap.bazelrc
         mount -o remount,size=8192k m
         lazytools install packed.tar.zst --to m/unpacked --workspace ws --bazel-version 8.4.2; lazytools verify m/unpacked
         rm -r m/unpacked; mkdir m/ws; : >m/ws/MODULE.bazel
         dd if=/dev/zero of=m/fill bs=64k 2>/dev/null || true
         lazytools bundle collected --no-lazytools -o one
         lazytools install one --workspace m/ws --bazel-version 8.4.2 2>&1 && exit 1; ls -A m/ws; rm m/fill
         lazytools install one --workspace m/ws --bazel-version 8.4.2
         mount -o remount,ro m; lazytools bundle collected -o m/two 2>&1 && exit 1
         lazytools install one --workspace m/ws --check --bazel-version 8.4.2",
    );
    let missing = |line: &str| -> u64 {
        let (_, rest) = line.split_once("no room is left there, and ").unwrap_or_else(|| panic!("{line}\n{text}"));
        rest.split(' ').next().unwrap().parse().unwrap()
    };
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("(LT727)")).collect();
    assert_eq!(lines.len(), 3, "{text}");
    for (line, (says, again)) in lines.iter().zip([
        ("writing m/one/repository_cache/content_addressable/sha256/", "it goes on where it was"),
        ("writing m/one.tar.zst: ", "it begins anew"),
        (
            "writing m/unpacked/repository_cache/content_addressable/sha256/",
            "what is there already is not written again",
        ),
    ]) {
        has(line, &[says, "bytes more are needed. Make room and run the same command again: ", again]);
        // 3,000,000 bytes do not go into 2 MiB, and lack less than all of them.
        assert!((900_000..3_000_000).contains(&missing(line)), "{line}");
    }
    has(
        &text,
        &[
            "\n6\n0\n",
            "4 files written",
            "6 were there",
            "10 files, 2.86 MiB, all as the manifest says",
            "\nnothing left\n",
        ],
    );
    has(&text, &["/m/ws/airgap.bazelrc: No space left on device", "run the same command again (LT700)\n"]);
    let (_, after) =
        text.split_once("run the same command again (LT700)\nMODULE.bazel\n/").expect("nothing else is there");
    has(after, &["/m/ws/airgap.bazelrc: written for Bazel 8.4.2"]);
    has(&text, &["Read-only file system", "Name a folder that can be written to (LT700)", "airgap.bazelrc would be:"]);
}

#[test]
fn what_cannot_be_written_to_is_said() {
    let lab = Lab::new(1, 10);
    fs::write(lab.path("file"), "").unwrap();
    lab.fails(&["bundle", "collected", "-o", "file/one"], &["file", "(LT700)"]);
    lab.fails(&["bundle", "nowhere", "-o", "one"], &["reading nowhere/collection.json: No such file", "(LT700)"]);
    lab.fails(&["verify", "nowhere"], &["reading nowhere/manifest.json: No such file", "(LT700)"]);
    fs::write(lab.path("collected/collection.json"), "{").unwrap();
    lab.fails(
        &BUNDLE,
        &["the collection collected/collection.json: at", "Run `lazytools airgap collect` again", "(LT701)"],
    );
}

#[test]
fn bazel_has_to_be_one_that_is_known() {
    let lab = Lab::new(1, 10);
    lab.succeeds(&BUNDLE);
    for (version, says) in
        [("7.1.2", "Bazel 7.1.2 is older than 7.2.0"), ("10.0.0", "Bazel 10.0.0 is newer than this lazytools")]
    {
        let script = format!("#!/bin/sh\necho bazel {version}\n");
        fs::write(lab.path("bazel"), script).unwrap();
        fs::set_permissions(lab.path("bazel"), fs::Permissions::from_mode(0o755)).unwrap();
        lab.fails(&["install", "one", "--workspace", "ws", "--bazel", "./bazel"], &[says, "(LT705)"]);
        lab.fails(&["collect", "//...", "-o", "c2", "--workspace", "ws", "--bazel", "./bazel"], &[says, "(LT705)"]);
        assert!(!lab.path("ws/airgap.bazelrc").exists() && !lab.path("c2/collection.json").exists());
    }
    let lock = r#"{"lockFileVersion": 18, "registryFileHashes": {}}"#;
    fs::write(lab.path("ws/MODULE.bazel.lock"), lock).unwrap();
    has(&lab.succeeds(&["verify", "one", "--workspace", "ws"]), &["ws/MODULE.bazel.lock: of the same state"]);
    let other = ["verify", "one", "--workspace", "ws", "--bazel-version", "9.2.0"];
    lab.fails(&other, &["its lockFileVersion 18 is of another Bazel than 9.2.0", "(LT702)"]);
}

#[test]
fn signed_by_a_key_of_minisign() {
    let lab = Lab::new(2, 10);
    fs::write(lab.path("key"), format!("untrusted comment: minisign encrypted secret key\n{SECRET}\n")).unwrap();
    fs::write(lab.path("pub"), format!("untrusted comment: minisign public key\n{PUBLIC}\n")).unwrap();
    fs::write(lab.path("password"), "open sesame\n").unwrap();
    let sign = ["bundle", "collected", "--no-lazytools", "-o", "one", "--sign", "key"];
    let text = lab.fails(&sign, &["the key key: it is encrypted, and its password cannot be asked", "(LT730)"]);
    has(&text, &["name it with --password-file or --password-env where there is no terminal"]);
    let with = |more: &[&'static str]| [&sign[..], more].concat();
    lab.fails(&with(&["--password-env", "NOWHERE"]), &["its password is not in the variable NOWHERE", "(LT730)"]);
    lab.fails(&with(&["--password-file", "pub"]), &["Wrong password", "(LT730)"]);
    has(&lab.succeeds(&with(&["--password-file", "password"])), &["signed by the key 0AA6D7651E510D62"]);
    has(&lab.succeeds(&["verify", "one"]), &["it says that it is signed by the key 0AA6D7651E510D62: name the"]);
    let signed = ["verify", "one", "--public-key", "pub"];
    has(&lab.succeeds(&signed), &["all as the manifest says; signed by the key 0AA6D7651E510D62"]);
    lab.succeeds(&["bundle", "collected", "--no-lazytools", "-o", "unsigned"]);
    has(&lab.succeeds(&["verify", "unsigned"]), &["; not signed"]);
    let install = |bundle| ["install", bundle, "--public-key", "pub", "--workspace", "ws", "--bazel-version", "8.4.2"];
    lab.fails(&install("unsigned"), &["the bundle unsigned: it is not signed, and has to be by the key", "(LT729)"]);
    assert!(!lab.path("ws/airgap.bazelrc").exists());
    has(&lab.succeeds(&install("one")), &["one: signed by the key 0AA6D7651E510D62"]);
    lab.fails(&["verify", "one", "--public-key", "key"], &["it is no public key of minisign", "(LT730)"]);
    let (mut command, env) = (lab.command(&with(&["--password-env", "PASS", "-o", "two.tar.zst"])), "open sesame");
    let (_, text) = said(command.env("PASS", env));
    has(&text, &["the argument '--output"]);
    let packed = ["bundle", "collected", "-o", "two.tar.zst", "--sign", "key", "--password-env", "PASS"];
    let (success, text) = said(lab.command(&packed).env("PASS", env));
    assert!(success, "{text}");
    has(&lab.succeeds(&["verify", "two.tar.zst", "--public-key", "pub"]), &["signed by the key 0AA6D7651E510D62"]);
    // What is unpacked is signed as it was.
    let unpacked = ["install", "two.tar.zst", "--to", "two", "--workspace", "ws", "--bazel-version", "8.4.2"];
    lab.succeeds(&[&unpacked[..], &["--public-key", "pub"]].concat());
    lab.succeeds(&["verify", "two", "--public-key", "pub"]);
}

#[test]
fn lazytools_and_bazel_go_along() {
    let lab = Lab::new(1, 10);
    fs::write(lab.path("mybazel"), "#!/bin/sh\n").unwrap();
    let text = lab.succeeds(&["bundle", "collected", "-o", "one"]);
    has(
        &text,
        &[
            "2 files written",
            "Bazel itself is not in it: bazelisk has none of 8.4.2 here, and --bazel-binary names none",
        ],
    );
    let found = files(&lab.path("one/tools"));
    let (path, (_, _, bytes)) = found.iter().next().unwrap();
    assert!(path.ends_with("lazytools") && *bytes == fs::read(program()).unwrap(), "{path:?}");
    let taken = lab.path("one/tools").join(path);
    let output = Command::new(&taken).args(["airgap", "verify"]).arg(lab.path("one")).output().unwrap();
    assert!(output.status.success(), "the one in the bundle verifies it");

    let text = lab.succeeds(&["bundle", "collected", "-o", "one", "--no-lazytools", "--bazel-binary", "mybazel"]);
    has(&text, &["2 files written", "1 removed"]);
    assert!(!text.contains("Bazel itself is not in it"), "{text}");
    let arch = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    let noted = lab.path("one/bazelisk/downloads/metadata/bazelbuild").join(format!("bazel-8.4.2-linux-{arch}"));
    if cfg!(target_os = "linux") {
        let digest = fs::read_to_string(noted).unwrap();
        let binary = lab.path("one/bazelisk/downloads/sha256").join(digest).join("bin/bazel");
        assert_eq!(fs::metadata(binary).unwrap().permissions().mode() & 0o777, 0o755);
    }
    let install = ["install", "one", "--workspace", "ws", "--bazel-version", "8.4.2"];
    has(&lab.succeeds(&install), &["Bazel 8.4.2 is in it. Bazelisk takes it with BAZELISK_HOME=", "/one/bazelisk\n"]);
    // What bazelisk has downloaded is found there, and in BAZELISK_HOME as well.
    fs::create_dir_all(lab.path(".cache")).unwrap();
    fs::rename(lab.path("one/bazelisk"), lab.path(".cache/bazelisk")).unwrap();
    if cfg!(target_os = "linux") {
        has(&lab.succeeds(&["bundle", "collected", "-o", "two", "--no-lazytools"]), &["3 files written"]);
    }
    has(&lab.succeeds(&["bundle", "collected", "-o", "two", "--no-lazytools", "--no-bazel"]), &["0 files written"]);
}

#[test]
fn paths_are_from_where_the_person_is() {
    let lab = Lab::new(1, 10);
    fs::create_dir(lab.path("elsewhere")).unwrap();
    let mut command = lab.command(&BUNDLE);
    let (success, text) = said(command.current_dir(lab.path("elsewhere")).env("BUILD_WORKING_DIRECTORY", lab.0.path()));
    assert!(success && lab.path("one/manifest.json").exists(), "{text}");
    let mut command = lab.command(&["install", "one", "--bazel-version", "8.4.2"]);
    command.env("BUILD_WORKING_DIRECTORY", lab.0.path()).env("BUILD_WORKSPACE_DIRECTORY", lab.path("ws"));
    let (success, text) = said(command.current_dir(lab.path("elsewhere")));
    assert!(success && lab.path("ws/airgap.bazelrc").exists(), "{text}");
}

#[test]
fn a_packed_bundle_needs_a_place() {
    let lab = Lab::new(1, 10);
    lab.succeeds(&["bundle", "collected", "--no-lazytools", "-o", "one.tar.zst"]);
    let install =
        |more: &[&'static str]| [&["install", "--workspace", "ws", "--bazel-version", "8.4.2"], more].concat();
    lab.fails(&install(&["one.tar.zst"]), &["one.tar.zst: it is packed: say with --to DIR where", "(LT706)"]);
    has(&lab.succeeds(&install(&["one.tar.zst", "--to", "d", "--check"])), &["It would be unpacked to d"]);
    assert!(!lab.path("d").exists());
    has(&lab.succeeds(&install(&["one.tar.zst", "--to", "d"])), &["unpacked to d", "written for Bazel 8.4.2"]);
    has(&fs::read_to_string(lab.path("ws/airgap.bazelrc")).unwrap(), &["/.cache/lazytools/airgap/repository-cache-"]);
    lab.fails(&install(&["d", "--to", "e"]), &["d: it is no .tar.zst file", "(LT706)"]);
}
