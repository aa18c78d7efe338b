//! What was planted where a bundle is written, and bundles that were tampered with.

#![cfg(unix)]

mod support;

use std::fs;
use std::os::unix::fs::symlink;

use lazytools_airgap::bazel_version::BazelVersion;
use lazytools_airgap::digest::Algorithm;
use lazytools_airgap::install::{check, install, Layout, Options};
use lazytools_airgap::manifest::Manifest;
use support::{exists, has, Lab, With};

fn cached(bytes: &[u8]) -> String {
    format!("repository_cache/content_addressable/sha256/{}", Algorithm::Sha256.digest(bytes).hex())
}

#[test]
fn nothing_is_written_or_removed_outside_of_a_bundle() {
    let folder = cached(b"an archive");
    let planted = [".partial", "repository_cache", "repository_cache/content_addressable/sha512", &folder, "goproxy/x"];
    for planted in planted {
        let lab = Lab::new();
        fs::create_dir(lab.out("outside")).unwrap();
        fs::write(lab.out("outside/next"), "mine").unwrap();
        fs::write(lab.out("outside/file"), "mine").unwrap();
        let link = lab.out("one").join(planted);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(lab.out("outside"), &link).unwrap();
        let error = lab.bundle_with("one", &With::default()).unwrap_err();
        let says = format!("{} is a link where the bundle has a folder", link.display());
        has(&error, &[&says, "nothing is written through it. Remove it, or name another folder (LT726)"]);
        let outside: Vec<_> = lab.tree_of("outside").into_values().map(|(_, bytes)| bytes).collect();
        assert_eq!(outside, [b"mine", b"mine"], "{planted}");
        assert!(!exists(&lab.out("one/manifest.json")));
    }
}

#[test]
fn links_in_the_place_of_files_are_replaced_and_not_followed() {
    let lab = Lab::new();
    fs::write(lab.out("outside"), "an archive").unwrap();
    lab.bundle("one");
    let one = lab.out("one");
    let entry = one.join(cached(b"an archive"));
    let marker =
        fs::read_dir(&entry).unwrap().flatten().find(|one| one.file_name().to_string_lossy().starts_with("id-"));
    let marker = marker.unwrap().path();
    for file in [entry.join("file"), marker, one.join("goproxy/x/start"), one.join("manifest.json")] {
        fs::remove_file(&file).unwrap();
        symlink(lab.out("outside"), &file).unwrap();
        let problems = lab.problems("one");
        if file.ends_with("manifest.json") {
            has(&problems, &["it is not a file: a bundle's manifest is neither a link nor anything else", "(LT701)"]);
            fs::remove_file(&file).unwrap();
        } else {
            let name = file.strip_prefix(&one).unwrap().display().to_string();
            has(&problems, &[&name, "(LT710)"]);
        }
        lab.bundle("one");
        assert_eq!(lab.problems("one"), "");
        assert_eq!(fs::read(lab.out("outside")).unwrap(), b"an archive");
    }
    // Folders that were replaced since, with a manifest that says what to remove in them.
    fs::create_dir(lab.out("elsewhere")).unwrap();
    fs::rename(one.join("goproxy"), lab.out("elsewhere/goproxy")).unwrap();
    symlink(lab.out("elsewhere/goproxy"), one.join("goproxy")).unwrap();
    let problems = lab.problems("one");
    has(
        &problems,
        &["goproxy: is neither a file nor a folder, and the manifest lists no link there", "/run: is missing"],
    );
    let mut without = lab;
    without.trees.clear();
    without.write();
    has(&without.bundle_with("one", &With::default()).unwrap_err(), &["one/goproxy is a link where", "(LT726)"]);
    assert!(exists(&without.out("elsewhere/goproxy/x/start")), "nothing was removed through the link");
}

