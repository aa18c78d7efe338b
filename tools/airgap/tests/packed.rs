//! Bundles that are one file: written the same each time, verified, unpacked, and refused where they are hostile.

mod support;

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use lazytools_airgap::digest::Algorithm;
use lazytools_airgap::manifest::Manifest;
use lazytools_airgap::packed::unpack;
use lazytools_airgap::verify::verify_signed;
use support::{exists, has, Lab, With};
use tar::{Builder, EntryType, Header};

fn unpacked(lab: &Lab, file: &str, to: &str) -> Result<Manifest, String> {
    let outcome = unpack(&lab.out(file), &lab.out(to), &[], &|_| {}, &|_| {});
    outcome.map(|(manifest, _)| manifest).map_err(|error| error.to_string())
}

#[test]
fn a_packed_bundle_is_the_same_each_time_and_holds_what_the_folder_does() {
    let lab = Lab::new();
    let with = With { distdirs: true, ..With::default() };
    lab.bundle_with("folder", &with).unwrap();
    let written = lab.bundle_with("one.tar.zst", &with).unwrap();
    assert_eq!(
        (written.files, written.kept),
        (9, 0),
        "two archives, three names for them, a registry's file twice, a tree"
    );
    lab.bundle_with("two.tar.zst", &with).unwrap();
    assert_eq!(fs::read(lab.out("one.tar.zst")).unwrap(), fs::read(lab.out("two.tar.zst")).unwrap());
    assert_eq!(lab.problems("one.tar.zst"), "");
    unpacked(&lab, "one.tar.zst", "unpacked").unwrap();
    assert_eq!(lab.tree_of("unpacked"), lab.tree_of("folder"));
    assert_eq!(lab.problems("unpacked"), "");
    let names =
        |name: &str| fs::read_dir(lab.out(name)).unwrap().flatten().map(|one| one.file_name()).collect::<Vec<_>>();
    assert!(names("").iter().all(|name| !name.to_string_lossy().contains("partial")), "nothing half-written is left");

    // Nothing of the time or the machine is in it, and no header that not every tar reads.
    let bytes = zstd::decode_all(File::open(lab.out("one.tar.zst")).unwrap()).unwrap();
    let mut archive = tar::Archive::new(&bytes[..]);
    let mut entries = archive.entries().unwrap().raw(true);
    let first = entries.next().unwrap().unwrap();
    assert_eq!(first.path().unwrap(), Path::new("manifest.json"));
    drop(first);
    for entry in entries {
        let entry = entry.unwrap();
        let header = entry.header();
        let kind = header.entry_type();
        assert!(matches!(kind.as_byte(), b'0' | b'1' | b'2' | b'L' | b'K'), "{kind:?}");
        assert_eq!((header.mtime().unwrap(), header.uid().unwrap(), header.gid().unwrap()), (0, 0, 0));
        assert!(header.username_bytes().unwrap_or_default().is_empty());
        let of_type = |mode| kind.as_byte() != b'0' || header.mode().unwrap() == mode;
        assert!(of_type(0o644) || of_type(0o755));
    }
}

#[cfg(unix)]
#[test]
fn distdirs_hold_other_names_of_the_same_bytes() {
    use std::os::unix::fs::MetadataExt as _;
    let lab = Lab::new();
    let with = With { distdirs: true, ..With::default() };
    lab.bundle_with("one", &with).unwrap();
    assert_eq!(lab.problems("one"), "");
    // Two downloads of one name, in the order of their digests; a mirror's name is one more.
    let files: Vec<_> = lab.tree_of("one").into_keys().filter(|path| path.starts_with("distdir")).collect();
    let names = ["distdir/1/b.tar.gz", "distdir/1/release.tar.gz", "distdir/2/release.tar.gz"];
    assert_eq!(files, names.map(std::path::PathBuf::from));
    let inode = |path: &str| fs::metadata(lab.out("one").join(path)).unwrap().ino();
    let digest = Algorithm::Sha512.digest(b"another");
    let cached = format!("repository_cache/content_addressable/sha512/{}/file", digest.hex());
    assert_eq!(inode("distdir/1/b.tar.gz"), inode(&cached));
    let before = lab.tree_of("one");
    let again = lab.bundle_with("one", &with).unwrap();
    assert_eq!((again.files, again.kept), (0, 9));
    assert_eq!(lab.tree_of("one"), before);
    // Against this one there is nothing to do; without --distdirs they go.
    let delta = lab.bundle_with("delta", &With { since: Some("one/manifest.json"), ..with }).unwrap();
    assert_eq!((delta.files, delta.earlier), (0, 9));
    assert_eq!(lab.bundle("one").removed, 3);
    assert!(!exists(&lab.out("one/distdir")));
}

