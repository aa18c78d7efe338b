//! What a report says of a manifest and of a collection, and what its page never does.

use std::fs;
use std::path::Path;

use lazytools_airgap::digest::Algorithm;
use lazytools_airgap::report::{page, read, Filter, Report};
use serde_json::{json, Value};

/// A manifest with files of (name, size, who needs it, platforms).
fn manifest(files: &[(&str, u64, &[&str], &[&str])]) -> Value {
    let entry = |(name, size, needed_by, platforms): &(&str, u64, &[&str], &[&str])| {
        let digest = Algorithm::Sha256.digest(name.as_bytes());
        let entry = json!({
            "sha256": digest, "size": size, "kind": "download", "neededBy": needed_by, "platforms": platforms,
            "sources": [format!("https://mirror.example/x/{name}")],
        });
        (format!("repository_cache/content_addressable/sha256/{}/file", digest.hex()), entry)
    };
    let files: serde_json::Map<String, Value> = files.iter().map(entry).collect();
    json!({
        "manifestVersion": 1, "bazel": "7.7.1", "targets": ["//:app"], "registries": [], "files": files,
        "platforms": ["//p:linux_x86_64", "//p:macos_arm64"],
        "chains": {"@@one": ["//:app", "@@one//:lib"]},
        "notIncluded": [{"class": "git", "neededBy": "@@git", "commands": ["git fetch"]}],
    })
}

fn report(manifest: &Value) -> Report {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), manifest);
    read(folder.path()).unwrap()
}

fn write(folder: &Path, manifest: &Value) {
    fs::write(folder.join("manifest.json"), manifest.to_string()).unwrap();
}

const LINUX: &str = "//p:linux_x86_64";
const MACOS: &str = "//p:macos_arm64";

fn example() -> Value {
    manifest(&[
        ("shared.tar", 100, &["@@one", "@@two"], &[LINUX, MACOS]),
        ("own.tar", 20, &["@@one"], &[LINUX, MACOS]),
        ("tool-linux-amd64", 7, &["@@tool_linux"], &[LINUX]),
        ("tool-darwin-arm64", 5, &["@@tool_macos"], &[MACOS]),
        ("tool-windows-x64", 3, &["@@tool_windows"], &[LINUX, MACOS]),
    ])
}

#[test]
fn each_file_counts_once() {
    let report = report(&example());
    assert_eq!((report.total.files, report.total.bytes), (5, 135));
    assert_eq!(report.kinds.len(), 1);
    assert_eq!(report.kinds[0].amount, report.total);
    let repositories: Vec<_> =
        report.repositories.iter().map(|one| (one.name.as_str(), one.amount.bytes, one.alone.bytes)).collect();
    let expected = [
        ("@@one", 120, 20),
        ("@@tool_linux", 7, 7),
        ("@@tool_macos", 5, 5),
        ("@@tool_windows", 3, 3),
        ("@@two", 100, 0),
    ];
    assert_eq!(repositories, expected);
    assert_eq!(report.repositories[0].chain, ["//:app", "@@one//:lib"]);
    assert!(report.repositories[1].chain.is_empty());
    assert_eq!(report.not_included[0].what, ["git fetch"]);
    assert_eq!(report.not_included[0].needed_by, ["@@git"]);
    let platforms: Vec<_> = report.by_platform().into_iter().map(|(name, amount)| (name, amount.bytes)).collect();
    let expected = [(LINUX, 7), (MACOS, 5), ("any platform", 120), ("windows_x86_64 (by name)", 3)]
        .map(|(name, bytes)| (name.to_owned(), bytes));
    assert_eq!(platforms, expected);
}

#[test]
fn what_a_platform_filter_saves() {
    let whole = report(&example());
    let needs: Vec<_> =
        whole.platform_needs.iter().map(|one| (one.platform.as_str(), one.needed.bytes, one.only.bytes)).collect();
    assert_eq!(needs, [(LINUX, 130, 7), (MACOS, 128, 5)]);
    let named: Vec<_> =
        whole.named_for.iter().map(|one| (one.platform.to_string(), one.amount.bytes, one.other)).collect();
    let named: Vec<_> = named.iter().map(|(name, bytes, other)| (name.as_str(), *bytes, *other)).collect();
    assert_eq!(named, [("linux_x86_64", 7, false), ("macos_aarch64", 5, false), ("windows_x86_64", 3, true)]);

    let keep = |platforms: &[&str]| {
        let platforms: Vec<_> = platforms.iter().map(|platform| (*platform).to_owned()).collect();
        let filter = Filter::new(&platforms, &whole).unwrap();
        let report = whole.clone().keep(&filter);
        let left_out = report.left_out.unwrap();
        assert_eq!(left_out.amount.bytes + report.total.bytes, 135);
        (report.total.bytes, left_out.amount.files)
    };
    assert_eq!(keep(&[LINUX]), (130, 1));
    assert_eq!(keep(&[LINUX, MACOS]), (135, 0));
    assert_eq!(keep(&["linux"]), (127, 2));
    assert_eq!(keep(&["linux", "darwin-arm64"]), (132, 1));
    assert_eq!(keep(&[MACOS, "macos_aarch64"]), (125, 2));
    let wrong = Filter::new(&["//p:other".to_owned()], &whole).unwrap_err().to_string();
    assert!(
        wrong.contains("--platform //p:other is none of this bundle's platforms, which are: //p:linux_x86_64"),
        "{wrong}"
    );
    assert!(wrong.ends_with("(LT721)"), "{wrong}");
}