#[test]
fn pipes_and_devices_are_named_and_not_opened() {
    let lab = Lab::new();
    lab.bundle("one");
    let pipe = |path: &std::path::Path| {
        let _ = fs::remove_file(path);
        assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    pipe(&lab.out("one").join(cached(b"an archive")).join("file"));
    has(&lab.problems("one"), &["/file: is neither a file nor a folder", "(LT710)"]);
    pipe(&lab.out("one/manifest.json"));
    has(&lab.problems("one"), &["it is not a file", "(LT701)"]);
    pipe(&lab.out("one/manifest.json.minisig"));
    fs::remove_file(lab.out("one/manifest.json")).unwrap();
    lab.bundle("one");
    assert_eq!(lab.problems("one"), "");
}

#[test]
fn a_manifest_that_lies_is_found_out() {
    let lab = Lab::new();
    lab.bundle("one");
    let path = lab.out("one/manifest.json");
    let text = fs::read_to_string(&path).unwrap();
    let lie = |from: &str, to: &str, parts: &[&str]| {
        assert!(text.contains(from), "{from}\n{text}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        has(&lab.problems("one"), parts);
    };
    lie("\"size\": 10", "\"size\": 9", &["is damaged: it has 10 bytes, and has to have 9", "(LT710)"]);
    lie("\"size\": 10", "\"size\": -1", &["size: invalid value", "(LT701)"]);
    lie("\"kind\": \"download\"", "\"kind\": \"malware\"", &["unknown variant `malware`, expected", "(LT701)"]);
    lie("\"kind\": \"goProxy\"", "\"kind\": \"download\"", &["files of its kind are in another folder", "(LT701)"]);
    lie("repository_cache/", "../../", &["has a . or .. in it", "(LT701)"]);
    lie("\"manifestVersion\": 1", "\"manifestVersion\": 1, \"manifestVersion\": 1", &["duplicate field", "(LT701)"]);
    lie("\"manifestVersion\": 1", "\"manifestVersion\": 2", &["reads version 1 of the form, and not 2", "(LT701)"]);
    let hex = Algorithm::Sha256.digest(b"#!/bin/sh\n").to_string();
    let other = Algorithm::Sha256.digest(b"#!/bin/zh\n").to_string();
    lie(&hex, &other, &["/run: is damaged: its digest is sha256:", "and has to be sha256:"]);
}

#[test]
fn install_trusts_no_folder_that_was_replaced() {
    let lab = Lab::new();
    lab.bundle("one");
    fs::create_dir(lab.out("ws")).unwrap();
    fs::write(lab.out("ws/MODULE.bazel"), "").unwrap();
    let options = |version, layout| Options {
        bundle: lab.out("one"),
        workspace: lab.out("ws"),
        fragment: "airgap.bazelrc".into(),
        relative: false,
        layout,
        version,
        cargo_home: lab.out("cargo_home"),
        repository_cache: lab.out("made_cache"),
    };
    let manifest = Manifest::of(&lab.out("one")).unwrap();
    let error = |version, layout| install(&options(version, layout), &manifest).unwrap_err().to_string();
    let seven = BazelVersion::new(7, 7, 1);
    has(&error(BazelVersion::new(7, 1, 0), Layout::Cache), &["Bazel 7.1.0 is older than 7.2.0", "(LT705)"]);
    has(&error(BazelVersion::new(10, 0, 0), Layout::Cache), &["Bazel 10.0.0 is newer than this lazytools", "(LT705)"]);
    has(&error(seven, Layout::Distdir), &["it has no folders for --distdir: bundle again with --distdirs", "(LT706)"]);
    fs::rename(lab.out("one/repository_cache"), lab.out("elsewhere")).unwrap();
    symlink(lab.out("elsewhere"), lab.out("one/repository_cache")).unwrap();
    has(&error(seven, Layout::Cache), &["one/repository_cache is a link where the bundle has a folder", "(LT726)"]);
    assert!(!exists(&lab.out("ws/airgap.bazelrc")), "nothing was installed");

    lab.bundle_with("named", &With { distdirs: true, ..With::default() }).unwrap();
    let options = Options { bundle: lab.out("named"), ..options(seven, Layout::Distdir) };
    let installed = check(&options, &Manifest::of(&lab.out("named")).unwrap()).unwrap();
    let folders: Vec<_> = installed.text.lines().filter(|line| line.contains("--distdir=")).collect();
    assert_eq!(folders.len(), 2, "{}", installed.text);
    assert!(folders[1].ends_with("/named/distdir/2") && !installed.text.contains("repository_cache"));
    // What another program or a person wrote there is not written over, nor what a link there leads to.
    fs::write(lab.out("mine"), "common --x\n").unwrap();
    symlink(lab.out("mine"), lab.out("ws/airgap.bazelrc")).unwrap();
    let error = install(&options, &Manifest::of(&lab.out("named")).unwrap()).unwrap_err().to_string();
    has(&error, &["is not written by `lazytools airgap install`", "(LT712)"]);
    assert_eq!(fs::read_to_string(lab.out("mine")).unwrap(), "common --x\n");
}
