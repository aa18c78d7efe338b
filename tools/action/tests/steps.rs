//! The steps, what they answer when they cannot be carried out, and the parts of a plan together.
#![allow(missing_docs)]

mod common;

use std::fs;

use common::archives::{compressed, Tar, Zip};
use common::{extract, golden, response_file, says, Case};
use lazytools_lock::EntryKind;
use serde_json::json;

fn package() -> Vec<u8> {
    let tar = Tar::new()
        .file("package/bin/tool.js", 0o755, b"tool")
        .file("package/lib/a.h", 0o644, b"a")
        .file("package/lib/b.h", 0o644, b"b")
        .file("package/README.md", 0o644, b"readme")
        .done();
    compressed(&tar, "gz")
}

fn paths(more: serde_json::Value) -> Vec<String> {
    extract("tar.gz", &package(), more).paths()
}

#[test]
fn include_exclude_and_pick() {
    assert_eq!(paths(json!({"strip": 1, "include": ["lib/*"], "exclude": ["**/b.h"]})), ["lib", "lib/a.h"]);
    assert_eq!(paths(json!({"strip": 2})), ["a.h", "b.h", "tool.js"]);
    let pick = json!({"stripPrefix": "package/", "to": "v1", "pick": {"bin/tool.js": "yarn.js", "lib/a.h": "h/a"}});
    assert_eq!(paths(pick), ["v1", "v1/h", "v1/h/a", "v1/yarn.js"]);
}

#[test]
fn a_star_does_not_cross_a_slash() {
    let message = extract("tar.gz", &package(), json!({"include": ["*.h"]})).error("LT412");
    says(&message, &["include glob \"*.h\" matches no member", "step 1 of any (extract a)"]);
    let nothing = extract("tar.gz", &package(), json!({"strip": 7})).error("LT412");
    says(&nothing, &["no member of the archive is left", "strip = 7"]);
    let glob = extract("tar.gz", &package(), json!({"include": ["a["]})).error("LT413");
    says(&glob, &["the glob \"a[\" is not one"]);
}

#[test]
fn a_picked_member_that_is_missing() {
    let message = extract("tar.gz", &package(), json!({"strip": 1, "pick": {"bin/tool.mjs": "x"}})).error("LT411");
    says(&message, &["has no member \"bin/tool.mjs\"", "near it: \"bin/tool.js\""]);
    let folder = extract("tar", &Tar::new().folder("bin").done(), json!({"pick": {"bin": "x"}})).error("LT407");
    says(&folder, &["member \"bin\" is a folder, of which pick takes nothing"]);
}

