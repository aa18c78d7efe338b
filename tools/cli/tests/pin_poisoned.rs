//! What a poisoned upstream does, and how it is caught. What is caught on the way of one file is in `pin_network`, a
//! redirect to plain http in `pin_tls`, and a signature by another key in `pin_signatures`.

mod support;

use lazytools_lock::Algorithm;
use support::{files, tar_gz, Files, Outcome, Reply, Upstream, Workspace, DOWNLOADED};

fn put(files: &Files, path: &str, bytes: &[u8]) {
    files.lock().unwrap().insert(path.to_owned(), bytes.to_vec());
}

fn pin(workspace: &Workspace, upstream: &Upstream, arguments: &[&str]) -> Outcome {
    let mut command = workspace.alone();
    command.args(["--pause", "1", "--rewrite"]).arg(format!("https://files.example.org={}", upstream.address("")));
    Outcome::of(&command.args(arguments).output().unwrap())
}

const FILE: &str = "/1.0/thing-x.tar.gz";

#[test]
fn a_changed_file_under_an_unchanged_address_is_not_taken() {
    let (upstream, files) = files();
    let (old, new) = (tar_gz(&[("a.txt", "old")]), tar_gz(&[("a.txt", "new")]));
    let digest = |bytes: &[u8]| Algorithm::Sha256.digest(bytes).to_string();
    put(&files, FILE, &old);
    let workspace = Workspace::new(DOWNLOADED);
    pin(&workspace, &upstream, &[]).succeeded();
    let lock = workspace.lock();
    put(&files, FILE, &new);
    let caught = [
        "nothing was written".to_owned(),
        "tool thing target linux_x86_64: thing: https://files.example.org/1.0/thing-x.tar.gz gives another file than before".to_owned(),
        format!("the lock has {}, and now its digest is {}", digest(&old), digest(&new)),
        "bazel run //tools:update_pins -- --accept-changed thing` (LT337)".to_owned(),
    ];
    let caught: Vec<&str> = caught.iter().map(String::as_str).collect();
    pin(&workspace, &upstream, &["--refresh"]).failed_with(&caught);
    // Neither when the recipe changes, nor under another tool's name.
    workspace.write("thing.toml", &format!("{DOWNLOADED}\n[environment.set]\nTHING = \"1\"\n"));
    pin(&workspace, &upstream, &[]).failed_with(&caught[2..3]);
    let requests = workspace.read("requests.json");
    workspace.write("requests.json", &requests.replace("\"thing\":", "\"other\":"));
    pin(&workspace, &upstream, &[]).failed_with(&["tool other target linux_x86_64: thing: ", "--accept-changed other"]);
    workspace.write("requests.json", &requests);
    assert_eq!(workspace.lock(), lock);
    // The flag is for one tool.
    let outcome = pin(&workspace, &upstream, &["--refresh", "--accept-changed", "thin"]);
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.err.contains("--accept-changed thin: MODULE.bazel declares no such tool: did you mean \"thing\"?"));
    workspace.write("thing.toml", DOWNLOADED);
    pin(&workspace, &upstream, &["--accept-changed", "thing"]).succeeded();
    assert!(workspace.lock().contains(&digest(&new)));
}

#[test]
fn a_changed_digest_that_upstream_publishes_is_not_taken_either() {
    let (upstream, files) = files();
    let recipe = DOWNLOADED.replace(
        "{ from = \"download\" }",
        "{ from = \"checksums\", url = \"https://files.example.org/SUMS\", file = \"x\", algorithm = \"sha256\" }",
    );
    let workspace = Workspace::new(&recipe);
    put(&files, FILE, &tar_gz(&[]));
    put(&files, "/SUMS", format!("{}  x\n", "0".repeat(64)).as_bytes());
    pin(&workspace, &upstream, &[]).succeeded();
    put(&files, "/SUMS", format!("{}  x\n", "1".repeat(64)).as_bytes());
    pin(&workspace, &upstream, &["--refresh"]).failed_with(&["gives another file than before", "(LT337)"]);
    // A new version is another address.
    put(&files, "/2.0/thing-x.tar.gz", &tar_gz(&[]));
    workspace.request(&["linux_x86_64"], "2.0");
    pin(&workspace, &upstream, &[]).succeeded();
}

#[test]
fn one_page_under_all_platforms_names_is_told_for_each() {
    let page =
        |_: &_| Reply::ok(&b"<!DOCTYPE html><title>Sign in</title>"[..]).with("content-type", "application/gzip");
    let upstream = Upstream::new(page);
    let workspace = Workspace::new(DOWNLOADED);
    workspace.request(&["linux_aarch64", "linux_x86_64"], "1.0");
    let outcome = pin(&workspace, &upstream, &[]).failed_with(&[
        "2 things failed",
        "tool thing target linux_aarch64: thing: ",
        "tool thing target linux_x86_64: thing: ",
        "an HTML page with status 200 where tar.gz was declared",
        "(LT303)",
    ]);
    assert!(workspace.lock().is_empty(), "{}", outcome.err);
}

#[test]
fn one_archive_under_all_platforms_names_is_told_by_published_digests_too() {
    let (upstream, files) = files();
    let recipe = DOWNLOADED.replace(
        "{ from = \"download\" }",
        "{ from = \"checksums\", url = \"https://files.example.org/{version}/thing-{platform.word}.tar.gz.sha256\", \
         algorithm = \"sha256\" }",
    );
    let workspace = Workspace::new(&recipe);
    for word in ["x", "a"] {
        put(&files, &format!("/1.0/thing-{word}.tar.gz"), b"\x1f\x8b\x08");
        put(&files, &format!("/1.0/thing-{word}.tar.gz.sha256"), "0".repeat(64).as_bytes());
    }
    workspace.request(&["linux_aarch64", "linux_x86_64"], "1.0");
    pin(&workspace, &upstream, &[])
        .failed_with(&["artifact thing has the same digest for linux_aarch64 and linux_x86_64", "(LT308)"]);
}
