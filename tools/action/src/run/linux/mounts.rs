//! What the tool sees in its own mount namespace. Each of these is tried; the caller does without what fails.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::mount::{mount, MsFlags};
use nix::sys::statvfs::{statvfs, FsFlags};

use super::super::private::Private;

const NONE: Option<&str> = None;

/// Where the private folder appears, below TMPDIR: the same name in every run, because tools write paths into what
/// they make.
const VIEW: &str = "lazytools-run";

/// Gives the private folder its constant name.
pub fn view(private: &mut Private) {
    let Some(view) = private.real().parent().map(|temp| temp.join(VIEW)) else { return };
    let _ = fs::create_dir(&view);
    let is_folder = fs::symlink_metadata(&view).is_ok_and(|meta| meta.is_dir());
    if is_folder && mount(Some(private.real()), &view, NONE, MsFlags::MS_BIND, NONE).is_ok() {
        private.set_view(view);
    }
}

/// Mounts a folder over another, or over itself, so that nobody can write to it.
pub fn bind_readonly(from: &Path, to: &Path) -> Result<(), Errno> {
    mount(Some(from), to, NONE, MsFlags::MS_BIND, NONE)?;
    // In a user namespace the flags that a mount already has cannot be dropped.
    let has = statvfs(to)?.flags();
    let mut flags = MsFlags::MS_BIND | MsFlags::MS_REMOUNT | MsFlags::MS_RDONLY;
    for (has_flag, flag) in [
        (FsFlags::ST_NOSUID, MsFlags::MS_NOSUID),
        (FsFlags::ST_NODEV, MsFlags::MS_NODEV),
        (FsFlags::ST_NOEXEC, MsFlags::MS_NOEXEC),
        (FsFlags::ST_NOATIME, MsFlags::MS_NOATIME),
        (FsFlags::ST_NODIRATIME, MsFlags::MS_NODIRATIME),
        (FsFlags::ST_RELATIME, MsFlags::MS_RELATIME),
    ] {
        flags.set(flag, has.contains(has_flag));
    }
    mount(NONE, to, NONE, flags, NONE)
}

/// Has names looked up at 127.0.0.1 and nowhere else: other services on this machine would ask a real name server.
pub fn names(private: &Private) -> io::Result<()> {
    let folder = private.real().join("etc");
    let hidden = folder.join("hidden");
    fs::create_dir_all(&hidden)?;
    let resolver = "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n";
    // Where /etc/resolv.conf is a link into systemd-resolved's folder, that folder is hidden below.
    for file in [folder.join("resolv.conf"), hidden.join("resolv.conf"), hidden.join("stub-resolv.conf")] {
        fs::write(file, resolver)?;
    }
    bind(&folder.join("resolv.conf"), "/etc/resolv.conf");
    if let Ok(switch) = fs::read_to_string("/etc/nsswitch.conf") {
        fs::write(folder.join("nsswitch.conf"), without_services(&switch))?;
        bind(&folder.join("nsswitch.conf"), "/etc/nsswitch.conf");
    }
    for service in ["/run/nscd", "/var/run/nscd", "/run/systemd/resolve", "/run/avahi-daemon"] {
        if Path::new(service).is_dir() {
            bind(&hidden, service);
        }
    }
    Ok(())
}

fn bind(from: &PathBuf, to: &str) {
    let _ = mount(Some(from), to, NONE, MsFlags::MS_BIND, NONE);
}

/// The name service switch with hosts looked up in files and by DNS alone.
fn without_services(switch: &str) -> String {
    let kept = switch.lines().filter(|line| !line.trim_start().starts_with("hosts:"));
    kept.chain(["hosts: files dns", ""]).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_in_files_and_dns() {
        let switch = "passwd: files\nhosts: files mymachines resolve [!UNAVAIL=return] dns\n";
        assert_eq!(without_services(switch), "passwd: files\nhosts: files dns\n");
    }
}