#[test]
fn texts_with_digests() {
    let digest = |member: Option<&str>, algorithm: &str, encoding: &str| {
        let mut digest = json!({"artifact": "a", "algorithm": algorithm, "encoding": encoding});
        if let Some(member) = member {
            digest["member"] = member.into();
        }
        digest
    };
    let case = Case::new()
        .artifact("a", &package())
        .artifact("plain", b"")
        .step(json!({"write": {"to": "m", "text": ["md5 ", digest(Some("package/bin/tool.js"), "md5", "hex"), "\n"]}}))
        .step(json!({"write": {"to": "w", "mode": "0755", "text": [digest(None, "sha256", "hex")]}}))
        .step(json!({"write": {"to": "s", "text": [digest(None, "sha512", "base64")]}}))
        .step(json!({"write": {"to": "e"}}))
        .step(json!({"write": {"to": "p", "text": [{"artifact": "plain", "algorithm": "sha1", "encoding": "hex"}]}}));
    case.list();
    assert_eq!(case.file("m"), b"md5 39ab32c5aeb56c9f5ae17f073ce31023\n".to_vec());
    assert_eq!(case.file("w"), lazytools_lock::Algorithm::Sha256.digest(&package()).hex().into_bytes());
    assert_eq!(case.file("s"), lazytools_lock::Algorithm::Sha512.digest(&package()).base64().into_bytes());
    assert_eq!(case.file("e"), b"");
    assert_eq!(case.file("p"), b"da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

#[test]
fn a_digest_of_a_member_that_is_missing() {
    let text = |member: &str| json!([{"artifact": "a", "member": member, "algorithm": "md5", "encoding": "hex"}]);
    let case = |bytes: &[u8], member: &str| {
        Case::new().artifact("a", bytes).step(json!({"write": {"to": "x", "text": text(member)}}))
    };
    says(&case(&package(), "package/tool.js").error("LT411"), &["step 1 of any (write x)", "\"package/bin/tool.js\""]);
    says(&case(b"text", "x").error("LT413"), &["artifact any/a, which is no archive but something else"]);
    says(&case(&Zip::new().folder("d/").done(), "d").error("LT407"), &["not a file, and so has no digest"]);
    case(&Zip::new().file("f", 0o644, b"f").done(), "f").list();
}

#[test]
fn place_links_and_folders() {
    let case = Case::new()
        .artifact("a", b"binary")
        .step(json!({"place": {"artifact": "a", "to": "v3/fetched", "mode": "0755"}}))
        .step(json!({"place": {"artifact": "a", "to": "plain"}}))
        .step(json!({"symlink": {"to": "v/latest", "target": "../v3"}}))
        .step(json!({"symlink": {"to": "binary", "target": "v/latest/fetched"}}))
        .step(json!({"directory": {"to": "empty/inner"}}))
        .step(json!({"directory": {"to": "v3"}}))
        .check("v/latest/fetched");
    let expected = ["empty", "empty/inner", "fetched", "../v3", "plain", "v", "v3", "v3/fetched"];
    let mut paths = case.paths();
    paths.sort();
    assert_eq!(paths.len(), expected.len());
    let manifest = case.manifest();
    let kinds: Vec<_> = manifest.entries.iter().map(|(path, entry)| (path.as_str(), &entry.kind)).collect();
    assert_eq!(
        kinds.iter().map(|(path, _)| *path).collect::<Vec<_>>(),
        ["binary", "empty/inner", "plain", "v/latest", "v3/fetched"]
    );
    assert_eq!(*kinds[1].1, EntryKind::Directory);
    assert_eq!(*kinds[3].1, EntryKind::Symlink { target: "../v3".to_owned() });
    let integrity = Some(lazytools_lock::Algorithm::Sha256.digest(b"binary"));
    assert_eq!(*kinds[4].1, EntryKind::File { mode: lazytools_lock::FileMode::EXECUTABLE, size: 6, integrity });
}

#[test]
fn the_manifest_of_an_archive_has_sizes_and_no_digests() {
    let case = extract("tar.gz", &package(), json!({"strip": 1, "include": ["bin/*"]}));
    case.list();
    let entry = case.manifest().entries.into_values().next().unwrap();
    let mode = lazytools_lock::FileMode::EXECUTABLE;
    assert_eq!(entry.kind, EntryKind::File { mode, size: 4, integrity: None });
}

#[test]
fn a_path_that_must_be_there() {
    let case =
        Case::new().artifact("a", b"x").step(json!({"place": {"artifact": "a", "to": "bin/node"}})).check("bin/nod");
    says(&case.error("LT414"), &["bin/nod must be in the folder and is not", "near it: \"bin/node\""]);
}

#[test]
fn repacked_archives() {
    let members = json!({"package/lib/b.h": "b", "package/bin/tool.js": "a/tool"});
    let step = json!({"repack": {"artifact": "a", "format": "tar.gz", "to": "x.tar.gz", "members": members}});
    let case = Case::new().artifact("a", &package()).step(step);
    let list = case.list();
    assert_eq!(list, golden("repack"));
    let bytes = case.file("x.tar.gz");
    assert_eq!(case.manifest().entries.values().next().and_then(|entry| size(&entry.kind)), Some(bytes.len() as u64));
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()));
    let entries = archive.entries().unwrap().map(|entry| {
        let entry = entry.unwrap();
        let header = entry.header();
        assert_eq!((header.mtime().unwrap(), header.uid().unwrap(), header.gid().unwrap()), (0, 0, 0));
        (entry.path().unwrap().to_str().unwrap().to_owned(), header.mode().unwrap(), header.size().unwrap())
    });
    assert_eq!(entries.collect::<Vec<_>>(), [("a/tool".to_owned(), 0o755, 4), ("b".to_owned(), 0o644, 1)]);
    let again = extract("tar.gz", &bytes, json!({}));
    assert_eq!(again.paths(), ["a", "a/tool", "b"]);
}

