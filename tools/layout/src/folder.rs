//! The output folder: filled beside its place, there by rename.
//!
//! After a kill at any moment the folder is what it was before, or whole. What a killed run leaves beside it is
//! removed by the next one; a lock on it tells whether its run is still alive.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use lazytools_lock::Manifest;

use crate::error::{output, Outcome, Problem};
use crate::fsys::Modes;
use crate::registry::Account;

/// What the names of temporary folders have in them.
const MARK: &str = ".lazytools-";
/// In a folder that cannot be replaced by rename: it is being filled, and what is in it counts for nothing.
const INCOMPLETE: &str = ".lazytools-incomplete";

/// A folder on its way to its place. Dropped before that, it is removed.
pub struct Folder {
    place: PathBuf,
    /// Where the folder is filled.
    root: PathBuf,
    /// Whether `root` lies inside `place`, because nothing can be made beside that.
    inside: bool,
    done: bool,
    _lock: Option<File>,
}

impl Folder {
    /// Makes ready to fill a folder. `earlier`: what an earlier run says it made there.
    pub fn prepare(place: &Path, earlier: Option<&Manifest>) -> Outcome<Self> {
        let fail = || output("make the folder", place);
        let place = match fs::symlink_metadata(place) {
            Ok(data) if data.is_symlink() => fs::canonicalize(place).map_err(fail())?,
            Ok(_) => place.to_owned(),
            Err(_) => std::path::absolute(place).map_err(fail())?,
        };
        let parent = match place.parent() {
            Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
            Some(parent) => parent,
            None => return Err(fail()(io::ErrorKind::InvalidInput.into())),
        };
        let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
        fs::create_dir_all(parent).map_err(output("make the folder", parent))?;
        look_at(&place, earlier)?;
        let prefix = format!(".{name}{MARK}");
        // Another run for the same place must not take the new folder for a stale one before it is locked.
        let _alone = wait_for(parent);
        remove_stale(parent, &prefix);
        let (root, inside) = match beside(&place, parent, &prefix) {
            Some(root) => {
                // A killed run could not do it this way; what it left was removed, but for its mark.
                let _ = fs::remove_file(place.join(INCOMPLETE));
                (root, false)
            }
            None => (in_it(&place).map_err(fail())?, true),
        };
        // Whatever the umask is; the folder that comes out has this mode as well.
        Modes::open_folder(&root).map_err(fail())?;
        let lock = lock(&root);
        Ok(Self { place, root, inside, done: false, _lock: lock })
    }

    /// Where to fill it.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Puts the folder in its place, after its manifest: a folder that is there is whole and has one.
    pub fn commit(mut self, manifest: &Path, account: &Account<'_>) -> Outcome<()> {
        // The same may happen at the same time: then the last one stays.
        let _alone = self.place.parent().and_then(wait_for);
        let replaces = !self.inside && look_at(&self.place, earlier_manifest(manifest).as_ref())?;
        let file = ManifestFile::write(manifest, account)?;
        let fail = || output("put in place", &self.place);
        let mut old = self.root.clone().into_os_string();
        old.push("-old");
        if replaces {
            fs::rename(&self.place, &old).map_err(fail())?;
        }
        file.commit()?;
        let done = if self.inside { self.move_up() } else { self.rename() };
        if let Err(error) = done {
            let _ = fs::remove_file(manifest);
            return Err(fail()(error));
        }
        self.done = true;
        if replaces {
            // It is out of the way; what cannot be removed now is removed by the next run.
            let _ = fs::remove_dir_all(&old);
        }
        Ok(())
    }

    fn rename(&self) -> io::Result<()> {
        if cfg!(windows) {
            let _ = fs::remove_dir(&self.place);
        }
        fs::rename(&self.root, &self.place)
    }

    /// The mark says all the while that what is there counts for nothing.
    fn move_up(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.place)? {
            let path = entry?.path();
            if path != self.root && path != self.place.join(INCOMPLETE) {
                remove(&path)?;
            }
        }
        for entry in fs::read_dir(&self.root)? {
            let entry = entry?;
            fs::rename(entry.path(), self.place.join(entry.file_name()))?;
        }
        fs::remove_dir(&self.root)?;
        fs::remove_file(self.place.join(INCOMPLETE))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_dir_all(&self.root);
            if self.inside {
                let _ = fs::remove_file(self.place.join(INCOMPLETE));
            }
        }
    }
}