#[test]
fn a_difference_is_unpacked_over_its_bundle_and_nowhere_else() {
    let mut lab = Lab::new();
    lab.bundle("whole.tar.zst");
    unpacked(&lab, "whole.tar.zst", "there").unwrap();
    fs::create_dir(lab.out("other")).unwrap();
    lab.items.remove(0);
    lab.download(Algorithm::Sha256, b"a newer archive", &["https://h.example/a/release.tar.gz"]);
    lab.write();
    lab.bundle_with("delta.tar.zst", &With { since: Some("there/manifest.json"), ..With::default() }).unwrap();
    assert_eq!(lab.problems("delta.tar.zst"), "");
    let error = unpacked(&lab, "delta.tar.zst", "new").unwrap_err();
    has(
        &error,
        &["delta.tar.zst holds only a difference, and this is not the bundle that it was made against", "(LT706)"],
    );
    assert!(!exists(&lab.out("new")));
    unpacked(&lab, "delta.tar.zst", "there").unwrap();
    assert_eq!(lab.problems("there"), "");
    unpacked(&lab, "delta.tar.zst", "there").unwrap();
    lab.bundle("folder");
    let files = |name| lab.tree_of(name).into_keys().collect::<Vec<_>>();
    assert_eq!(files("there"), files("folder"), "what is not needed any more is gone");

    has(&unpacked(&lab, "whole.tar.zst", "there").unwrap_err(), &["there: another bundle is there", "(LT706)"]);
    fs::write(lab.out("other/mine"), "").unwrap();
    has(&unpacked(&lab, "whole.tar.zst", "other").unwrap_err(), &["other: there is something else in it", "(LT706)"]);
    assert_eq!(lab.tree_of("other").len(), 1);
}

