//! The processes that this one is responsible for.

use std::fs;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use nix::errno::Errno;
use nix::sys::signal::{kill, Signal};
use nix::sys::wait::{waitpid, WaitPidFlag, WaitStatus};
use nix::unistd::{getpid, Pid};

/// Has the orphans among this process's descendants become its children.
pub fn adopt_orphans() {
    let _ = nix::sys::prctl::set_child_subreaper(true);
}

/// Has a program that is about to be started be killed when the thread that starts it ends, by whatever death.
pub fn end_with_this_thread(command: &mut Command) {
    let ask = || nix::sys::prctl::set_pdeathsig(Signal::SIGKILL).map_err(io::Error::from);
    // SAFETY: between fork and exec it makes one system call, and allocates nothing.
    unsafe { command.pre_exec(ask) };
}

/// Takes leave of all children that have ended, and tells how `awaited` did if it is among them.
pub fn reap(awaited: Pid) -> Option<WaitStatus> {
    let mut found = None;
    loop {
        match waitpid(Pid::from_raw(-1), Some(WaitPidFlag::WNOHANG)) {
            Ok(status @ (WaitStatus::Exited(pid, _) | WaitStatus::Signaled(pid, ..))) => {
                if pid == awaited {
                    found = Some(status);
                }
            }
            Err(Errno::EINTR) => {}
            Ok(WaitStatus::StillAlive) | Err(_) => return found,
            Ok(_) => {}
        }
    }
}

/// Ends all descendants. The children of an ended one become this process's own, so it is repeated until none is left.
pub fn end_all() {
    // A bound, for a process that the kernel cannot end (it hangs in a broken disk).
    for _ in 0..1000 {
        let children = list();
        if children.is_empty() {
            return;
        }
        for child in &children {
            let _ = kill(*child, Signal::SIGKILL);
        }
        for child in children {
            let _ = waitpid(child, None);
        }
    }
}

/// The processor time that all descendants have used, in clock ticks, and whether one of them is at work just now.
pub fn activity() -> (u64, bool) {
    let (mut ticks, mut busy) = (0, false);
    let mut next = list();
    while let Some(pid) = next.pop() {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let fields: Vec<&str> =
            stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().collect()).unwrap_or_default();
        busy |= fields.first().is_some_and(|state| matches!(*state, "R" | "D"));
        // User and system time, its own and that of its children that have ended: fields 14 to 17 of proc(5).
        ticks += fields.iter().skip(11).take(4).filter_map(|text| text.parse::<u64>().ok()).sum::<u64>();
        next.extend(children_of(&format!("/proc/{pid}/task")).unwrap_or_default());
    }
    (ticks, busy)
}

/// The children of a process's threads; `None` for a kernel without `CONFIG_PROC_CHILDREN`.
fn children_of(tasks: &str) -> Option<Vec<Pid>> {
    let tasks = fs::read_dir(tasks).into_iter().flatten().flatten();
    let listed: Vec<String> =
        tasks.map(|task| fs::read_to_string(task.path().join("children")).ok()).collect::<Option<_>>()?;
    let pids = listed.iter().flat_map(|text| text.split_whitespace()).filter_map(|pid| pid.parse().ok());
    Some(pids.map(Pid::from_raw).collect())
}

/// This process's children.
fn list() -> Vec<Pid> {
    let me = getpid();
    // A /proc of another PID namespace has other numbers, and they are not to be sent signals.
    if fs::read_link("/proc/self").ok().and_then(|link| link.to_str()?.parse().ok()) != Some(me.as_raw()) {
        return Vec::new();
    }
    let is_child = |pid: &i32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // The name may hold blanks and brackets; the fields after its last bracket are the state and the parent.
        let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse::<i32>().ok());
        parent == Some(me.as_raw())
    };
    children_of("/proc/self/task").unwrap_or_else(|| {
        let all = fs::read_dir("/proc").into_iter().flatten().flatten();
        let pids = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        pids.filter(is_child).map(Pid::from_raw).collect()
    })
}
