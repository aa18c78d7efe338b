//! Archives inside archives.
#![allow(missing_docs)]

mod common;

use common::archives::{compressed, Tar, Zip};
use common::{extract, says};
use serde_json::json;

fn inner() -> Vec<u8> {
    Tar::new().file("lib/a.so", 0o755, b"a").file("lib/b.so", 0o644, b"b").file("README", 0o644, b"r").done()
}

/// A package that holds a compressed program, a compressed tar archive and a zip archive.
fn package() -> Vec<u8> {
    let zip = Zip::new().file("z/c", 0o755, b"c").done();
    let tar = Tar::new()
        .file("package/bin/tool.gz", 0o644, &compressed(b"tool", "gz"))
        .file("package/bin/lib.tar.gz", 0o644, &compressed(&inner(), "gz"))
        .file("package/bin/more.zip", 0o644, &zip)
        .file("package/README", 0o644, b"readme")
        .folder("package/empty");
    compressed(&tar.done(), "gz")
}

fn case(more: serde_json::Value) -> common::Case {
    extract("tar.gz", &package(), more)
}

#[test]
fn members_of_a_nested_archive() {
    let nested = json!({"member": "package/bin/lib.tar.gz", "format": "tar.gz"});
    let more = json!({"nested": nested, "stripPrefix": "lib/", "to": "browser", "exclude": ["b.so"]});
    assert_eq!(case(more).paths(), ["browser", "browser/a.so"]);
    let pick = json!({"nested": nested, "pick": {"README": "r"}});
    assert_eq!(case(pick).paths(), ["r"]);
    let zip = json!({"nested": {"member": "package/bin/more.zip", "format": "zip"}, "strip": 1});
    assert_eq!(case(zip).paths(), ["c"]);
}

#[test]
fn a_nested_file() {
    let nested = json!({"member": "package/bin/tool.gz", "format": "gz"});
    assert_eq!(case(json!({"nested": nested, "to": "bin/tool", "modes": {"*": "0755"}})).paths(), ["bin", "bin/tool"]);
}

#[test]
fn what_is_not_nested_there() {
    let of = |member: &str, format: &str| json!({"nested": {"member": member, "format": format}, "to": "x"});
    let missing = case(of("package/bin/tool.xz", "xz")).error("LT411");
    says(&missing, &["has no member \"package/bin/tool.xz\"", "near it: \"package/bin/tool.gz\""]);
    let folder = case(of("package/empty", "gz")).error("LT407");
    says(&folder, &["member \"package/empty\" is not a file of its own, and nothing is nested in it"]);
    let kind = case(of("package/README", "gz")).error("LT403");
    says(&kind, &["any/a, package/README", "gz"]);
    let bound = case(json!({"nested": {"member": "package/bin/lib.tar.gz", "format": "tar.gz"}, "maxBytes": 20}));
    bound.error("LT410");
}