#[test]
fn a_collection_is_reported_as_it_would_be_bundled() {
    let folder = tempfile::tempdir().unwrap();
    let digest = Algorithm::Sha512.digest(b"x");
    let collection = json!({
        "collectionVersion": 1, "bazel": "7.7.1", "targets": ["//..."], "platforms": [], "registries": ["https://r.example"],
        "chains": {"@@x": ["//:a", "@@x//:b"]},
        "items": [
            {"class": "checksummed", "digest": digest, "size": 9, "ids": [], "urls": ["https://mirror.example/serde/1.0.2/download?t"],
             "neededBy": ["@@x"], "platforms": []},
            {"class": "registryFile", "registry": "https://r.example", "path": "modules/m/1/MODULE.bazel",
             "digest": Algorithm::Sha256.digest(b"m"), "size": 4},
            {"class": "host", "what": "the program cc", "neededBy": ["@@y"]}],
        "trees": [{"path": "vendor/v", "kind": "vendored", "neededBy": ["@@v"]}],
    });
    fs::write(folder.path().join("collection.json"), collection.to_string()).unwrap();
    fs::create_dir_all(folder.path().join("trees/vendor/v")).unwrap();
    fs::write(folder.path().join("trees/vendor/v/file"), "12345").unwrap();
    let report = read(folder.path()).unwrap();
    // A registry's file is in the mirror and in the repository cache.
    assert_eq!((report.total.files, report.total.bytes), (4, 22));
    let names: Vec<_> = report.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["m/1/MODULE.bazel", "m/1/MODULE.bazel", "serde/1.0.2/download", "file"]);
    assert_eq!(report.not_included[0].what, ["the program cc"]);
    let same = read(&folder.path().join("collection.json")).unwrap();
    assert_eq!(serde_json::to_string(&same).unwrap(), serde_json::to_string(&report).unwrap());
}

#[test]
fn what_is_neither_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error = read(folder.path()).unwrap_err().to_string();
    assert!(error.contains("is neither a bundle nor a collection"), "{error}");
    assert!(error.ends_with("(LT720)"), "{error}");
    let error = read(&folder.path().join("gone.json")).unwrap_err().to_string();
    assert!(error.ends_with("(LT700)"), "{error}");
    fs::write(folder.path().join("manifest.json"), "{}").unwrap();
    let error = read(folder.path()).unwrap_err().to_string();
    assert!(error.ends_with("(LT701)"), "{error}");
}

#[test]
fn a_page_holds_what_it_needs_and_takes_no_name_for_markup() {
    let hostile = "</script><script>alert(1)</script><!-- \u{2028}%SCRIPT%";
    let manifest = manifest(&[("a", 1, &[hostile], &[])]);
    let text = page(&report(&manifest));
    assert_eq!(text, page(&report(&manifest)), "the same bytes each time");
    let page = text;
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script>").count(), 2);
    assert!(!page.contains("<!--") && !page.contains('\u{2028}') && !page.contains("alert(1)<"));
    assert!(page.contains(r"\u003c/script\u003e\u003cscript\u003ealert(1)"));
    for marker in ["%POLICY%", "%STYLE%", "%DATA%"] {
        assert!(!page.contains(marker), "{marker}");
    }
    assert!(page.contains("content=\"default-src 'none'; script-src 'sha256-"));
    assert!(!page.contains("unsafe"));
    for outside in [" src=", "@import", "url(", " href=\"http"] {
        assert!(!page.contains(outside), "{outside}");
    }
    let data = page.split("id=\"data\">").nth(1).unwrap().split("</script>").next().unwrap();
    let data: Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["repositories"][0]["name"], hostile);
}
