//! What has not changed is not fetched again, and what broke off is continued.

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

use support::{tar_gz, Outcome, Reply, Request, Upstream, Workspace, DOWNLOADED};

const FILE: &str = "/files/1.0/thing-x.tar.gz";

/// Runs `pin` against the server, with its files at files.example.org.
fn pin(workspace: &Workspace, upstream: &Upstream, arguments: &[&str]) -> Outcome {
    let mut command = workspace.alone();
    command.args(["--pause", "1", "--timeout", "5", "--rewrite"]);
    command.arg(format!("https://files.example.org/={}", upstream.address("/files/"))).args(arguments);
    Outcome::of(&command.output().unwrap())
}

/// Bytes that gzip cannot shorten, so that a file has a middle.
fn archive() -> Vec<u8> {
    let mut state = 1u32;
    let text: String = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'!' + u8::try_from(state >> 24).unwrap() % 90)
    })
    .take(200_000)
    .collect();
    tar_gz(&[("a.txt", &text)])
}

#[test]
fn a_second_refresh_downloads_no_bytes() {
    let upstream = Upstream::new(|request| Reply::file(request, &archive(), "\"one\""));
    let workspace = Workspace::new(DOWNLOADED);
    pin(&workspace, &upstream, &[]).succeeded();
    let lock = workspace.lock();
    assert_eq!(upstream.body_bytes(), archive().len());
    upstream.forget();
    pin(&workspace, &upstream, &["--refresh"]).succeeded();
    assert_eq!((upstream.lines(), upstream.body_bytes()), (vec![format!("GET {FILE}")], 0));
    assert_eq!(workspace.lock(), lock);
}

#[test]
fn a_date_serves_where_there_is_no_etag() {
    let date = "Sun, 01 Nov 2026 00:00:00 GMT";
    let upstream = Upstream::new(move |request| {
        if request.header("if-modified-since") == Some(date) {
            return Reply::status(304);
        }
        Reply::ok(archive()).with("last-modified", date).with("etag", "W/\"weak\"")
    });
    let workspace = Workspace::new(DOWNLOADED);
    pin(&workspace, &upstream, &[]).succeeded();
    upstream.forget();
    pin(&workspace, &upstream, &["--refresh"]).succeeded();
    assert_eq!(upstream.body_bytes(), 0);
    assert_eq!(upstream.seen()[0].header("if-none-match"), None, "a weak ETag promises no bytes");
}

#[test]
fn metadata_are_asked_for_with_a_condition() {
    let digest = "0".repeat(64);
    let sums = format!("{digest}  thing-x.tar.gz\n");
    let upstream = Upstream::new(move |request| match request.path.as_str() {
        "/files/SHA256SUMS" => Reply::file(request, sums.as_bytes(), "W/\"sums\""),
        _ => Reply::ok(archive()),
    });
    let recipe = DOWNLOADED.replace(
        "{ from = \"download\" }",
        "{ from = \"checksums\", url = \"https://files.example.org/SHA256SUMS\", file = \"thing-x.tar.gz\", \
         algorithm = \"sha256\" }",
    );
    let workspace = Workspace::new(&recipe);
    pin(&workspace, &upstream, &[]).succeeded();
    let lock = workspace.lock();
    upstream.forget();
    pin(&workspace, &upstream, &["--refresh"]).succeeded();
    assert_eq!(upstream.lines(), ["GET /files/SHA256SUMS".to_owned(), format!("HEAD {FILE}")]);
    assert_eq!((upstream.body_bytes(), workspace.lock()), (0, lock));
}

#[test]
fn a_server_that_forbids_it_is_not_remembered() {
    let upstream =
        Upstream::new(|request| Reply::file(request, &archive(), "\"one\"").with("cache-control", "private, no-store"));
    let workspace = Workspace::new(DOWNLOADED);
    pin(&workspace, &upstream, &[]).succeeded();
    upstream.forget();
    pin(&workspace, &upstream, &["--refresh"]).succeeded();
    assert_eq!(upstream.body_bytes(), archive().len());
}

