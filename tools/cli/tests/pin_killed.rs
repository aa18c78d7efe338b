//! Killed at any moment, `pin` leaves the old lock or the new one, and the next run succeeds.

#![cfg(unix)]

mod support;

use std::process::Stdio;
use std::time::{Duration, Instant};

use support::{tar_gz, Outcome, Reply, Upstream, Workspace, DOWNLOADED};

const PLATFORMS: [&str; 2] = ["linux_aarch64", "linux_x86_64"];

fn archive(path: &str) -> Vec<u8> {
    tar_gz(&[("a.txt", &path.repeat(2000))])
}

/// `pin` against a server.
fn command(workspace: &Workspace, upstream: &Upstream) -> std::process::Command {
    let mut command = workspace.alone();
    command.args(["--pause", "1", "--rewrite"]).arg(format!("https://files.example.org={}", upstream.address("")));
    command
}

#[test]
fn killed_at_many_moments() {
    // A file takes some 40 ms, so that most moments are in the middle of one.
    let upstream = Upstream::new(|request| {
        let pause = Duration::from_millis(5);
        Reply { pause, ..Reply::file(request, &archive(&request.path), "\"one\"") }
    });
    let workspace = Workspace::new(DOWNLOADED);
    workspace.request(&PLATFORMS, "1.0");
    let start = Instant::now();
    let succeeded = |command: &mut std::process::Command| Outcome::of(&command.output().unwrap()).succeeded();
    succeeded(&mut command(&workspace, &upstream));
    let whole_run = start.elapsed();
    let mut old = workspace.lock();
    let (mut before, mut after, mut state) = (0, 0, 12345u32);
    for round in 0..60 {
        // Another version each time, so that there is something to do.
        workspace.request(&PLATFORMS, &format!("2.{round}"));
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let moment = whole_run.mul_f64(2.0 * f64::from(state >> 8) / f64::from(1 << 24));
        let mut child = command(&workspace, &upstream).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(moment);
        let _ = child.kill();
        child.wait().unwrap();
        let lock = workspace.lock();
        if lock == old {
            before += 1;
        } else {
            after += 1;
            // Whatever is not the old lock is the whole new one.
            let check = Outcome::of(&command(&workspace, &upstream).arg("--check").output().unwrap());
            check.succeeded();
        }
        if round % 6 == 0 {
            succeeded(&mut command(&workspace, &upstream));
        }
        old = workspace.lock();
    }
    assert!(before > 0 && after > 0, "{before} before, {after} after: the moments are not where they should be");
    workspace.request(&PLATFORMS, "3.0");
    succeeded(&mut command(&workspace, &upstream));
    succeeded(command(&workspace, &upstream).arg("--check"));
    // What a kill can leave beside the lock is a hidden file of its own.
    assert!(workspace.leftovers().iter().all(|name| name.starts_with(".lazy_tools.")), "{:?}", workspace.leftovers());
}
