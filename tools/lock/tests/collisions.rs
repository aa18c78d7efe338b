//! Steps that cannot stand beside each other, on any pair of platforms.

use lazytools_lock::recipe::collisions::check;
use lazytools_lock::{Lock, Tool};

const DIGEST: &str = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
const OTHER: &str = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";

/// A tool with the layout of `any`, and of the host and target `linux_x86_64`, each with an artifact `a`.
fn tool(any: &str, host: &str, target: &str, target_digest: &str) -> Tool {
    let part = |layout: &str, digest: &str| {
        format!(
            r#"{{"artifacts": {{"a": {{"urls": ["https://example.org/a"], "format": "file", "integrity": "{digest}"}}}},
            "layout": [{layout}]}}"#
        )
    };
    let text = format!(
        r#"{{"lockVersion": 1, "tools": {{"t": {{"recipe": {{"name": "r", "digest": "{DIGEST}"}},
        "request": {{"recipe": "r", "platforms": ["linux_x86_64"]}}, "any": {},
        "host": {{"linux_x86_64": {}}}, "target": {{"linux_x86_64": {}}}}}}}}}"#,
        part(any, DIGEST),
        part(host, DIGEST),
        part(target, target_digest)
    );
    Lock::parse(&text, "l").unwrap_or_else(|error| panic!("{error}")).tools.into_values().next().unwrap()
}

fn place(to: &str) -> String {
    format!(r#"{{"place": {{"artifact": "a", "to": "{to}"}}}}"#)
}

fn link(to: &str, target: &str) -> String {
    format!(r#"{{"symlink": {{"to": "{to}", "target": "{target}"}}}}"#)
}

fn fault(any: &str, host: &str, target: &str) -> String {
    check(&tool(any, host, target, OTHER)).unwrap_err().join("\n")
}

#[test]
fn the_same_step_counts_once() {
    check(&tool("", &place("a"), &place("a"), DIGEST)).unwrap();
    check(&tool(&link("l", "x"), &link("l", "x"), "", DIGEST)).unwrap();
}

#[test]
fn two_steps_cannot_write_one_path() {
    let message = fault("", &place("a"), &place("a"));
    let expected =
        "a is written by placing a (for host linux_x86_64) and by placing a (for target linux_x86_64) (LT208)";
    assert_eq!(message, expected);
    assert!(fault(&place("a/B"), &place("a/b"), "").starts_with("a/b and a/B is written by"));
    let extract = r#"{"extract": {"artifact": "a", "format": "tar.gz", "to": "x", "pick": {"m": "y"}}}"#;
    assert!(fault(extract, &place("x/y"), "").contains("extracting a (for any)"));
}

#[test]
fn a_file_is_no_folder() {
    assert!(fault(&place("a"), &place("a/b"), "").contains("a is a file of placing a (for any) and a folder of"));
}

#[test]
fn links_stay_inside() {
    for (to, target) in [("l", ".."), ("d/l", "../../x"), ("l", "/etc"), ("l", "a/../../b"), ("l", "")] {
        assert!(fault(&link(to, target), "", "").contains("leads out of the folder"), "{to} -> {target}");
    }
    check(&tool(&link("d/l", "../x"), "", "", OTHER)).unwrap();
}
