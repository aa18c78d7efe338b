//! The folder depends on the plan and the artifacts alone, and a killed run leaves nothing that counts.
#![allow(missing_docs)]
#![cfg(unix)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::Duration;

use common::archives::{compressed, Tar, Zip};
use common::{digest, names, says, Case};
use serde_json::json;

fn tar(name: &str, files: usize) -> Vec<u8> {
    let mut tar =
        Tar::new().folder(name).file(&format!("{name}/run"), 0o777, b"run").symlink(&format!("{name}/link"), "run");
    for number in 0..files {
        let text = format!("{number}").repeat(number % 700);
        tar = tar.file(&format!("{name}/d{}/f{number}", number % 17), 0o640, text.as_bytes());
    }
    tar.done()
}

/// Made once: a test program that is not optimized takes its time over archives.
fn archives() -> &'static [Vec<u8>; 3] {
    static ARCHIVES: OnceLock<[Vec<u8>; 3]> = OnceLock::new();
    ARCHIVES.get_or_init(|| [compressed(&tar("a", 100), "gz"), compressed(&tar("b", 100), "xz"), zip()])
}

fn zip() -> Vec<u8> {
    Zip::new().folder("zip/x/").file("zip/a", 0o755, &vec![1; 300_000]).file("zip/b", 0o664, b"b").done()
}

fn case() -> Case {
    let [a, b, zip] = archives();
    Case::new()
        .artifact("a", a)
        .artifact("b", b)
        .step(json!({"extract": {"artifact": "a", "format": "tar.gz"}}))
        .step(json!({"extract": {"artifact": "b", "format": "tar.xz", "modes": {"**/f1": "0755"}}}))
        .step(json!({"directory": {"to": "empty"}}))
        .part("host", "linux_x86_64")
        .artifact("zip", zip)
        .step(json!({"extract": {"artifact": "zip", "format": "zip"}}))
        .step(json!({"place": {"artifact": "zip", "to": "a/zip", "mode": "0444"}}))
        .step(json!({"symlink": {"to": "l", "target": "a/zip"}}))
}

/// The digest after a run through this shell, which gets the command as its arguments.
fn through(shell: &str, case: &Case) -> String {
    let command = case.command();
    let output =
        Command::new("sh").arg("-c").arg(shell).arg("sh").arg(command.get_program()).args(command.get_args()).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(fs::metadata(case.out()).unwrap().permissions().mode() & 0o7777, 0o755, "{shell}");
    digest(&case.out())
}

#[test]
fn nothing_else_matters() {
    let expected = case().digest();
    for shell in [
        "umask 0; exec \"$@\"",
        "umask 077; exec \"$@\"",
        "umask 0777; exec \"$@\"",
        "LC_ALL=tr_TR.UTF-8 LANG=C TZ=Asia/Kathmandu exec \"$@\"",
        "cd / && env -i \"$@\"",
        "exec \"$@\" --jobs 1",
        "exec \"$@\" --jobs 2",
        "exec \"$@\" --jobs 16",
        "exec \"$@\" --verify",
    ] {
        assert_eq!(through(shell, &case()), expected, "{shell}");
    }
    assert_eq!(case().reverse().digest(), expected, "parts, steps and --artifact in another order");
    for _ in 0..5 {
        assert_eq!(case().arg("--jobs").arg("4").digest(), expected);
    }
}

#[test]
fn a_folder_with_the_set_group_id_bit() {
    let expected = case().digest();
    let case = case();
    fs::set_permissions(case.folder.path(), fs::Permissions::from_mode(0o2700)).unwrap();
    assert_eq!(case.digest(), expected);
}

#[test]
fn the_manifest_is_the_same_as_well() {
    let one = case();
    one.list();
    let other = case().reverse().arg("--jobs").arg("1");
    other.list();
    assert_eq!(fs::read(one.path("manifest.json")).unwrap(), fs::read(other.path("manifest.json")).unwrap());
}

#[test]
fn the_folder_may_be_there_already() {
    let case = case();
    let expected = case.digest();
    // As an earlier run left it; then as Bazel makes it; then behind a link.
    assert_eq!(case.digest(), expected);
    fs::remove_dir_all(case.out()).unwrap();
    fs::create_dir(case.out()).unwrap();
    assert_eq!(case.digest(), expected);
    fs::rename(case.out(), case.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink("elsewhere", case.out()).unwrap();
    assert_eq!(case.digest(), expected);
}

#[test]
fn a_folder_of_somebody_else_is_left_alone() {
    let case = case();
    fs::create_dir(case.out()).unwrap();
    fs::write(case.out().join("thesis.tex"), "words").unwrap();
    says(&case.error("LT415"), &["already holds \"thesis.tex\", which this command did not make"]);
    assert_eq!(fs::read(case.out().join("thesis.tex")).unwrap(), b"words");
    fs::remove_dir_all(case.out()).unwrap();
    fs::write(case.out(), "a file").unwrap();
    says(&case.error("LT415"), &["cannot read"]);
}

#[test]
fn a_folder_that_cannot_be_made() {
    let case = case();
    fs::write(case.path("file"), "").unwrap();
    let output = into(&case, &case.path("file/out"));
    says(&String::from_utf8(output.stderr).unwrap(), &["cannot ", "file", "(LT415)"]);
}

/// Assembles into another folder than the case's own.
fn into(case: &Case, out: &Path) -> Output {
    case.write_plan();
    let mut args = case.plain_args();
    let at = args.iter().position(|arg| arg == "--out").unwrap();
    args[at + 1] = out.display().to_string();
    common::helper().arg("assemble").args(args).output().unwrap()
}

#[test]
fn a_folder_beside_which_nothing_can_be_made() {
    let (expected, case) = (case().digest(), case());
    let (parent, out) = (case.path("parent"), case.path("parent/out"));
    fs::create_dir_all(&out).unwrap();
    // For root this is no hindrance, and the usual way is taken.
    fs::set_permissions(&parent, fs::Permissions::from_mode(0o555)).unwrap();
    for _ in 0..2 {
        let output = into(&case, &out);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(digest(&out), expected);
    }
    // A run that was killed while it filled the folder.
    fs::write(out.join(".lazytools-incomplete"), "").unwrap();
    fs::remove_file(out.join("a/run")).unwrap();
    assert!(into(&case, &out).status.success());
    assert_eq!(digest(&out), expected);
    fs::set_permissions(&parent, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(names(&parent), ["out"]);
}

#[test]
fn killed_at_any_moment() {
    let expected = case().digest();
    let case = case();
    for round in 0..30 {
        let mut child = case.command().spawn().unwrap();
        std::thread::sleep(Duration::from_micros(300 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        // A folder that is there is whole, and has its manifest.
        if case.out().exists() {
            assert_eq!(digest(&case.out()), expected);
            assert!(case.path("manifest.json").exists());
        }
    }
    assert_eq!(case.digest(), expected);
    let left: Vec<_> = names(case.folder.path()).into_iter().filter(|name| name.contains("lazytools-")).collect();
    assert_eq!(left, [""; 0], "what killed runs left is removed");
}

#[test]
fn several_at_a_time() {
    let expected = case().digest();
    let case = case();
    let mut commands: Vec<_> = (0..4).map(|_| case.command()).collect();
    let children: Vec<_> = commands.iter_mut().map(|command| command.spawn().unwrap()).collect();
    for child in children {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    assert_eq!(digest(&case.out()), expected);
    assert_eq!(case.digest(), expected);
}
