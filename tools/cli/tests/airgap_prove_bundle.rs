//! What `lazytools airgap prove` says of what a bundle holds and lacks, with a stand-in for Bazel.

#![cfg(target_os = "linux")]

mod support;

use std::fs;

use lazytools_airgap::cache::IdMarker;
use lazytools_airgap::digest::{Algorithm, Digest};
use serde_json::json;
use support::prove::{can, has, Lab};
use support::rules_log::event;

#[test]
fn a_build_that_fails_for_another_reason() {
    if !can() {
        return;
    }
    let mut lab = Lab::new("exit 1");
    lab.bundle();
    lab.said = "\u{1b}[31mERROR: \u{1b}[0m/ws/BUILD:1:1: no such thing.\nERROR: Build did NOT complete\n".to_owned();
    // A compiler that is asked for its version downloads nothing.
    lab.log = event("repository @@cc", 3, &[(2, b"/usr/bin/gcc"), (2, b"-v")]);
    let (status, text, report) = lab.run(&[]);
    assert_eq!((status, report["outcome"].as_str()), (3, Some("fails")), "{text}");
    has(
        &text,
        &[
            "the build fails, and wants nothing from elsewhere: 0 packets, 0 connections opened, and no file is missing.",
            "something else is wrong with it: /ws/BUILD:1:1: no such thing. Mend that",
            "(LT715)\n",
        ],
    );
    lab.said = String::new();
    let (status, text, _) = lab.run(&[]);
    assert_eq!(status, 3);
    has(&text, &["something else is wrong with it: bazel build ended with status 1. Mend that"]);
    lab.stand_in("getent hosts h.example; exit 1");
    let (status, text, _) = lab.run(&[]);
    assert_eq!(status, 1);
    has(
        &text,
        &[
            "the build failed, and tried to reach something, which may be why:\n  the host h.example",
            "Bazel says: bazel build ended",
        ],
    );
}

#[test]
fn what_the_bundle_has_of_a_file() {
    if !can() {
        return;
    }
    let mut lab = Lab::new("exit 1");
    let (digest, path) = lab.bundle();
    let file = lab.path("bundle").join(&path);
    let download = |digest: &Digest| {
        let url = b"https://me:hush@h.example/a.tar".as_slice();
        event("repository @@a", 5, &[(1, url), (3, digest.hex().as_bytes())])
    };
    lab.log = download(&digest);
    lab.said = "ERROR: no such package '@@a//': Failed to download repository @@a: download is disabled.\n".to_owned();
    let fails = |lab: &Lab, parts: &[&str]| {
        let (status, text, report) = lab.run(&[]);
        assert_eq!((status, report["outcome"].as_str()), (1, Some("needs")), "{text}");
        has(&text, &["this build needs something from elsewhere:\n", "(LT714)\n"]);
        has(&text, parts);
        assert!(!text.contains("hush") && !report.to_string().contains("hush"), "{text}\n{report}");
        report
    };
    let whole = format!("{path} is in the bundle");
    fails(&lab, &["@@a wants https://h.example/a.tar:\n", &whole, "whole, and Bazel did not take it", "canonical_id"]);
    let id = file.with_file_name(format!("id-{}", IdMarker::of(Algorithm::Sha256, "https://h.example/a.tar")));
    fs::remove_file(&id).unwrap();
    fails(&lab, &["a marker id-… is missing", "airgap verify"]);
    fs::write(&file, "other").unwrap();
    fails(&lab, &[&path, "is damaged"]);
    fs::remove_file(&file).unwrap();
    let missing = format!("    {path} is missing from the bundle {}", lab.path("bundle").display());
    let report = fails(
        &lab,
        &[&missing, "; by the manifest it came from https://h.example/a.tar or https://mirror.example/a.tar and is needed by @@other\n"],
    );
    assert_eq!(report["wants"][0]["file"]["state"], "missing", "{report}");
    assert_eq!(report["wants"][0]["neededBy"], "@@a", "{report}");
    lab.log = download(&Algorithm::Sha256.digest(b"new"));
    fails(&lab, &["does not hold it, and would at repository_cache/", "Collect for these targets"]);
    lab.log = event("repository @@a", 4, &[(1, b"https://h.example/list")]);
    fails(&lab, &["@@a wants https://h.example/list, without a checksum", "give the rule a sha256"]);
    lab.log = event("repository @@a", 3, &[(2, b"git"), (2, b"fetch"), (2, b"https://me:hush@h.example/x.git")]);
    fails(&lab, &["@@a fetches by git from https://h.example/x.git: `git fetch https://h.example/x.git` failed"]);
    // A build that goes on without it needs nothing.
    lab.log = download(&digest);
    lab.stand_in("exit 0");
    let (status, text, report) = lab.run(&[]);
    assert_eq!((status, report["outcome"].as_str()), (0, Some("proved")), "{text}");
    has(&text, &["It did without: @@a wants https://h.example/a.tar:\n"]);
}

