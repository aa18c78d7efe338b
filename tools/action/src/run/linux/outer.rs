//! The outer process: it finds a guard that this machine allows, forwards signals, and cleans up.

use std::fs::File;
use std::io::{IsTerminal as _, Read as _};
use std::os::fd::OwnedFd;
use std::path::Path;

use lazytools_jail::children;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::signal::{kill, raise, signal, SigHandler, SigSet, SigmaskHow, Signal};
use nix::sys::wait::WaitStatus;
use nix::unistd::{fork, getpid, pipe2, ForkResult, Pid};

use super::super::error::{At as _, Result, RunError};
use super::super::job::Job;
use super::super::private::{remove_tree, Private};
use super::super::session::End;
use super::guard::Guard;
use super::inner;

/// The signals that are passed on to the tool.
pub const FORWARDED: [Signal; 6] =
    [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP, Signal::SIGQUIT, Signal::SIGUSR1, Signal::SIGUSR2];

/// The signals that both processes wait for.
pub fn awaited() -> SigSet {
    FORWARDED.into_iter().chain([Signal::SIGCHLD]).collect()
}

/// Whether a terminal sends its signals to the tool itself, because the tool has to stay in its group to read from it.
pub fn has_terminal() -> bool {
    std::io::stdin().is_terminal()
}

/// What the inner process has to know of the outer one.
#[derive(Clone, Copy, Debug)]
pub struct Outer {
    /// Its number.
    pub pid: Pid,
    /// The signals that its caller had blocked, and the tool shall have too.
    pub mask: SigSet,
}

/// Runs the tool and gives its end.
pub fn run(job: &Job) -> Result<End> {
    // SAFETY: no handler is installed, only the default restored: a caller may have had children ignored.
    unsafe { signal(Signal::SIGCHLD, SigHandler::SigDfl) }.at("cannot await", Path::new("SIGCHLD"))?;
    let mask = awaited().thread_swap_mask(SigmaskHow::SIG_BLOCK).at("cannot await", Path::new("signals"))?;
    children::adopt_orphans();
    let private = Private::create()?;
    let end = supervise(job, &private, mask);
    children::end_all();
    remove_tree(private.real());
    end
}

fn supervise(job: &Job, private: &Private, mask: SigSet) -> Result<End> {
    let mut reasons = Vec::new();
    for guard in Guard::candidates(job.spec.network) {
        let (inner, mut ready) = start(job, private, guard, mask)?;
        let mut answer = String::new();
        ready.read_to_string(&mut answer).at("cannot hear of", Path::new("the inner process"))?;
        if answer == inner::READY {
            return Ok(watch(inner));
        }
        let _ = watch(inner);
        reasons.push(answer);
    }
    reasons.dedup();
    Err(RunError::Unguarded(reasons.join(", ")))
}

fn start(job: &Job, private: &Private, guard: Guard, mask: SigSet) -> Result<(Pid, File)> {
    let (read, write): (OwnedFd, OwnedFd) = pipe2(OFlag::O_CLOEXEC).at("cannot make", Path::new("a pipe"))?;
    let outer = getpid();
    // SAFETY: this process has one thread, so the child may do whatever a program may do.
    match unsafe { fork() }.at("cannot start", Path::new("the inner process"))? {
        ForkResult::Parent { child } => Ok((child, File::from(read))),
        ForkResult::Child => {
            drop(read);
            let mut private = private.clone();
            match inner::run(job, &mut private, guard, Outer { pid: outer, mask }, write) {
                End::Signalled(signal) if job.launcher => end_by(signal),
                end => std::process::exit(end.code()),
            }
        }
    }
}

/// Waits for the inner process and forwards signals to it.
fn watch(inner: Pid) -> End {
    let terminal = has_terminal();
    loop {
        match awaited().wait() {
            Ok(Signal::SIGCHLD) => match children::reap(inner) {
                Some(WaitStatus::Exited(_, code)) => return End::Exited(code),
                Some(WaitStatus::Signaled(_, signal, _)) => return End::Signalled(signal as i32),
                _ => {}
            },
            Ok(Signal::SIGINT | Signal::SIGQUIT) if terminal => {}
            Ok(signal) => {
                let _ = kill(inner, signal);
            }
            Err(Errno::EINTR) => {}
            Err(_) => return End::Exited(1),
        }
    }
}

/// Ends this process by a signal, as the tool was ended.
pub fn end_by(number: i32) -> ! {
    if let Ok(which) = Signal::try_from(number) {
        // SAFETY: no handler is installed, only the default restored.
        let _ = unsafe { signal(which, SigHandler::SigDfl) };
        let only: SigSet = [which].into_iter().collect();
        let _ = only.thread_unblock();
        let _ = raise(which);
    }
    std::process::exit(128 + number)
}