/// A server whose first answer breaks off in the middle, and the requests that it saw.
fn broken(then: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> (Upstream, Workspace) {
    let count = AtomicUsize::new(0);
    let upstream = Upstream::new(move |request| {
        if count.fetch_add(1, Ordering::SeqCst) == 0 {
            let bytes = archive();
            return Reply { cut: Some(bytes.len() / 2), ..Reply::file(request, &bytes, "\"one\"") };
        }
        then(request)
    });
    (upstream, Workspace::new(DOWNLOADED))
}

#[test]
fn what_broke_off_is_continued() {
    let (upstream, workspace) = broken(|request| Reply::file(request, &archive(), "\"one\""));
    pin(&workspace, &upstream, &[]).succeeded();
    let seen = upstream.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[1].header("range"), Some(format!("bytes={}-", archive().len() / 2).as_str()));
    assert_eq!(seen[1].header("if-range"), Some("\"one\""));
    assert_eq!(upstream.body_bytes(), archive().len(), "no byte came twice");
    let digest = lazytools_lock::Algorithm::Sha256.digest(&archive()).to_string();
    assert!(workspace.lock().contains(&digest), "the digest is that of the whole");
}

#[test]
fn a_server_that_knows_no_ranges_sends_it_anew() {
    let (upstream, workspace) = broken(|_| Reply::ok(archive()));
    pin(&workspace, &upstream, &[]).succeeded();
    assert_eq!(upstream.body_bytes(), archive().len() / 2 + archive().len());
    assert!(workspace.lock().contains(&lazytools_lock::Algorithm::Sha256.digest(&archive()).to_string()));
}

#[test]
fn a_file_that_changed_meanwhile_is_fetched_anew() {
    let other = || tar_gz(&[("other.txt", "quite another file")]);
    let (upstream, workspace) = broken(move |request| Reply::file(request, &other(), "\"two\""));
    pin(&workspace, &upstream, &[]).succeeded();
    assert!(workspace.lock().contains(&lazytools_lock::Algorithm::Sha256.digest(&other()).to_string()));
    assert_eq!(upstream.seen().len(), 2);
}

#[test]
fn a_range_that_was_not_asked_for_is_not_taken() {
    let (upstream, workspace) = broken(|request| {
        let reply = Reply::file(request, &archive(), "\"one\"");
        if reply.status != 206 {
            return reply;
        }
        let headers = vec![("content-range", format!("bytes 7-{}/{}", archive().len() - 1, archive().len()))];
        Reply { headers, body: archive()[7..].to_vec(), ..reply }
    });
    pin(&workspace, &upstream, &[]).succeeded();
    assert!(workspace.lock().contains(&lazytools_lock::Algorithm::Sha256.digest(&archive()).to_string()));
    assert_eq!(upstream.seen()[2].header("range"), None);
}

#[cfg(unix)]
#[test]
fn what_a_killed_run_has_fetched_is_continued() {
    let sent = Arc::new(AtomicUsize::new(0));
    let of_server = Arc::clone(&sent);
    let upstream = Upstream::new(move |request| {
        let slow = of_server.fetch_add(1, Ordering::SeqCst) == 0;
        let pause = std::time::Duration::from_millis(if slow { 400 } else { 0 });
        Reply { pause, ..Reply::file(request, &archive(), "\"one\"") }
    });
    let workspace = Workspace::new(DOWNLOADED);
    let mut command = workspace.alone();
    command.arg("--rewrite").arg(format!("https://files.example.org/={}", upstream.address("/files/")));
    let mut child = command.stderr(std::process::Stdio::null()).spawn().unwrap();
    while upstream.body_bytes() == 0 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    // What the server has sent is on its way; the file has some of it soon.
    let partial = workspace.path().join("store/partial");
    let has_some = || {
        let entries = std::fs::read_dir(&partial).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.metadata().ok()).any(|metadata| metadata.len() > 4096)
    };
    while !has_some() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    pin(&workspace, &upstream, &[]).succeeded();
    let seen = upstream.seen();
    assert!(seen[1].header("range").is_some(), "{:?}", seen[1]);
    assert!(workspace.lock().contains(&lazytools_lock::Algorithm::Sha256.digest(&archive()).to_string()));
    assert_eq!(std::fs::read_dir(&partial).unwrap().count(), 0, "nothing is left over");
}