#[test]
fn a_file_of_a_registry_that_is_missing() {
    if !can() {
        return;
    }
    let mut lab = Lab::new("exit 48");
    lab.bundle();
    let module = "registries/r/modules/m/1.0/MODULE.bazel";
    fs::remove_file(lab.path("bundle").join(module)).unwrap();
    // As Bazel shows what `%workspace%/../bundle` in the fragment comes to.
    let registry = format!("file://{}/../bundle/registries/r", lab.path("ws").display());
    lab.said = format!(
        "ERROR: Error computing the main repository mapping: in module dependency chain <root> -> m@1.0: module m@1.0 not \
         found in registries:\n* file:///other/modules/m/1.0/MODULE.bazel: not found\n* {registry}/modules/m/1.0/MODULE.bazel: \
         not found\n"
    );
    let (status, text, report) = lab.run(&[]);
    assert_eq!(status, 1, "{text}");
    has(
        &text,
        &[
            "  m@1.0 wants https://r.example/modules/m/1.0/MODULE.bazel:\n",
            &format!("    {module} is missing from the bundle"),
        ],
    );
    assert_eq!(report["wants"][0]["what"], "registryFile", "{report}");
    // What is there, and of which Bazel says something else: it writes what it reads there into its cache.
    fs::write(lab.path("bundle").join(module), "module()").unwrap();
    let said = lab.said.clone();
    lab.said = format!(
        "ERROR: Error accessing registry {registry}: Failed to fetch registry file {registry}/modules/m/1.0/MODULE.bazel: \
         {}/repository_cache/content_addressable/sha256/5a/tmp-1 (Permission denied)\n",
        fs::canonicalize(lab.path("bundle")).unwrap().display()
    );
    let cache = lab.path("bundle/repository_cache");
    fs::remove_dir_all(&cache).unwrap();
    let (status, text, _) = lab.run(&[]);
    assert_eq!(status, 3, "{text}");
    has(&text, &["(Permission denied). Bazel writes into its repository cache, and may not: let whoever builds write to the bundle", "(LT715)"]);
    fs::remove_file(lab.path("bundle").join(module)).unwrap();
    lab.said = said.replace("m@1.0", "n@2").replace("/m/1.0", "/n/2");
    let (_, text, _) = lab.run(&[]);
    has(&text, &["n@2 is in none of the registries that were asked, at file:///other/modules/n/2/MODULE.bazel or https://r.example/modules/n/2/MODULE.bazel\n", "Collect for these targets"]);
}

#[test]
fn what_is_installed_is_looked_at_first() {
    if !can() {
        return;
    }
    let lab = Lab::new("exit 0");
    lab.bundle();
    fs::write(lab.path("ws/.bazelrc"), "# nothing\n").unwrap();
    let (_, text, _) = lab.run(&[]);
    has(&text, &["airgap.bazelrc is not imported by .bazelrc, so no bundle is in force: add the line `try-import %workspace%/airgap.bazelrc`\n"]);
    assert!(text.find("is not imported") < text.find("words of Bazel"), "{text}");
    fs::create_dir(lab.path("second")).unwrap();
    fs::copy(lab.path("bundle/manifest.json"), lab.path("second/manifest.json")).unwrap();
    let (_, text, report) = lab.run(&["--bundle", "../second"]);
    has(&text, &["airgap.bazelrc names another bundle than --bundle: "]);
    assert_eq!(report["bundle"], fs::canonicalize(lab.path("second")).unwrap().to_str().unwrap());
    fs::write(lab.path("second/manifest.json"), "{").unwrap();
    let (status, text, _) = lab.run(&["--bundle", "../second"]);
    assert_eq!(status, 1);
    has(&text, &["the manifest ../second/manifest.json", "(LT701)"]);
}

#[test]
fn what_is_served_in_the_namespace() {
    if !can() {
        return;
    }
    let get = r#"for argument; do case $argument in --downloader_config=*) config=${argument#*=} ;; esac; done
port=$(sed -n 's|^rewrite .* http://127.0.0.1:\([0-9]*\)/.*|\1|p' "$config")
get() { exec 3<>/dev/tcp/127.0.0.1/$port; printf 'GET /from/%s HTTP/1.0\r\n\r\n' "$1" >&3; cat <&3; }
"#;
    let lab = Lab::new(&format!("{get}get h.example/a.tar | grep -q archive || exit 1; get h.example/gone; exit 0"));
    let (status, text, _) = lab.run(&["--serve"]);
    assert_eq!(status, 1);
    has(&text, &["no bundle is installed that --serve could serve: name one with --bundle (LT706)"]);
    lab.bundle();
    let (status, text, report) = lab.run(&["--serve"]);
    assert_eq!((status, report["outcome"].as_str()), (0, Some("proved")), "{text}");
    has(&text, &["Served in the namespace at 127.0.0.1:", ": 2 requests in 2 connections\n"]);
    assert_eq!((&report["served"]["missed"], &report["opened"]), (&json!(["h.example/gone"]), &json!(2)), "{report}");
    // All else stays a failure, also of a build that fails.
    lab.stand_in(&format!("{get}get h.example/a.tar >/dev/null; (: >/dev/tcp/127.0.0.1/9); exit 0"));
    let (status, text, report) = lab.run(&["--serve"]);
    assert_eq!((status, report["addresses"][0]["address"].as_str()), (1, Some("127.0.0.1:9")), "{text}");
    lab.stand_in(&format!("{get}get h.example/gone; exit 1"));
    let (status, text, _) = lab.run(&["--serve"]);
    assert_eq!(status, 1);
    has(&text, &["  h.example/gone was asked for, and the bundle that is served does not hold it\n", "(LT714)"]);
}
