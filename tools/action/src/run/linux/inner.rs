//! The inner process: it enters the guard, starts the tool and watches it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{stderr, stdout, IsTerminal as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Stdio};
use std::sync::mpsc::{channel, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use lazytools_jail::dns::{self, Asked};
use lazytools_jail::{children, loopback, names};
use nix::sys::signal::{kill, killpg, Signal};
use nix::sys::wait::WaitStatus;
use nix::unistd::{getpid, getppid, setpgid, Pid};

use super::super::error::Result;
use super::super::job::Job;
use super::super::private::{remove_tree, Private};
use super::super::session::{redirect, say, End, Seen, Session};
use super::super::snapshot::Snapshot;
use super::super::witness::Witness;
use super::guard::{install_filter, Guard, GUARDED};
use super::outer::Outer;
use super::patience::Patience;
use super::{mounts, notify, outer};

/// What the outer process is told when the guard is in force; anything else is the reason why not.
pub const READY: &str = "ready";

/// How long a tool that is ended has before it is killed.
const LAST_WORDS: Duration = Duration::from_secs(2);

enum Event {
    Signal(Signal),
    Asked(Asked),
}

/// Runs the tool.
pub fn run(job: &Job, private: &mut Private, guard: Guard, outer: Outer, ready: OwnedFd) -> End {
    let terminal = outer::has_terminal();
    if !terminal {
        // Who ends the outer process's group reaches this one through the outer process.
        let _ = setpgid(Pid::from_raw(0), Pid::from_raw(0));
    }
    children::adopt_orphans();
    let (events, received) = channel();
    let refuses = guard == Guard::Filter;
    let guarded = guard.enter().and_then(|()| {
        if guard.has_mounts() {
            mounts::view(private);
        }
        if guard.has_network() && guard.has_mounts() {
            let _ = names::only_here(&private.real().join("etc"));
        }
        let asked = events.clone();
        let note = move |one| drop(asked.send(Event::Asked(one)));
        let mut servers = BTreeSet::new();
        if guard.has_network() {
            servers = dns::configured();
            // Without mounts resolvers ask the machine's own name servers; here these are this program.
            for (number, server) in servers.iter().filter(|server| !server.is_loopback()).enumerate() {
                let _ = loopback::add_address(number, *server);
            }
            // Where this cannot be had, tools fail all the same; only the names are not told.
            let _ = dns::serve(&servers, &note);
        }
        // The thread that answers comes first: under the filter it would ask itself.
        let (hand_over, listener) = channel();
        thread::spawn(move || {
            if let Ok(listener) = listener.recv() {
                notify::serve(&listener, refuses, servers, &note);
            }
        });
        if let Some(listener) = install_filter(guard, job.spec.strict)? {
            let _ = hand_over.send(listener);
        }
        Ok(())
    });
    let mut ready = File::from(ready);
    let answer = guarded.as_ref().err().map_or(READY, String::as_str);
    let _ = ready.write_all(answer.as_bytes());
    if guarded.is_err() {
        return End::Exited(1);
    }
    drop(ready);
    // A change of credentials clears it, so it is set after the namespaces were entered.
    let _ = nix::sys::prctl::set_pdeathsig(Signal::SIGTERM);
    if getppid() != outer.pid {
        remove_tree(private.real());
        return End::Exited(1);
    }
    let watch = Watch { events, received, outer, terminal };
    match watch.run(job, private, guard) {
        Ok(end) => end,
        Err(error) => {
            say(&error);
            End::Exited(1)
        }
    }
}

fn note(witness: &mut Witness, asked: &Asked, certain: bool) {
    match asked.change() {
        Some(more) => witness.note_untold(more),
        None => witness.note(&asked.host, asked.kind, certain, Instant::now()),
    }
}

struct Watch {
    events: Sender<Event>,
    received: Receiver<Event>,
    outer: Outer,
    /// Whether the tool stays in the terminal's group.
    terminal: bool,
}

impl Watch {
    fn run(self, job: &Job, private: &Private, guard: Guard) -> Result<End> {
        let mut session = Session::prepare(job, private)?;
        for cache in &mut session.caches {
            let Some(shared) = &cache.shared else { continue };
            let mounted = guard.has_mounts() && mounts::bind_readonly(shared, shared).is_ok();
            if !mounted {
                cache.before = Some(Snapshot::take(shared));
            } else if cache.declared != *shared {
                let _ = mounts::bind_readonly(shared, &cache.declared);
            }
        }
        let mut seen = Seen::default();
        let mut child = self.start(job, private, &session)?;
        let (done, all_done) = channel();
        child.stdout.take().into_iter().for_each(|pipe| seen.tails[0].follow(pipe, stdout(), done.clone()));
        child.stderr.take().into_iter().for_each(|pipe| seen.tails[1].follow(pipe, stderr(), done.clone()));
        drop(done);
        let signals = self.events.clone();
        thread::spawn(move || loop {
            if let Ok(signal) = outer::awaited().wait() {
                if signals.send(Event::Signal(signal)).is_err() {
                    return;
                }
            }
        });
        let end = self.wait(&child, &session, &mut seen, private);
        children::end_all();
        // All writers have gone, so this takes no time; a process that could not be ended must not make it wait.
        let _ = all_done.recv_timeout(LAST_WORDS);
        while let Ok(event) = self.received.try_recv() {
            if let Event::Asked(asked) = event {
                note(&mut seen.witness, &asked, false);
            }
        }
        Ok(match session.finish(job, private, end, &seen, guard.describe()) {
            code if code == end.code() => end,
            code => End::Exited(code),
        })
    }

    fn start(&self, job: &Job, private: &Private, session: &Session) -> Result<Child> {
        let [out, err] = redirect(job, private)?;
        // A terminal is handed on as it is: tools ask for its width and colours.
        let direct = |terminal: bool| if job.launcher && terminal { Stdio::inherit() } else { Stdio::piped() };
        let mut command = session.command();
        if !job.spec.network {
            command.env(GUARDED, "1");
        }
        command.stdout(out.unwrap_or_else(|| direct(stdout().is_terminal())));
        command.stderr(err.unwrap_or_else(|| direct(stderr().is_terminal())));
        if !self.terminal {
            command.process_group(0);
        }
        let (inner, mask) = (getpid(), self.outer.mask);
        let die_with_parent = move || {
            mask.thread_set_mask()?;
            nix::sys::prctl::set_pdeathsig(Signal::SIGKILL)?;
            if getppid() == inner {
                Ok(())
            } else {
                Err(std::io::Error::from(nix::errno::Errno::ESRCH))
            }
        };
        // SAFETY: between fork and exec the closure makes three system calls and allocates nothing.
        unsafe { command.pre_exec(die_with_parent) };
        command.spawn().map_err(|error| session.not_started(error))
    }

    /// Waits for the tool's end; ends it where it asks in vain for too long.
    fn wait(&self, child: &Child, session: &Session, seen: &mut Seen, private: &Private) -> End {
        let tool = Pid::from_raw(i32::try_from(child.id()).unwrap_or_default());
        let mut kill_at: Option<Instant> = None;
        let mut patience = Patience::default();
        // It may have ended before its signal was awaited.
        let mut status = children::reap(tool);
        loop {
            match status {
                Some(WaitStatus::Exited(_, code)) => return End::Exited(code),
                Some(WaitStatus::Signaled(_, signal, _)) => return End::Signalled(signal as i32),
                _ => {}
            }
            let now = Instant::now();
            if seen.why.is_none() {
                seen.why = patience.is_over(&seen.witness, now);
                if seen.why.is_some() {
                    self.signal(tool, Signal::SIGTERM);
                    kill_at = Some(now + LAST_WORDS);
                }
            }
            if kill_at.is_some_and(|at| at <= now) {
                self.signal(tool, Signal::SIGKILL);
                kill_at = None;
            }
            let look = if seen.why.is_none() { patience.next(&seen.witness) } else { None };
            let next = kill_at.into_iter().chain(look).min();
            let longest = next.map_or(Duration::from_secs(3600), |at| at.saturating_duration_since(now));
            match self.received.recv_timeout(longest) {
                Ok(Event::Signal(Signal::SIGCHLD)) => status = children::reap(tool),
                Ok(Event::Signal(signal)) => self.forward(tool, signal, private),
                Ok(Event::Asked(asked)) => {
                    note(&mut seen.witness, &asked, session.is_certain(&asked.host));
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
        }
    }

    fn forward(&self, tool: Pid, signal: Signal, private: &Private) {
        if getppid() != self.outer.pid {
            // The outer process was killed, and this is what its end was announced by.
            children::end_all();
            remove_tree(private.real());
            std::process::exit(128 + signal as i32);
        }
        let from_terminal = self.terminal && matches!(signal, Signal::SIGINT | Signal::SIGQUIT);
        if !from_terminal {
            self.signal(tool, signal);
        }
    }

    /// Signals the tool and what it started; in a terminal's group, the tool alone.
    fn signal(&self, tool: Pid, signal: Signal) {
        let _ = if self.terminal { kill(tool, signal) } else { killpg(tool, signal) };
    }
}
