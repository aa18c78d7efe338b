//! Entering namespaces.

use std::fs;

use nix::errno::Errno;
use nix::mount::{mount, MsFlags};
use nix::sched::{unshare, CloneFlags};
use nix::unistd::{getegid, geteuid};

use crate::loopback;

/// The namespaces that a process gets of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Namespaces {
    /// A user namespace, by which anyone gets the others. The user stays who it is.
    pub user: bool,
    /// Mounts.
    pub mounts: bool,
    /// The network: only a loopback, which is up.
    pub network: bool,
}

impl Namespaces {
    /// Enters them; the error says what failed. This process must have one thread.
    pub fn enter(self) -> Result<(), String> {
        let mut flags = CloneFlags::empty();
        flags.set(CloneFlags::CLONE_NEWUSER, self.user);
        flags.set(CloneFlags::CLONE_NEWNS, self.mounts);
        flags.set(CloneFlags::CLONE_NEWNET, self.network);
        let (uid, gid) = (geteuid(), getegid());
        unshare(flags).map_err(|error| failed("unshare", error))?;
        if self.user {
            // Without this the kernel refuses a group map. <https://lwn.net/Articles/626665/>
            let _ = fs::write("/proc/self/setgroups", "deny");
            write("/proc/self/uid_map", &format!("{uid} {uid} 1"))?;
            write("/proc/self/gid_map", &format!("{gid} {gid} 1"))?;
        }
        if self.mounts {
            let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
            mount(None::<&str>, "/", None::<&str>, private, None::<&str>).map_err(|error| failed("mount", error))?;
        }
        if self.network {
            loopback::bring_up().map_err(|error| failed("loopback", error))?;
        }
        Ok(())
    }
}

fn write(path: &str, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{path}: {error}"))
}

fn failed(what: &str, error: Errno) -> String {
    format!("{what}: {}", error.desc())
}
