//! Every format gives the same folder, and the folder is the golden one.
#![allow(missing_docs)]

mod common;

use common::archives::{compressed, Tar, Zip};
use common::{extract, golden};
use serde_json::json;

fn large() -> Vec<u8> {
    (0..100_000_u32).flat_map(u32::to_le_bytes).collect()
}

fn tar() -> Vec<u8> {
    let long = format!("package/{}/deep.txt", ["long-name"; 20].join("-"));
    Tar::new()
        .folder("package/")
        .file("./package/bin/tool", 0o755, b"#!/bin/sh\necho hello\n")
        .file("package/large", 0o600, &large())
        .file("package/empty", 0o444, b"")
        .file(&long, 0o666, b"deep\n")
        .folder("package/nothing")
        .symlink("package/bin/alias", "tool")
        .symlink("package/lib", "bin/../bin")
        .done()
}

fn zip() -> Vec<u8> {
    let long = format!("package/{}/deep.txt", ["long-name"; 20].join("-"));
    Zip::new()
        .folder("package/")
        .file("package/bin/tool", 0o755, b"#!/bin/sh\necho hello\n")
        .file("package/large", 0o600, &large())
        .file("package/empty", 0o444, b"")
        .file(&long, 0o666, b"deep\n")
        .folder("package/nothing/")
        .symlink("package/bin/alias", "tool")
        .symlink("package/lib", "bin/../bin")
        .done()
}

#[test]
fn tar_in_every_compression() {
    for compression in ["", "br", "bz2", "gz", "xz", "zst"] {
        let format = if compression.is_empty() { "tar".to_owned() } else { format!("tar.{compression}") };
        let case = extract(&format, &compressed(&tar(), compression), json!({"to": "t", "stripPrefix": "package/"}));
        assert_eq!(case.list(), golden("formats"), "{format}");
    }
}

#[test]
fn zip_with_modes_and_links() {
    let case = extract("zip", &zip(), json!({"to": "t", "strip": 1}));
    assert_eq!(case.list(), golden("formats"));
}

#[test]
fn zip_in_every_method() {
    use zip::write::SimpleFileOptions;
    use zip::CompressionMethod::{Deflated, Stored};
    for method in [Deflated, Stored] {
        for large_file in [false, true] {
            let options = SimpleFileOptions::default().compression_method(method).large_file(large_file);
            let bytes = Zip::new().with("a", options, &large()).with("b", options, b"b").done();
            let case = extract("zip", &bytes, json!({}));
            assert_eq!(case.paths(), ["a", "b"]);
            assert_eq!(case.file("a"), large());
        }
    }
}

#[test]
fn single_compressed_files() {
    for compression in ["br", "bz2", "gz", "xz", "zst"] {
        let bytes = compressed(&large(), compression);
        let case = extract(compression, &bytes, json!({"to": "bin/tool", "modes": {"tool": "0755"}}));
        assert_eq!(case.list(), golden("single"), "{compression}");
    }
}

#[test]
fn several_streams_in_one_file() {
    let (tar, half) = (tar(), 100_000);
    for compression in ["bz2", "gz", "xz", "zst"] {
        let bytes = [compressed(&tar[..half], compression), compressed(&tar[half..], compression)].concat();
        let case = extract(&format!("tar.{compression}"), &bytes, json!({"to": "t", "stripPrefix": "package/"}));
        assert_eq!(case.list(), golden("formats"), "{compression}");
    }
}

#[test]
fn pax_names_links_and_sizes() {
    let long = "n/".repeat(80) + "x";
    let bytes = Tar::new()
        .pax(&[("path", &long), ("size", "3"), ("comment", "nothing")])
        .file("short", 0o644, b"pax")
        .pax(&[("linkpath", &long)])
        .symlink("link", "short")
        .done();
    let case = extract("tar", &bytes, json!({}));
    case.list();
    assert_eq!(case.file(&long), b"pax");
    assert_eq!(std::fs::read_link(case.out().join("link")).unwrap().to_str().unwrap(), long);
}

#[test]
fn hard_links_inside_are_files() {
    let bytes = Tar::new().file("p/a", 0o755, b"same").hard_link("p/b", "p/a").done();
    let case = extract("tar", &bytes, json!({"strip": 1}));
    assert_eq!(case.paths(), ["a", "b"]);
    assert_eq!(case.file("b"), b"same");
    let modes = extract("tar", &bytes, json!({"strip": 1, "modes": {"b": "0644"}}));
    let list = modes.list();
    assert!(list.contains("file 0755 4 ") && list.contains("file 0644 4 "), "{list}");
}

#[test]
fn sparse_files() {
    // GNU tar's own form: 4 bytes at 0, 4 at 8192, 10,000 in all.
    let mut bytes = Tar::new().member("s", tar::EntryType::GNUSparse, 0o644, "", b"headtail").done();
    for (at, number) in [(386, 0_u64), (398, 4), (410, 8192), (422, 4), (483, 10_000)] {
        bytes[at..at + 12].copy_from_slice(format!("{number:011o}\0").as_bytes());
    }
    bytes[148..156].copy_from_slice(b"        ");
    let sum: u32 = bytes[..512].iter().map(|byte| u32::from(*byte)).sum();
    bytes[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut plain = vec![0; 10_000];
    plain[..4].copy_from_slice(b"head");
    plain[8192..8196].copy_from_slice(b"tail");
    let case = extract("tar", &bytes, json!({}));
    case.list();
    assert_eq!(case.file("s"), plain);
    // pax, the map in the content.
    let mut content = b"2\n0\n4\n8192\n4\n".to_vec();
    content.resize(512, 0);
    content.extend(b"headtail");
    let records = [
        ("GNU.sparse.major", "1"),
        ("GNU.sparse.minor", "0"),
        ("GNU.sparse.name", "s"),
        ("GNU.sparse.realsize", "10000"),
    ];
    let bytes = Tar::new().pax(&records).file("GNUSparseFile.0/s", 0o644, &content).file("t", 0o644, b"t").done();
    let case = extract("tar", &bytes, json!({}));
    assert_eq!(case.paths(), ["s", "t"]);
    assert_eq!(case.file("s"), plain);
    // pax, the map in the header.
    let records = [("GNU.sparse.map", "0,4,8192,4"), ("GNU.sparse.size", "10000"), ("GNU.sparse.name", "s")];
    let bytes = Tar::new().pax(&records).file("x", 0o644, b"headtail").done();
    let case = extract("tar", &bytes, json!({}));
    case.list();
    assert_eq!(case.file("s"), plain);
}

#[test]
fn a_zip_archive_without_modes_has_plain_files() {
    let mut bytes = Zip::new().file("a", 0o755, b"a").done();
    // Made on MS-DOS, where there are no modes.
    let entry = common::archives::find(&bytes, b"PK\x01\x02");
    bytes[entry + 5] = 0;
    assert!(extract("zip", &bytes, json!({})).list().starts_with("file 0644 1 "));
    assert!(extract("zip", &bytes, json!({"modes": {"a": "0755"}})).list().starts_with("file 0755 1 "));
}
