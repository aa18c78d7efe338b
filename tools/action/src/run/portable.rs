//! Running a tool where this program has no guard of its own: Bazel's sandbox keeps the network away there (the rules
//! ask for it with `block-network`).

use std::io::{stderr, stdout, IsTerminal as _};
use std::process::{ExitStatus, Stdio};
use std::sync::mpsc::channel;

use super::error::Result;
use super::job::Job;
use super::private::{remove_tree, Private};
use super::session::{redirect, End, Seen, Session};
use super::snapshot::Snapshot;

/// Runs the tool and gives its end.
pub fn run(job: &Job) -> Result<End> {
    let private = Private::create()?;
    let end = run_in(job, &private);
    remove_tree(private.real());
    end
}

fn run_in(job: &Job, private: &Private) -> Result<End> {
    let mut session = Session::prepare(job, private)?;
    for cache in &mut session.caches {
        cache.before = cache.shared.as_deref().map(Snapshot::take);
    }
    let seen = Seen::default();
    let [out, err] = redirect(job, private)?;
    let direct = |terminal: bool| if job.launcher && terminal { Stdio::inherit() } else { Stdio::piped() };
    let mut command = session.command();
    command.stdout(out.unwrap_or_else(|| direct(stdout().is_terminal())));
    command.stderr(err.unwrap_or_else(|| direct(stderr().is_terminal())));
    let mut child = command.spawn().map_err(|error| session.not_started(error))?;
    let (done, all_done) = channel();
    child.stdout.take().into_iter().for_each(|pipe| seen.tails[0].follow(pipe, stdout(), done.clone()));
    child.stderr.take().into_iter().for_each(|pipe| seen.tails[1].follow(pipe, stderr(), done.clone()));
    drop(done);
    let status = child.wait().map_err(|error| session.not_started(error))?;
    // Nothing is sent: it ends when both followers have.
    let _ = all_done.recv();
    let end = end_of(status);
    Ok(match session.finish(job, private, end, &seen, "kept away by Bazel's sandbox") {
        code if code == end.code() => end,
        code => End::Exited(code),
    })
}

#[cfg(unix)]
fn end_of(status: ExitStatus) -> End {
    use std::os::unix::process::ExitStatusExt as _;
    status.signal().map_or_else(|| End::Exited(status.code().unwrap_or(1)), End::Signalled)
}

#[cfg(not(unix))]
fn end_of(status: ExitStatus) -> End {
    End::Exited(status.code().unwrap_or(1))
}
