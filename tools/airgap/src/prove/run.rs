//! Running Bazel, so that it can be interrupted and nothing of it stays.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::sync::mpsc::{channel, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use lazytools_jail::children;
use nix::sys::signal::{killpg, SigSet, Signal};
use nix::sys::wait::WaitStatus;
use nix::unistd::Pid;

/// How long Bazel may take to end by itself when it is interrupted.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is looked whether Bazel has ended, if no signal tells.
const LOOK: Duration = Duration::from_secs(1);
const INTERRUPTS: [Signal; 4] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT];

/// The signals of this process, held back.
pub struct Held(SigSet);

impl Held {
    /// Holds them back from this thread and those that it makes from now on, so that no signal ends them.
    pub fn hold() -> io::Result<Self> {
        let mut set = SigSet::empty();
        set.add(Signal::SIGCHLD);
        INTERRUPTS.iter().for_each(|signal| set.add(*signal));
        set.thread_block()?;
        Ok(Self(set))
    }

    /// Takes them, one after the other. This makes a thread.
    pub fn take(self) -> Signals {
        children::adopt_orphans();
        let (sender, received) = channel();
        thread::spawn(move || while self.0.wait().is_ok_and(|signal| sender.send(signal).is_ok()) {});
        Signals(received)
    }
}

/// The signals of this process, as they come.
pub struct Signals(Receiver<Signal>);

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, with this status: 0 where all is well, 128 and more by a signal.
    Exited(i32),
    /// Someone wanted this program to end.
    Interrupted,
}

/// Starts a program and waits until it and all that it has started have ended.
pub fn run(mut command: Command, signals: &Signals) -> io::Result<End> {
    // A group of its own gets one signal from here, and not another from the terminal.
    command.process_group(0);
    children::end_with_this_thread(&mut command);
    let child = Pid::from_raw(i32::try_from(command.spawn()?.id()).map_err(io::Error::other)?);
    let end = wait(child, signals);
    children::end_all();
    Ok(end)
}

fn wait(child: Pid, signals: &Signals) -> End {
    let mut deadline: Option<Instant> = None;
    loop {
        let left = deadline.map_or(LOOK, |deadline| deadline.saturating_duration_since(Instant::now()));
        let received = signals.0.recv_timeout(left);
        if let Some(status) = children::reap(child) {
            return if deadline.is_some() { End::Interrupted } else { End::Exited(code(status)) };
        }
        match received {
            Ok(Signal::SIGCHLD) => {}
            Ok(_) if deadline.is_some() => return End::Interrupted,
            Ok(_) => {
                let _ = killpg(child, Signal::SIGINT);
                deadline = Some(Instant::now() + PATIENCE);
            }
            Err(RecvTimeoutError::Timeout) if deadline.is_none() => {}
            Err(_) => return End::Interrupted,
        }
    }
}

fn code(status: WaitStatus) -> i32 {
    match status {
        WaitStatus::Exited(_, code) => code,
        WaitStatus::Signaled(_, signal, _) => 128 + signal as i32,
        _ => 1,
    }
}