fn size(kind: &EntryKind) -> Option<u64> {
    match kind {
        EntryKind::File { size, .. } => Some(*size),
        _ => None,
    }
}

#[test]
fn repacking_what_is_not_there() {
    let case = |member: &str, bytes: &[u8]| {
        let step = json!({"artifact": "a", "format": "tar", "to": "x.tar.gz", "members": {member: "b"}});
        Case::new().artifact("a", bytes).step(json!({"repack": step}))
    };
    let tar = Tar::new().file("dir/file", 0o644, b"x").symlink("link", "dir").done();
    says(&case("dir/fiel", &tar).error("LT411"), &["has no member \"dir/fiel\" (near it: \"dir/file\")"]);
    says(&case("link", &tar).error("LT407"), &["only files are repacked"]);
    let long = "n/".repeat(90) + "x";
    let case = case(&long, &Tar::new().file(&long, 0o600, b"x").done());
    case.list();
}

#[test]
fn parts_that_agree_are_one() {
    let step = json!({"place": {"artifact": "a", "to": "a"}});
    let same = Case::new().part("host", "linux_x86_64").artifact("a", b"a").step(step.clone());
    let same = same.part("target", "linux_x86_64").artifact("a", b"a").step(step.clone());
    assert_eq!(same.paths(), ["a"]);
    let other = Case::new().part("host", "linux_x86_64").artifact("a", b"a").step(step.clone());
    let other = other.part("target", "linux_aarch64").artifact("a", b"b").step(step);
    let message = other.error("LT409");
    says(
        &message,
        &[
            "step 1 of target/linux_aarch64 (place a at a)",
            "collides with a of step 1 of host/linux_x86_64 (place a at a)",
        ],
    );
    let twice = Case::new().part("host", "linux_x86_64").part("host", "linux_aarch64").error("LT413");
    says(&twice, &["two parts for host"]);
}

#[test]
fn artifacts_on_the_command_line() {
    let place = json!({"place": {"artifact": "a", "to": "a"}});
    let case = Case::new().artifact("a", b"a").step(place.clone());
    let missing = case.path("any-a");
    fs::remove_file(&missing).unwrap();
    says(&case.error("LT401"), &["artifact any/a cannot be read at", "hand over the file that was fetched"]);
    let unknown = Case::new().artifact("a", b"a").arg("--artifact").arg("host/b=b").step(place.clone());
    says(&unknown.error("LT401"), &["--artifact host/b: the plan has no such artifact; it has any/a"]);
    let size = Case::new().artifact("a", b"abc").with("a", "size", json!(4)).step(place.clone());
    says(&size.error("LT402"), &["artifact any/a has 3 bytes where the plan has 4", "update_pins"]);
    let wrong = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let digest = Case::new().artifact("a", b"abc").with("a", "integrity", json!(wrong)).step(place).arg("--verify");
    says(&digest.error("LT402"), &["has the digest sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", wrong]);
}

#[test]
fn a_file_of_the_workspace_that_changed_since_it_was_pinned() {
    let place = json!({"place": {"artifact": "zip", "to": "a"}});
    let case = |bytes: &[u8]| {
        let case = Case::new().artifact("zip", b"abc").with("zip", "file", json!("//electron:electron.zip"));
        fs::write(case.path("any-zip"), bytes).unwrap();
        case.step(place.clone())
    };
    assert_eq!(case(b"abc").paths(), ["a"]);
    let words = [
        "tool demo: artifact any/zip is the file //electron:electron.zip of the workspace, and it has changed since it was \
         pinned (its digest is sha256-",
        "run `bazel run //tools:update_pins`, or restore the file (LT402)",
    ];
    says(&case(b"abd").error("LT402"), &words);
    let size = "(it has 4 bytes, and the lock has 3)";
    says(
        &case(b"abcd").error("LT402"),
        &["is the file //electron:electron.zip", size, "bazel run //tools:update_pins"],
    );
    // Also with what Bazel has downloaded, which is not looked at.
    let wrong = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let both = case(b"abd").artifact("b", b"b").with("b", "integrity", json!(wrong));
    says(&both.error("LT402"), &["artifact any/zip is the file"]);
}