/// What an earlier run says it made; nothing where there is no such account.
pub fn earlier_manifest(path: &Path) -> Option<Manifest> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Whether an earlier run's folder has to be replaced. Anything else in the folder is not ours to remove.
fn look_at(place: &Path, earlier: Option<&Manifest>) -> Outcome<bool> {
    let entries = match fs::read_dir(place) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(output("read", place)(error)),
    };
    if place.join(INCOMPLETE).exists() {
        for entry in entries {
            let entry = entry.map_err(output("read", place))?;
            let path = entry.path();
            if entry.file_name() != INCOMPLETE {
                remove(&path).map_err(output("remove", &path))?;
            }
        }
        return Ok(false);
    }
    let mut replaces = false;
    for entry in entries {
        let name = entry.map_err(output("read", place))?.file_name().to_string_lossy().into_owned();
        let ours =
            earlier.is_some_and(|manifest| manifest.entries.keys().any(|path| path.names().next() == Some(&name)));
        if !ours {
            return Err(Problem::NotEmpty { path: place.to_owned(), name });
        }
        replaces = true;
    }
    Ok(replaces)
}

fn remove(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    }
}

/// A new folder beside the place; `None` where there can be none, or none that could be renamed to the place.
fn beside(place: &Path, parent: &Path, prefix: &str) -> Option<PathBuf> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |now| now.as_nanos());
    let root = parent.join(format!("{prefix}{}-{now}", std::process::id()));
    if is_mount_point(place, parent) {
        return None;
    }
    fs::create_dir(&root).ok()?;
    Some(root)
}

#[cfg(unix)]
fn is_mount_point(place: &Path, parent: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (fs::metadata(place), fs::metadata(parent)) {
        (Ok(place), Ok(parent)) => place.dev() != parent.dev(),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_mount_point(_place: &Path, _parent: &Path) -> bool {
    false
}

/// A new folder in the place itself.
fn in_it(place: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(place)?;
    fs::write(place.join(INCOMPLETE), "lazytools-action is filling this folder, or was killed while it did.\n")?;
    let root = place.join(format!("{MARK}{}", std::process::id()));
    fs::create_dir(&root)?;
    Ok(root)
}

/// Removes what killed runs left.
fn remove_stale(parent: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            let path = entry.path();
            if let Some(_lock) = lock(&path) {
                let _ = fs::remove_dir_all(&path);
            }
        }
    }
}

/// Waits for a lock on a folder. Where there are no locks, nothing is lost but runs at the same time.
#[cfg(unix)]
fn wait_for(folder: &Path) -> Option<File> {
    let file = File::open(folder).ok()?;
    rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive).ok()?;
    Some(file)
}

#[cfg(not(unix))]
fn wait_for(folder: &Path) -> Option<File> {
    (0..1000).find_map(|_| {
        let locked = lock(folder);
        if locked.is_none() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        locked
    })
}

/// A lock on a folder, for as long as the file is open; `None` where another process has it.
#[cfg(unix)]
fn lock(folder: &Path) -> Option<File> {
    let file = File::open(folder).ok()?;
    rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive).ok()?;
    Some(file)
}

#[cfg(not(unix))]
fn lock(folder: &Path) -> Option<File> {
    use std::os::windows::fs::OpenOptionsExt as _;
    // FILE_FLAG_BACKUP_SEMANTICS, without which no folder can be opened; nothing is shared.
    fs::OpenOptions::new().read(true).share_mode(0).custom_flags(0x0200_0000).open(folder).ok()
}

/// The manifest, which is there by rename.
struct ManifestFile {
    temporary: PathBuf,
    place: PathBuf,
    done: bool,
}

impl ManifestFile {
    /// Writes it beside its place.
    fn write(place: &Path, account: &Account<'_>) -> Outcome<Self> {
        let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let temporary = place.with_file_name(format!(".{name}{MARK}tmp"));
        let fail = || output("write", place);
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent).map_err(fail())?;
        }
        match fs::remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(fail()(error)),
            _ => {}
        }
        let this = Self { temporary, place: place.to_owned(), done: false };
        let modes = Modes::unknown();
        let file = modes.create(&this.temporary, lazytools_lock::FileMode::FILE)?;
        let mut writer = io::BufWriter::new(file);
        serde_json::to_writer(&mut writer, account).map_err(|error| fail()(error.into()))?;
        io::Write::write_all(&mut writer, b"\n").map_err(fail())?;
        io::Write::flush(&mut writer).map_err(fail())?;
        Ok(this)
    }

    /// Puts it in its place.
    fn commit(mut self) -> Outcome<()> {
        fs::rename(&self.temporary, &self.place).map_err(output("put in place", &self.place))?;
        self.done = true;
        Ok(())
    }
}

impl Drop for ManifestFile {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}
