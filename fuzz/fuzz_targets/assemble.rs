//! A whole folder from a hostile archive: nothing is written outside of it, no link leads out, and after a failure
//! nothing is left. The first byte chooses the format.
#![no_main]

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use lazytools_layout::{Artifacts, Request};
use lazytools_lock::{Algorithm, Plan, Role};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fn all_inside(root: &Path, folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let data = fs::symlink_metadata(&path).unwrap();
        if data.is_symlink() {
            assert!(fs::canonicalize(&path).unwrap().starts_with(root), "{} leads out", path.display());
        } else if data.is_dir() {
            all_inside(root, &path);
        } else {
            assert!(data.is_file());
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let format = match first {
        0 => "zip",
        1 => "tar.gz",
        _ => "tar",
    };
    let shared = Path::new("/dev/shm");
    let folder = if shared.is_dir() { tempfile::tempdir_in(shared) } else { tempfile::tempdir() }.unwrap();
    let root = fs::canonicalize(folder.path()).unwrap();
    let (archive, out, manifest) = (root.join("archive"), root.join("out"), root.join("manifest"));
    fs::write(&archive, rest).unwrap();
    let plan: Plan = serde_json::from_value(json!({"planVersion": 1, "tool": "fuzz", "parts": [{
        "role": "any",
        "artifacts": {"a": {"integrity": Algorithm::Sha256.digest(rest).to_string()}},
        "layout": [{"extract": {"artifact": "a", "format": format, "maxBytes": 1_000_000, "maxMembers": 100}}],
    }]}))
    .unwrap();
    let artifacts = Artifacts::from([(Role::Any, HashMap::from([("a".parse().unwrap(), archive)]))]);
    let request =
        Request { plan: &plan, artifacts: &artifacts, out: &out, manifest: &manifest, verify: false, threads: Some(2) };
    match lazytools_layout::assemble(&request) {
        Ok(()) => {
            all_inside(&out, &out);
            let text = fs::read(&manifest).unwrap();
            serde_json::from_slice::<lazytools_lock::Manifest>(&text).unwrap();
        }
        Err(error) => assert!(error.to_string().ends_with(')'), "{error}"),
    }
    let expected = if out.exists() { 3 } else { 1 };
    assert_eq!(fs::read_dir(&root).unwrap().count(), expected, "something was left");
});
