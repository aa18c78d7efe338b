//! Archives that grow: each stops at its bound, and memory stays small on all of them.
#![allow(missing_docs)]
#![cfg(target_os = "linux")]

mod common;

use std::io::Write as _;
use std::time::Duration;

use common::archives::{compressed, many_in_tar, many_in_zip, Tar, Zip};
use common::{extract, says, Case};
use serde_json::json;

/// Runs a case and looks at the most memory that it takes, in kB: less than 64 MiB. (The usage that the system reports
/// for a child counts what its parent had before the child began, so it says nothing.)
#[track_caller]
fn stays_small(case: &Case) -> bool {
    let mut child = case.command().stderr(std::process::Stdio::null()).spawn().unwrap();
    let path = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let status = loop {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).map_or(peak, |now| peak.max(now));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    assert!(peak < 64 << 10, "{peak} kB");
    status.success()
}

/// Fails with this code, these words and little memory.
#[track_caller]
fn stops(case: &Case, code: &str, words: &[&str]) {
    says(&case.error(code), words);
    assert!(!stays_small(case));
}

/// A tar.gz of one member of zeros.
fn zeros(mebibytes: u64) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_path("zeros").unwrap();
    header.set_mode(0o644);
    header.set_size(mebibytes << 20);
    header.set_cksum();
    [compressed(header.as_bytes(), "gz"), gz_zeros(mebibytes), compressed(&[0; 1024], "gz")].concat()
}

/// So many zeros, as that many gzip streams.
fn gz_zeros(mebibytes: u64) -> Vec<u8> {
    compressed(&vec![0; 1 << 20], "gz").repeat(usize::try_from(mebibytes).unwrap())
}

#[test]
fn bombs() {
    let words = &["more than 1000000 bytes", "raise max_bytes in the recipe's step"];
    let bounds = json!({"to": "t", "maxBytes": 1_000_000});
    stops(&extract("tar.gz", &zeros(100), bounds.clone()), "LT410", words);
    stops(&extract("gz", &gz_zeros(100), bounds.clone()), "LT410", words);
    let zip = Zip::new().file("zeros", 0o644, &vec![0; 8 << 20]).done();
    stops(&extract("zip", &zip, bounds.clone()), "LT410", words);
    // The directory lies about the size.
    let mut lie = zip;
    common::archives::patch_entry(&mut lie, 26, [0, 0]);
    common::archives::patch_entry(&mut lie, 24, [9, 0]);
    stops(&extract("zip", &lie, bounds.clone()), "LT404", &["longer than it says"]);
    let members = json!({"zeros": "z"});
    let repack =
        json!({"repack": {"artifact": "a", "format": "tar.gz", "to": "x", "members": members, "maxBytes": 1000}});
    says(&Case::new().artifact("a", &zeros(1)).step(repack).error("LT410"), &["more than 1000 bytes"]);
    // A size that no file has.
    let mut huge = Tar::new().file("a", 0o644, b"").done();
    huge[124..136].copy_from_slice(b"77777777777\0");
    huge[148..156].copy_from_slice(b"        ");
    let sum: u32 = huge[..512].iter().map(|byte| u32::from(*byte)).sum();
    huge[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    stops(&extract("tar", &huge, json!({})), "LT410", &["more than 4294967296 bytes"]);
}

#[test]
fn many_members() {
    let names: Vec<String> = (0..200_000).map(|number| format!("d{}/f{number}", number / 1000)).collect();
    let tar = many_in_tar(&names[..110_000]);
    let zip = many_in_zip(&names);
    // Members that are left out count as well.
    let few = json!({"include": ["d1/*"]});
    let words = &["more than 100000 members", "raise max_members"];
    stops(&extract("tar", &tar, few.clone()), "LT410", words);
    stops(&extract("zip", &zip, few.clone()), "LT410", words);
    let honest = json!({"maxMembers": 200_000, "include": ["d1/*", "d10?/*"]});
    for (format, bytes) in [("tar", &tar), ("zip", &zip)] {
        let case = extract(format, bytes, honest.clone());
        assert!(stays_small(&case));
        assert_eq!(case.manifest().entries.len(), 11_000);
    }
}

#[test]
fn long_names() {
    // 100,000 names of 4,000 bytes would be 400 MB of names.
    let mut tar = Tar::new();
    let deep = "0123456789/".repeat(360);
    for number in 0..5_000 {
        tar = tar.file(&format!("{deep}{number}"), 0o644, b"");
    }
    let case = extract("tar.zst", &compressed(&tar.done(), "zst"), json!({}));
    stops(&case, "LT410", &["all paths together have more than 16 MiB", "no honest archive needs that"]);
    let name = "n".repeat(2 << 20);
    let tar = Tar::new().file(&name, 0o644, b"").done();
    stops(&extract("tar", &tar, json!({})), "LT410", &["name or pax header has 2097153 bytes"]);
}

#[test]
fn dictionaries() {
    let tar = Tar::new().file("a", 0o644, b"a").done();
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(30).unwrap();
    encoder.include_contentsize(false).unwrap();
    encoder.write_all(&tar).unwrap();
    let words = &["the archive's dictionary is over 128 MiB"];
    stops(&extract("tar.zst", &encoder.finish().unwrap(), json!({})), "LT410", words);
    let mut options = liblzma::stream::LzmaOptions::new_preset(1).unwrap();
    options.dict_size(512 << 20);
    options.match_finder(liblzma::stream::MatchFinder::HashChain3);
    options.mode(liblzma::stream::Mode::Fast);
    let mut filters = liblzma::stream::Filters::new();
    filters.lzma2(&options);
    let stream = liblzma::stream::Stream::new_stream_encoder(&filters, liblzma::stream::Check::Crc64).unwrap();
    let mut encoder = liblzma::write::XzEncoder::new_stream(Vec::new(), stream);
    encoder.write_all(&tar).unwrap();
    stops(&extract("tar.xz", &encoder.finish().unwrap(), json!({})), "LT410", words);
}

#[test]
fn large_files() {
    let case = Case::new();
    std::fs::File::create(case.path("any-a")).unwrap().set_len(400 << 20).unwrap();
    let integrity = lazytools_lock::Algorithm::Sha256.digest(b"").to_string();
    let case = case.with("a", "integrity", json!(integrity)).step(json!({"place": {"artifact": "a", "to": "a"}}));
    let artifact = format!("any/a={}", case.path("any-a").display());
    let case = case.arg("--artifact").arg(&artifact);
    assert!(stays_small(&case));
    assert_eq!(std::fs::metadata(case.out().join("a")).unwrap().len(), 400 << 20);
    assert!(stays_small(&extract("tar.gz", &zeros(100), json!({}))));
}