/// An archive of these entries: path, kind, bytes or where a link leads.
fn archive(lab: &Lab, entries: &[(&str, EntryType, &[u8])]) {
    let mut builder = Builder::new(zstd::Encoder::new(File::create(lab.out("bad.tar.zst")).unwrap(), 3).unwrap());
    for (path, kind, bytes) in entries {
        let mut header = Header::new_gnu();
        header.set_entry_type(*kind);
        header.set_mode(0o644);
        let is_link = matches!(kind, EntryType::Symlink | EntryType::Link);
        let name = &mut header.as_old_mut().name;
        // The library would refuse what is wrong.
        if path.len() <= name.len() {
            name[..path.len()].copy_from_slice(path.as_bytes());
        } else {
            let mut long = Header::new_gnu();
            long.set_entry_type(EntryType::GNULongName);
            long.set_size(path.len() as u64 + 1);
            long.set_cksum();
            builder.append(&long, &[path.as_bytes(), b"\0"].concat()[..]).unwrap();
        }
        if is_link {
            header.as_old_mut().linkname[..bytes.len()].copy_from_slice(bytes);
        }
        let content: &[u8] = if is_link { b"" } else { bytes };
        header.set_size(content.len() as u64);
        header.set_cksum();
        builder.append(&header, content).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap();
}

/// What verifying and unpacking say of it; nothing is outside of where it was to be unpacked, and no manifest there.
fn refused(lab: &Lab, parts: &[&str]) {
    let checked = verify_signed(&lab.out("bad.tar.zst"), &[], &|_| {}, &|_| {});
    let checked = checked.map(drop).unwrap_err().to_string();
    has(&checked, parts);
    let error = unpacked(lab, "bad.tar.zst", "bad").unwrap_err();
    has(&error, parts);
    assert!(!exists(&lab.out("bad/manifest.json")) && !exists(&lab.out("outside")), "{error}");
    if exists(&lab.out("bad")) {
        assert!(lab.tree_of("bad").into_keys().all(|path| !path.starts_with(".partial")), "{error}");
        fs::remove_dir_all(lab.out("bad")).unwrap();
    }
}

#[test]
fn a_hostile_archive_is_refused() {
    let lab = Lab::new();
    lab.bundle("one");
    let manifest = fs::read(lab.out("one/manifest.json")).unwrap();
    let digest = Algorithm::Sha256.digest(b"an archive");
    let good = format!("repository_cache/content_addressable/sha256/{}/file", digest.hex());
    let file = EntryType::Regular;
    let head = ("manifest.json", file, &manifest[..]);
    for (path, bytes, says) in [
        ("../outside", &b""[..], "its entry ../outside is no path that a bundle can hold"),
        ("/tmp/outside", b"", "is no path that a bundle can hold"),
        ("vendor/x/../../outside", b"", "is no path that a bundle can hold"),
        ("outside", b"x", "its entry outside is not in its manifest"),
        ("manifest.json", b"{}", "its entry manifest.json is not in its manifest"),
        ("manifest.json.minisig/x", b"", "is not in its manifest"),
        ("vendor/x/\u{1b}[2J", b"", "vendor/x/\\u{1b}[2J is no path"),
        (&good, b"an archivE and much more", "has 24 bytes, and has to have 10"),
    ] {
        archive(&lab, &[head, (path, file, bytes)]);
        refused(&lab, &[says, "It is not as `lazytools airgap bundle` wrote it: copy it again (LT728)"]);
    }
    archive(&lab, &[head, (&good, file, b"an archive"), (&good, file, b"an archive")]);
    refused(&lab, &["file is in it twice"]);
    archive(&lab, &[head, (&good, file, b"an archivE")]);
    refused(&lab, &["file: is damaged: its digest is sha256:", "(LT710)"]);
    archive(&lab, &[head, (&good, EntryType::Symlink, b"../../../../../outside")]);
    refused(&lab, &["is of the kind Symlink, and not what its manifest says"]);
    archive(&lab, &[head, ("vendor/x/start", EntryType::Symlink, b"/etc")]);
    refused(&lab, &["vendor/x/start leads elsewhere than its manifest says"]);
    archive(&lab, &[head, (&good, EntryType::Link, b"/etc/passwd")]);
    refused(&lab, &["is another name of something else than its manifest says"]);
    for kind in [EntryType::Fifo, EntryType::Block, EntryType::Directory, EntryType::XHeader, EntryType::GNUSparse] {
        archive(&lab, &[head, (&good, kind, b"")]);
        refused(&lab, &["and not what its manifest says"]);
    }
    archive(&lab, &[head, (&good, file, b"an archive")]);
    refused(&lab, &["/file: is missing", "it came from https://h.example/", "(LT710)"]);
    archive(&lab, &[(&good, file, b"an archive"), head]);
    refused(&lab, &["it does not begin with manifest.json"]);
    archive(&lab, &[("manifest.json", file, b"{}")]);
    refused(&lab, &["bad.tar.zst/manifest.json: at", "(LT701)"]);
}

#[test]
fn a_bomb_and_what_is_cut_off() {
    let lab = Lab::new();
    lab.bundle("one.tar.zst");
    let bytes = fs::read(lab.out("one.tar.zst")).unwrap();
    // A name, a signature and a manifest that never end: zeros take no room in an archive.
    for (name, kind, size) in [
        ("manifest.json", EntryType::Regular, 64 << 30),
        ("././@LongLink", EntryType::GNULongName, 1 << 20),
        ("manifest.json", EntryType::Regular, u64::from(u32::MAX)),
    ] {
        let mut encoder = zstd::Encoder::new(File::create(lab.out("bad.tar.zst")).unwrap(), 3).unwrap();
        let mut header = Header::new_gnu();
        header.set_path(name).unwrap();
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_cksum();
        encoder.write_all(header.as_bytes()).unwrap();
        for _ in 0..2048 {
            encoder.write_all(&[0; 1 << 10]).unwrap();
        }
        encoder.finish().unwrap();
        refused(&lab, &[" bytes: that is too long"]);
    }
    // A window that would take 2 GiB of memory.
    let mut encoder = zstd::Encoder::new(File::create(lab.out("bad.tar.zst")).unwrap(), 3).unwrap();
    encoder.window_log(27).unwrap();
    encoder.write_all(&vec![1; 1 << 20]).unwrap();
    encoder.finish().unwrap();
    refused(&lab, &["it cannot be read: ", "(LT728)"]);
    for length in [1, 40, bytes.len() / 2, bytes.len() - 1] {
        fs::write(lab.out("bad.tar.zst"), &bytes[..length]).unwrap();
        refused(&lab, &["bad.tar.zst"]);
    }
    for at in (5..bytes.len()).step_by(bytes.len() / 40) {
        let mut bad = bytes.clone();
        bad[at] ^= 0x55;
        fs::write(lab.out("bad.tar.zst"), bad).unwrap();
        refused(&lab, &["bad.tar.zst"]);
    }
    fs::write(lab.out("bad.tar.zst"), "no archive").unwrap();
    refused(&lab, &["it cannot be read: ", "(LT728)"]);
}

#[cfg(unix)]
#[test]
fn an_interrupted_unpacking_goes_on_and_planted_links_lead_nowhere() {
    use std::os::unix::fs::{symlink, MetadataExt as _};
    let lab = Lab::new();
    lab.bundle("one.tar.zst");
    unpacked(&lab, "one.tar.zst", "whole").unwrap();
    let digest = Algorithm::Sha256.digest(b"an archive");
    let file = format!("repository_cache/content_addressable/sha256/{}/file", digest.hex());
    // As it is when it was killed.
    fs::remove_file(lab.out("whole/manifest.json")).unwrap();
    fs::remove_dir_all(lab.out("whole/vendor")).unwrap();
    fs::create_dir(lab.out("whole/.partial")).unwrap();
    fs::write(lab.out("whole/.partial/next"), "half").unwrap();
    let inode = || fs::metadata(lab.out("whole").join(&file)).unwrap().ino();
    let before = inode();
    unpacked(&lab, "one.tar.zst", "whole").unwrap();
    assert_eq!((inode(), lab.problems("whole")), (before, String::new()));

    fs::create_dir_all(lab.out("planted/.partial")).unwrap();
    fs::create_dir(lab.out("outside")).unwrap();
    symlink(lab.out("outside"), lab.out("planted/repository_cache")).unwrap();
    let error = unpacked(&lab, "one.tar.zst", "planted").unwrap_err();
    has(&error, &["planted/repository_cache is a link where the bundle has a folder", "(LT726)"]);
    assert!(lab.tree_of("outside").is_empty());
}
