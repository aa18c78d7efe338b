//! Archives that mean harm, or are broken: each is an error that says what and where, and nothing is left behind.
#![allow(missing_docs)]

mod common;

use common::archives::{compressed, find, patch_entry, Tar, Zip};
use common::{extract, says, Case};
use serde_json::json;
use tar::EntryType;

#[track_caller]
fn refuse(bytes: &[u8], format: &str, code: &str, words: &[&str]) {
    let message = extract(format, bytes, json!({"to": "t"})).error(code);
    says(&message, words);
    says(&message, &["tool demo, step 1 of any (extract a to t): "]);
}

#[test]
fn names_that_leave_the_folder() {
    for (name, words) in [
        ("../x", "has .. in its name, and so could leave the folder"),
        ("a/../../x", "has .. in its name"),
        ("/etc/x", "has an absolute name"),
        ("a\\..\\x", "has a backslash"),
        ("c:x", "has a colon"),
        ("a\nb", "has a control character"),
    ] {
        let member = format!("{name:?}");
        refuse(&Tar::new().file(name, 0o644, b"x").done(), "tar", "LT406", &[&member, words, "exclude it"]);
        refuse(&Zip::new().file(name, 0o644, b"x").done(), "zip", "LT406", &[&member, words]);
    }
    let long = "x".repeat(300);
    refuse(&Tar::new().file(&long, 0o644, b"x").done(), "tar", "LT406", &["more than 255 bytes"]);
    let mut bytes = Tar::new().file("name", 0o644, b"x").done();
    bytes[0] = 0xff;
    bytes[148..156].copy_from_slice(b"        ");
    let sum: u32 = bytes[..512].iter().map(|byte| u32::from(*byte)).sum();
    bytes[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    refuse(&bytes, "tar", "LT406", &["is not UTF-8"]);
}

#[test]
fn members_that_are_no_files() {
    for (kind, words) in [
        (EntryType::Char, "a character device"),
        (EntryType::Block, "a block device"),
        (EntryType::Fifo, "a FIFO"),
        (EntryType::new(b'M'), "another volume"),
        (EntryType::new(b'?'), "of a kind that tar does not define"),
    ] {
        refuse(&Tar::new().member("dev/x", kind, 0o644, "", b"").done(), "tar", "LT407", &["\"dev/x\"", words]);
    }
    for (kind, words) in [(0o010_000_u16, "a FIFO"), (0o020_000, "a character device"), (0o140_000, "a socket")] {
        let mut bytes = Zip::new().file("x", 0o644, b"").done();
        patch_entry(&mut bytes, 40, (kind | 0o644).to_le_bytes());
        refuse(&bytes, "zip", "LT407", &["\"x\"", words]);
    }
    // One that the step does not take does not matter.
    let bytes = Tar::new().member("dev/x", EntryType::Char, 0o644, "", b"").file("f", 0o644, b"f").done();
    assert_eq!(extract("tar", &bytes, json!({"exclude": ["dev/**"]})).paths(), ["f"]);
}

#[test]
fn hard_links_out() {
    let words = &["\"x\" is a hard link to \"/etc/passwd\"", "exclude it"];
    for target in ["/etc/passwd", "../../etc/passwd"] {
        let tar = Tar::new().hard_link("x", target).done();
        refuse(&tar, "tar", "LT406", &[&format!("{target:?}")]);
    }
    let tar = Tar::new().hard_link("x", "etc/passwd").done();
    refuse(&tar, "tar", "LT407", &[&words[0].replace("/etc", "etc"), words[1]]);
    let later = Tar::new().hard_link("x", "y").file("y", 0o644, b"y").done();
    refuse(&later, "tar", "LT407", &["which the step does not take from the archive before it"]);
    let case =
        extract("tar", &Tar::new().file("y", 0o644, b"y").hard_link("x", "y").done(), json!({"pick": {"x": "x"}}));
    says(&case.error("LT407"), &["is a hard link to \"y\", which the step does not take"]);
}

#[test]
fn links_that_leave_the_folder() {
    for (target, words) in [
        ("/etc/passwd", "is not relative, and so leaves the folder"),
        ("../../x", "leaves the folder"),
        ("..", "-> .. names"),
        ("nowhere", "names something that is not in the folder"),
        ("x", "never ends"),
        ("f/..", "names something that is not in the folder"),
    ] {
        let words: &[&str] = if target == ".." { &[] } else { &[words, "link t/x -> ", "exclude it"] };
        let tar = Tar::new().file("f", 0o644, b"f").symlink("x", target).done();
        let zip = Zip::new().file("f", 0o644, b"f").symlink("x", target).done();
        if target == ".." {
            extract("tar", &tar, json!({"to": "t"})).list();
            continue;
        }
        refuse(&tar, "tar", "LT408", words);
        refuse(&zip, "zip", "LT408", words);
    }
    // Inside by its text, outside by what it leads through.
    let chain = Tar::new().symlink("up", ".").symlink("x", "up/../../y").file("y", 0o644, b"y").done();
    refuse(&chain, "tar", "LT408", &["t/x -> up/../../y leaves the folder"]);
    let ring = Tar::new().symlink("a", "b").symlink("b", "a").done();
    refuse(&ring, "tar", "LT408", &["never ends"]);
    let step = Case::new().step(json!({"symlink": {"to": "a", "target": "../a"}})).error("LT408");
    says(&step, &["step 1 of any (link a)", "a -> ../a leaves the folder"]);
}

#[test]
fn nothing_is_written_through_a_link() {
    let words = &["t/d/f", "writes through a link"];
    for tar in [
        Tar::new().symlink("d", "/tmp").file("d/f", 0o644, b"f").done(),
        Tar::new().symlink("d", "e").folder("e").file("d/f", 0o644, b"f").done(),
    ] {
        refuse(&tar, "tar", "LT409", &words[1..]);
    }
    let after = Tar::new().file("d/f", 0o644, b"f").symlink("d", "/tmp").done();
    refuse(&after, "tar", "LT409", &["one is a folder, the other is not"]);
    refuse(&Zip::new().symlink("d", "/tmp").file("d/f", 0o644, b"f").done(), "zip", "LT409", &words[1..]);
}

#[test]
fn names_that_are_one() {
    let case = &["differ by case alone", "exclude one of them"];
    refuse(&Tar::new().file("A", 0o644, b"").file("a", 0o644, b"").done(), "tar", "LT409", case);
    refuse(&Zip::new().file("Ä/x", 0o644, b"").file("ä/y", 0o644, b"").done(), "zip", "LT409", case);
    refuse(
        &Tar::new().file("a", 0o644, b"1").file("./a", 0o644, b"2").done(),
        "tar",
        "LT409",
        &["t/a of the same step: both write it, with different bytes"],
    );
    refuse(
        &Tar::new().file("a", 0o644, b"1").file("a", 0o755, b"1").done(),
        "tar",
        "LT409",
        &["t/a of the same step: both write it"],
    );
    refuse(&Tar::new().file("a", 0o644, b"").file("a/b", 0o644, b"").done(), "tar", "LT409", &["one is a folder"]);
    let mut zip = Zip::new().file("a1", 0o644, b"1").file("a2", 0o644, b"2").done();
    while let Some(at) = zip.windows(2).position(|name| name == b"a2") {
        zip[at + 1] = b'1';
    }
    refuse(&zip, "zip", "LT409", &["t/a1 of the same step: both write it"]);
    // A file may be there twice with the same bytes, as in many packages of npm, and a folder.
    let bytes = vec![7; 100_000];
    let once = Tar::new().file("a", 0o644, &bytes);
    let twice = Tar::new().file("./a", 0o644, &bytes).file("a", 0o644, &bytes);
    let list = |tar: Tar| extract("tar", &tar.done(), json!({})).list();
    assert_eq!(list(twice), list(once));
    extract("tar", &Tar::new().folder("a").folder("a/").file("a/b", 0o644, b"").done(), json!({})).list();
}

#[test]
fn damaged_archives() {
    let tar = Tar::new().file("a", 0o644, &vec![7; 100_000]).done();
    for compression in ["br", "bz2", "gz", "xz", "zst", ""] {
        let format = if compression.is_empty() { "tar".to_owned() } else { format!("tar.{compression}") };
        let whole = compressed(&tar, compression);
        let half = &whole[..whole.len() / 2];
        refuse(half, &format, "LT404", &["truncated or damaged", "fetch it again"]);
        if !compression.is_empty() {
            let mut garbage = whole.clone();
            garbage.extend(b"garbage garbage garbage");
            refuse(&garbage, &format, "LT404", &["truncated or damaged"]);
        }
    }
    let mut flipped = compressed(&tar, "gz");
    let last = flipped.len() - 6;
    flipped[last] ^= 1;
    refuse(&flipped, "tar.gz", "LT404", &["its compressed data is not right"]);
    let mut checksum = Tar::new().file("a", 0o644, b"").file("b", 0o644, b"").done();
    checksum[512] ^= 1;
    refuse(&checksum, "tar", "LT404", &["wrong checksum"]);
    let mut after = tar.clone();
    after.extend([0; 4096]);
    extract("tar", &after, json!({})).list();
    after.extend(tar);
    refuse(&after, "tar", "LT404", &["something follows the tar archive's end"]);
    let gz = compressed(&tar_without_end(), "gz");
    extract("tar.gz", &gz, json!({})).list();
    refuse(&tar_without_end(), "tar", "LT404", &["without the empty blocks"]);
}

fn tar_without_end() -> Vec<u8> {
    let mut tar = Tar::new().file("a", 0o644, b"a").done();
    tar.truncate(1024);
    tar
}

#[test]
fn damaged_zip_archives() {
    let text: Vec<u8> = (0..20_000_u32).flat_map(u32::to_le_bytes).collect();
    let whole = Zip::new().file("a", 0o644, &text).file("b", 0o644, b"b").done();
    refuse(&whole[..whole.len() / 2], "zip", "LT404", &["its directory, which ends a zip archive, is missing"]);
    let mut crc = whole.clone();
    patch_entry(&mut crc, 16, [1, 2]);
    refuse(&crc, "zip", "LT404", &["t/a: a member's CRC does not fit"]);
    let mut data = whole.clone();
    data[200] ^= 0xff;
    refuse(&data, "zip", "LT404", &["t/a: "]);
    let mut place = Zip::new().file("a", 0o644, b"a").done();
    patch_entry(&mut place, 42, [7, 0]);
    refuse(&place, "zip", "LT404", &["is not where the directory says"]);
    let mut count = whole.clone();
    let end = find(&count, b"PK\x05\x06");
    count[end + 10] = 9;
    refuse(&count, "zip", "LT404", &["announces 9 members and has 2"]);
    let mut longer = whole.clone();
    patch_entry(&mut longer, 24, [0, 1]);
    refuse(&longer, "zip", "LT404", &["a member is longer than it says"]);
    let mut trailing = whole;
    trailing.extend(b"more");
    refuse(&trailing, "zip", "LT404", &["its directory"]);
}

#[test]
fn zip_members_that_overlap() {
    let mut bytes = Zip::new().file("a", 0o644, b"same").file("b", 0o644, b"same").done();
    let second = find(&bytes, b"PK\x01\x02") + 46 + 1;
    let second = second + find(&bytes[second..], b"PK\x01\x02");
    bytes[second + 42..second + 46].copy_from_slice(&[0; 4]);
    refuse(&bytes, "zip", "LT404", &["members overlap"]);
}

#[test]
fn what_nobody_should_guess_at() {
    let mut encrypted = Zip::new().file("a", 0o644, b"a").done();
    patch_entry(&mut encrypted, 8, [1, 0]);
    refuse(&encrypted, "zip", "LT405", &["member \"a\" is encrypted", "without it"]);
    let mut method = Zip::new().file("a", 0o644, b"a").done();
    patch_entry(&mut method, 10, [9, 0]);
    method[8] = 9;
    refuse(&method, "zip", "LT405", &["compressed by method 9"]);
    let mut parts = Zip::new().file("a", 0o644, b"a").done();
    let end = find(&parts, b"PK\x05\x06");
    parts[end + 4] = 1;
    refuse(&parts, "zip", "LT405", &["a part of several"]);
}

#[test]
fn archives_of_another_kind() {
    let page = b"<!DOCTYPE html><html><body>Not found</body></html>";
    for format in ["tar", "tar.br", "tar.bz2", "tar.gz", "tar.xz", "tar.zst", "zip", "gz", "br"] {
        refuse(
            page,
            format,
            "LT403",
            &[&format!("declared as {format}, but is an HTML page"), "correct the artifact's format"],
        );
    }
    refuse(
        &compressed(page, "gz"),
        "tar.gz",
        "LT403",
        &["but is a gzip file with something else than a tar archive in it"],
    );
    refuse(&Zip::new().done(), "tar.gz", "LT403", &["but is a zip archive"]);
    refuse(b"", "zip", "LT403", &["but is an empty file"]);
    refuse(&[1; 600], "tar", "LT403", &["but is something else"]);
}
