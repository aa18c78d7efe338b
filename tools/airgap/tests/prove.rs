//! What is served in the namespace of `prove` is no failure, and all else is. `tools/cli/tests/airgap_prove.rs` has the rest.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::thread;

use lazytools_airgap::collect::Bazel;
use lazytools_airgap::prove::{prove, Options, Outcome, Serving};
use lazytools_airgap::{AirgapError, Result};

fn serve(folder: &Path) -> Result<Serving> {
    let failed = AirgapError::io("serving in", folder);
    let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
    let address = listener.local_addr().unwrap();
    let answered = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&answered);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = stream.write_all(b"served\n");
        }
    });
    fs::create_dir(folder).unwrap();
    fs::write(folder.join("config"), "rewrite").unwrap();
    let flags =
        vec![format!("--downloader_config={}", folder.join("config").display()), format!("--port={}", address.port())];
    Ok(Serving { address, flags, requests: Box::new(move || answered.load(Ordering::SeqCst)) })
}

fn run(lab: &Path, script: &str) -> lazytools_airgap::prove::Report {
    fs::write(lab.join("ws/MODULE.bazel"), "").unwrap();
    let read =
        "for one; do case $one in --port=*) port=${one#*=} ;; --downloader_config=*) cat ${one#*=} ;; esac; done";
    fs::write(lab.join("bazel"), format!("#!/bin/bash\n{read}\n{script}\n")).unwrap();
    fs::set_permissions(lab.join("bazel"), fs::Permissions::from_mode(0o755)).unwrap();
    let options = Options {
        workspace: lab.join("ws"),
        scratch: lab.join("scratch"),
        keep: None,
        bundle: None,
        fragment: "airgap.bazelrc".into(),
        targets: vec!["//...".to_owned()],
        platforms: vec![],
        host_platform: None,
        flags: vec![],
        test: false,
        allow_loopback: false,
        own_home: false,
    };
    let bazel = Bazel::new(lab.join("bazel"), lab.join("ws"), Some("8.4.2".parse().unwrap()));
    // A thread is in a namespace of its own, and the next begins in that of the test.
    thread::scope(|scope| scope.spawn(|| prove(&options, &bazel, Some(&serve), &|_| {}).unwrap()).join().unwrap())
}

#[test]
fn requests_are_counted_apart() {
    if !nix::unistd::geteuid().is_root() {
        // A test has several threads, by which a process cannot enter a user namespace.
        return;
    }
    let lab = tempfile::tempdir().unwrap();
    fs::create_dir(lab.path().join("ws")).unwrap();
    let twice = "for _ in 1 2; do read -r word </dev/tcp/127.0.0.1/$port && [ \"$word\" = served ] || exit 1; done";
    let report = run(lab.path(), twice);
    assert_eq!(report.outcome, Outcome::Proved, "{report:?}");
    let served = report.served.unwrap();
    assert_eq!((served.connections, served.requests, report.opened), (2, 2, 2));
    assert!(report.addresses.is_empty() && report.packets > 0);
    let report = run(lab.path(), &format!("{twice}; (: >/dev/tcp/127.0.0.1/9); exit 0"));
    assert_eq!((report.outcome, report.served.unwrap().connections), (Outcome::Needs, 2));
    assert_eq!(report.addresses.iter().map(|one| one.address.to_string()).collect::<Vec<_>>(), ["127.0.0.1:9"]);
}