#[test]
fn artifacts_that_are_not_handed_over() {
    let case = Case::new().artifact("a", b"a");
    case.write_plan();
    let args = [("--plan", "plan.json"), ("--out", "out"), ("--manifest", "manifest.json")];
    let mut command = common::helper();
    command.arg("assemble");
    for (name, file) in args {
        command.arg(name).arg(case.path(file));
    }
    let message = String::from_utf8(command.output().unwrap().stderr).unwrap();
    says(&message, &["artifact any/a was not handed over: add --artifact any/a=FILE (LT401)"]);
    for (text, words) in [("any/a", "write it as ROLE/ID=FILE"), ("build/a=x", "is not any/ID, host/ID or target/ID")] {
        let output = case.command().arg("--artifact").arg(text).output().unwrap();
        says(&String::from_utf8(output.stderr).unwrap(), &[words, "(LT401)"]);
    }
    let twice = case.command().arg("--artifact").arg("any/a=x").output().unwrap();
    says(&String::from_utf8(twice.stderr).unwrap(), &["--artifact any/a is there twice", "(LT401)"]);
}

#[test]
fn plans_that_are_none() {
    let case = Case::new();
    for (text, words) in [
        ("<html>", "plan.json is no plan (expected value at line 1 column 1)"),
        (r#"{"planVersion": 2, "tool": "t", "parts": [], "new": 1}"#, "version 2 where this helper knows 1"),
        (r#"{"planVersion": 2, "tool": "t", "parts": []}"#, "version 2 where this helper knows 1"),
        (r#"{"planVersion": 1, "tool": "t"}"#, "missing field `parts`"),
    ] {
        case.write_plan();
        let mut command = case.command();
        fs::write(case.path("plan.json"), text).unwrap();
        let message = String::from_utf8(command.output().unwrap().stderr).unwrap();
        says(&message, &[words, "update_pins", "(LT413)"]);
    }
    let unknown = Case::new().step(json!({"place": {"artifact": "b", "to": "b"}})).error("LT413");
    says(&unknown, &["step 1 of any (place b at b) names artifact b, which its part does not have"]);
    let file = extract("gz", &compressed(b"x", "gz"), json!({})).error("LT413");
    says(&file, &["a gz file is extracted to a file, and the step has no `to`"]);
    let plain = extract("file", b"x", json!({"to": "x"})).error("LT413");
    says(&plain, &["a plain file is placed, not extracted"]);
}

#[test]
fn ten_thousand_artifacts_in_a_response_file() {
    let folder = tempfile::tempdir().unwrap();
    let one = folder.path().join("one");
    fs::write(&one, "1").unwrap();
    let integrity = lazytools_lock::Algorithm::Sha256.digest(b"1").to_string();
    let mut args = vec!["--plan".to_owned(), folder.path().join("plan.json").display().to_string()];
    let (mut artifacts, mut layout) = (serde_json::Map::new(), Vec::new());
    for number in 0..10_000 {
        let id = format!("a{number}");
        layout.push(json!({"place": {"artifact": id, "to": format!("{}/{id}", number % 100)}}));
        args.extend(["--artifact".to_owned(), format!("any/{id}={}", one.display())]);
        artifacts.insert(id, json!({"integrity": integrity, "size": 1}));
    }
    let part = json!({"role": "any", "artifacts": artifacts, "layout": layout});
    fs::write(folder.path().join("plan.json"), json!({"planVersion": 1, "tool": "t", "parts": [part]}).to_string())
        .unwrap();
    let out = folder.path().join("out");
    args.extend(["--out".to_owned(), out.display().to_string()]);
    args.extend(["--manifest".to_owned(), folder.path().join("manifest.json").display().to_string()]);
    let at = response_file(&folder.path().join("params"), &args);
    let output = common::helper().arg("assemble").arg(at).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(common::list(&out).lines().count(), 10_100);
}
