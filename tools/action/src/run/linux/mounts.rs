//! What the tool sees in its own mount namespace. Each of these is tried; the caller does without what fails.

use std::fs;
use std::path::Path;

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
