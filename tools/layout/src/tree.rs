//! What is in a folder, as text: one line for each thing, sorted by path.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use lazytools_lock::{Algorithm, Integrity};
use sha2::{Digest as _, Sha256};

use crate::error::{output, Outcome};
use crate::work::for_each;

/// One line for each file, folder and link: `file MODE SIZE DIGEST PATH`, `dir MODE PATH`, `link PATH -> TARGET`.
pub fn list(folder: &Path, threads: usize) -> Outcome<Vec<String>> {
    let mut paths = Vec::new();
    walk(folder, Path::new(""), &mut paths)?;
    for_each(&paths, threads, |path| line(folder, path))
}

/// The digest of a folder's list.
pub fn digest(lines: &[String]) -> Integrity {
    let mut text = lines.join("\n");
    text.push('\n');
    Algorithm::Sha256.digest(text.as_bytes())
}

fn walk(folder: &Path, below: &Path, paths: &mut Vec<PathBuf>) -> Outcome<()> {
    let path = folder.join(below);
    let entries =
        fs::read_dir(&path).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(output("read", &path))?;
    let mut names: Vec<_> = entries.iter().map(fs::DirEntry::file_name).collect();
    names.sort();
    for name in names {
        let path = below.join(name);
        let is_folder = fs::symlink_metadata(folder.join(&path)).map_err(output("read", folder.join(&path)))?.is_dir();
        paths.push(path.clone());
        if is_folder {
            walk(folder, &path, paths)?;
        }
    }
    Ok(())
}

fn line(folder: &Path, below: &Path) -> Outcome<String> {
    let path = folder.join(below);
    let fail = || output("read", &path);
    let data = fs::symlink_metadata(&path).map_err(fail())?;
    let name = below.iter().map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("/");
    let mode = mode(&data);
    if data.is_symlink() {
        let target = fs::read_link(&path).map_err(fail())?;
        return Ok(format!("link {name} -> {}", target.to_string_lossy().replace('\\', "/")));
    }
    if data.is_dir() {
        return Ok(format!("dir {mode:04o} {name}"));
    }
    let mut file = File::open(&path).map_err(fail())?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer).map_err(fail())? {
            0 => break,
            length => hasher.update(&buffer[..length]),
        }
    }
    let digest = Integrity::from_bytes(Algorithm::Sha256, &hasher.finalize());
    let digest = digest.map(|it| it.to_string()).unwrap_or_default();
    Ok(format!("file {mode:04o} {} {digest} {name}", data.len()))
}

#[cfg(unix)]
fn mode(data: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    data.permissions().mode() & 0o7777
}

#[cfg(not(unix))]
fn mode(data: &fs::Metadata) -> u32 {
    if data.permissions().readonly() {
        0o444
    } else {
        0o644
    }
}
