//! Archives that grow: each stops at its bound, and memory stays small on all of them.
#![allow(missing_docs)]
#![cfg(unix)]

mod common;

use std::io::Write as _;

use common::archives::{compressed, Tar, Zip};
use common::{extract, says, Case};
use serde_json::json;

/// The most memory that any assemble of this test program has taken, in MiB.
fn peak() -> i64 {
    let usage = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_CHILDREN).unwrap();
    usage.max_rss() / if cfg!(target_os = "macos") { 1 << 20 } else { 1 << 10 }
}

#[track_caller]
fn stays_small() {
    assert!(peak() < 64, "{} MiB", peak());
}

/// A tar.gz of one member of zeros.
fn zeros(bytes: u64) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_path("zeros").unwrap();
    header.set_mode(0o644);
    header.set_size(bytes);
    header.set_cksum();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(header.as_bytes()).unwrap();
    let chunk = vec![0; 1 << 20];
    for _ in 0..bytes >> 20 {
        gz.write_all(&chunk).unwrap();
    }
    gz.write_all(&[0; 1024]).unwrap();
    gz.finish().unwrap()
}

#[test]
fn bombs() {
    let words = &["more than 1000000 bytes", "raise max_bytes in the recipe's step"];
    let bounds = json!({"to": "t", "maxBytes": 1_000_000});
    says(&extract("tar.gz", &zeros(100 << 20), bounds.clone()).error("LT410"), words);
    says(&extract("gz", &zeros(100 << 20), bounds.clone()).error("LT410"), words);
    let zip = Zip::new().file("zeros", 0o644, &vec![0; 100 << 20]).done();
    says(&extract("zip", &zip, bounds.clone()).error("LT410"), words);
    // The directory lies about the size.
    let mut lie = zip;
    common::archives::patch_entry(&mut lie, 26, [0, 0]);
    says(&extract("zip", &lie, bounds.clone()).error("LT404"), &["longer than it says"]);
    let members = json!({"zeros": "z"});
    let repack =
        json!({"repack": {"artifact": "a", "format": "tar.gz", "to": "x", "members": members, "maxBytes": 1000}});
    says(&Case::new().artifact("a", &zeros(1 << 20)).step(repack).error("LT410"), &["more than 1000 bytes"]);
    // A size that no file has.
    let mut huge = Tar::new().file("a", 0o644, b"").done();
    huge[124..136].copy_from_slice(b"77777777777\0");
    huge[148..156].copy_from_slice(b"        ");
    let sum: u32 = huge[..512].iter().map(|byte| u32::from(*byte)).sum();
    huge[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    says(&extract("tar", &huge, json!({})).error("LT410"), &["more than 4294967296 bytes"]);
    stays_small();
}

#[test]
fn many_members() {
    let mut tar = Tar::new();
    let mut zip = Zip::new();
    for number in 0..200_000 {
        tar = tar.file(&format!("d{}/f{number}", number / 1000), 0o644, b"");
        zip = zip.file(&format!("d{}/f{number}", number / 1000), 0o644, b"");
    }
    let tar = compressed(&tar.done(), "gz");
    let zip = zip.done();
    let words = &["more than 100000 members", "raise max_members"];
    says(&extract("tar.gz", &tar, json!({})).error("LT410"), words);
    says(&extract("zip", &zip, json!({})).error("LT410"), words);
    stays_small();
    for (format, bytes) in [("tar.gz", &tar), ("zip", &zip)] {
        let case = extract(format, bytes, json!({"maxMembers": 200_000}));
        assert!(case.run().status.success());
        assert_eq!(case.manifest().entries.len(), 200_000);
    }
}

#[test]
fn long_names() {
    // 100,000 names of 4,000 bytes would be 400 MB of names.
    let mut tar = Tar::new();
    let deep = "0123456789/".repeat(360);
    for number in 0..20_000 {
        tar = tar.file(&format!("{deep}{number}"), 0o644, b"");
    }
    let message = extract("tar.zst", &compressed(&tar.done(), "zst"), json!({})).error("LT410");
    says(&message, &["all paths together have more than 16 MiB", "no honest archive needs that"]);
    let name = "n".repeat(2 << 20);
    let tar = Tar::new().file(&name, 0o644, b"").done();
    says(&extract("tar", &tar, json!({})).error("LT410"), &["name or pax header has 2097153 bytes"]);
    stays_small();
}

#[test]
fn dictionaries() {
    let tar = Tar::new().file("a", 0o644, b"a").done();
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(30).unwrap();
    encoder.include_contentsize(false).unwrap();
    encoder.write_all(&tar).unwrap();
    let words = &["the archive's dictionary is over 128 MiB"];
    says(&extract("tar.zst", &encoder.finish().unwrap(), json!({})).error("LT410"), words);
    let mut options = liblzma::stream::LzmaOptions::new_preset(1).unwrap();
    options.dict_size(512 << 20);
    options.match_finder(liblzma::stream::MatchFinder::HashChain3);
    options.mode(liblzma::stream::Mode::Fast);
    let mut filters = liblzma::stream::Filters::new();
    filters.lzma2(&options);
    let stream = liblzma::stream::Stream::new_stream_encoder(&filters, liblzma::stream::Check::Crc64).unwrap();
    let mut encoder = liblzma::write::XzEncoder::new_stream(Vec::new(), stream);
    encoder.write_all(&tar).unwrap();
    says(&extract("tar.xz", &encoder.finish().unwrap(), json!({})).error("LT410"), words);
    stays_small();
}

#[test]
fn large_files() {
    let case = Case::new();
    std::fs::File::create(case.path("any-a")).unwrap().set_len(400 << 20).unwrap();
    let integrity = lazytools_lock::Algorithm::Sha256.digest(b"").to_string();
    let case = case.with("a", "integrity", json!(integrity)).step(json!({"place": {"artifact": "a", "to": "a"}}));
    let artifact = format!("any/a={}", case.path("any-a").display());
    let case = case.arg("--artifact").arg(&artifact);
    assert!(case.run().status.success());
    assert_eq!(std::fs::metadata(case.out().join("a")).unwrap().len(), 400 << 20);
    let case = extract("tar.gz", &zeros(400 << 20), json!({}));
    assert!(case.run().status.success());
    stays_small();
}
