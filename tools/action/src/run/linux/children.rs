//! The processes that this one is responsible for.

use std::fs;

use nix::errno::Errno;
use nix::sys::signal::{kill, Signal};
use nix::sys::wait::{waitpid, WaitPidFlag, WaitStatus};
use nix::unistd::{getpid, Pid};

/// Has the orphans among this process's descendants become its children.
pub fn adopt_orphans() {
    let _ = nix::sys::prctl::set_child_subreaper(true);
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
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let listed: Option<Vec<String>> = tasks.map(|task| fs::read_to_string(task.path().join("children")).ok()).collect();
    let pids: Vec<i32> = match listed {
        Some(texts) => {
            texts.iter().flat_map(|text| text.split_whitespace()).filter_map(|pid| pid.parse().ok()).collect()
        }
        // A kernel without CONFIG_PROC_CHILDREN.
        None => fs::read_dir("/proc")
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter(is_child)
            .collect(),
    };
    pids.into_iter().map(Pid::from_raw).collect()
}
