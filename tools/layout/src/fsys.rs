//! What the layout asks of the file system.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use lazytools_lock::FileMode;

use crate::error::{output, Outcome};

/// The mode of every folder.
pub const FOLDER: u32 = 0o755;

/// How a folder's file system treats the modes that are asked for. The umask, an access control list or a set-group-id
/// bit of a parent change them; what was changed is then set by hand.
#[derive(Clone, Copy, Debug)]
pub struct Modes {
    /// The bits that a new file keeps.
    kept: u32,
    /// Whether folders come out as asked for.
    folders: bool,
}

impl Modes {
    /// Where nothing was tried out: everything is set by hand.
    pub fn unknown() -> Self {
        Self { kept: 0, folders: false }
    }
}

#[cfg(unix)]
impl Modes {
    /// Gives a folder the mode that all have.
    pub fn open_folder(path: &Path) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(FOLDER))
    }

    /// Tries it out in a new, empty folder.
    pub fn probe(folder: &Path) -> Outcome<Self> {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
        let path = folder.join("probe");
        let fail = || output("write in", folder);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o777).open(&path).map_err(fail())?;
        let kept = file.metadata().map_err(fail())?.permissions().mode() & 0o777;
        drop(file);
        fs::remove_file(&path).map_err(fail())?;
        fs::DirBuilder::new().mode(FOLDER).create(&path).map_err(fail())?;
        let made = fs::symlink_metadata(&path).map_err(fail())?.permissions().mode() & 0o7777;
        fs::remove_dir(&path).map_err(fail())?;
        Ok(Self { kept, folders: made == FOLDER })
    }

    /// Makes a folder whose parent is there.
    pub fn make_folder(self, path: &Path) -> Outcome<()> {
        use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
        fs::DirBuilder::new().mode(FOLDER).create(path).map_err(output("make the folder", path))?;
        if !self.folders {
            fs::set_permissions(path, fs::Permissions::from_mode(FOLDER)).map_err(output("set the mode of", path))?;
        }
        Ok(())
    }

    /// Makes a file that is not there yet.
    pub fn create(self, path: &Path, mode: FileMode) -> Outcome<File> {
        use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
        let mode = mode.bits();
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .custom_flags(no_follow())
            .open(path)
            .map_err(output("create", path))?;
        if mode & !self.kept != 0 {
            file.set_permissions(fs::Permissions::from_mode(mode)).map_err(output("set the mode of", path))?;
        }
        Ok(file)
    }
}

#[cfg(not(unix))]
impl Modes {
    /// There are no modes here.
    pub fn open_folder(_path: &Path) -> io::Result<()> {
        Ok(())
    }

    /// There are no modes here.
    pub fn probe(_folder: &Path) -> Outcome<Self> {
        Ok(Self { kept: 0o777, folders: true })
    }

    /// Makes a folder whose parent is there.
    pub fn make_folder(self, path: &Path) -> Outcome<()> {
        fs::create_dir(path).map_err(output("make the folder", path))
    }

    /// Makes a file that is not there yet.
    pub fn create(self, path: &Path, _mode: FileMode) -> Outcome<File> {
        OpenOptions::new().write(true).create_new(true).open(path).map_err(output("create", path))
    }
}

#[cfg(unix)]
fn no_follow() -> i32 {
    i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0)
}

/// Makes a symbolic link.
#[cfg(unix)]
pub fn symlink(target: &str, _is_folder: bool, link: &Path) -> Outcome<()> {
    std::os::unix::fs::symlink(target, link).map_err(output("make the link", link))
}

/// Makes a symbolic link.
#[cfg(windows)]
pub fn symlink(target: &str, is_folder: bool, link: &Path) -> Outcome<()> {
    let target = target.replace('/', "\\");
    let made = if is_folder {
        std::os::windows::fs::symlink_dir(target, link)
    } else {
        std::os::windows::fs::symlink_file(target, link)
    };
    made.map_err(output("make the link", link))
}

/// Makes a file that shares its blocks with another one. Where the file system cannot, nothing is left of it.
#[cfg(target_os = "linux")]
pub fn share_blocks(modes: Modes, from: &File, path: &Path, mode: FileMode) -> Outcome<bool> {
    let to = modes.create(path, mode)?;
    if rustix::fs::ioctl_ficlone(&to, from).is_ok() {
        return Ok(true);
    }
    fs::remove_file(path).map_err(output("remove", path))?;
    Ok(false)
}

/// Makes a file that shares its blocks with another one, where that is possible.
#[cfg(not(target_os = "linux"))]
pub fn share_blocks(_modes: Modes, _from: &File, _path: &Path, _mode: FileMode) -> Outcome<bool> {
    Ok(false)
}

/// Reads at a place of a file; as many bytes as there are, up to the buffer's length.
pub fn read_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<usize> {
    let asked = buffer.len();
    while !buffer.is_empty() {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(file, buffer, offset);
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(file, buffer, offset);
        match read {
            Ok(0) => break,
            Ok(read) => {
                offset += read as u64;
                buffer = &mut buffer[read..];
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(asked - buffer.len())
}

/// Writes at a place of a file.
pub fn write_at(file: &File, buffer: &[u8], offset: u64) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::write_all_at(file, buffer, offset);
    #[cfg(windows)]
    {
        let (mut buffer, mut offset) = (buffer, offset);
        while !buffer.is_empty() {
            let written = std::os::windows::fs::FileExt::seek_write(file, buffer, offset)?;
            offset += written as u64;
            buffer = &buffer[written..];
        }
        Ok(())
    }
}
