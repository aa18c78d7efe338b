//! Locks with what is asked of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lazytools_lock::{Lock, Name};

use crate::error::RequestsError;
use crate::requests::{Requests, ToolRequest};

/// More than any lock has.
const MAX_BYTES: u64 = 256 << 20;

/// A lock file with what is asked of it.
#[derive(Debug)]
pub struct Target {
    /// The lock's file.
    pub path: PathBuf,
    /// Its name for messages: relative to the workspace, where it lies there.
    pub shown: String,
    /// The lock as it is; empty where there is no file yet.
    pub old: Lock,
    /// The tools, with the base addresses of registries by type.
    pub tools: BTreeMap<Name, (ToolRequest, BTreeMap<String, String>)>,
}

/// How strict the reading of a lock is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// What is wrong with any of its tools is an error.
    Strict,
    /// A tool that cannot be read counts as not pinned, and is told as a warning: a wrong pin never stands in the way
    /// of a right one.
    Lenient,
}

/// Reads requests and the locks that they name; with warnings.
pub fn read(
    files: &[PathBuf],
    workspace: &Path,
    reading: Reading,
) -> Result<(Vec<Target>, Vec<String>), RequestsError> {
    let mut targets: BTreeMap<PathBuf, Target> = BTreeMap::new();
    let mut warnings = Vec::new();
    for file in files {
        let requests = Requests::read(file, workspace)?;
        let path = requests.lock.clone();
        if !targets.contains_key(&path) {
            let shown = path.strip_prefix(workspace).unwrap_or(&path).display().to_string();
            let old = read_lock(&path, &shown, reading, &mut warnings)?;
            targets.insert(path.clone(), Target { path: path.clone(), shown, old, tools: BTreeMap::new() });
        }
        let Some(target) = targets.get_mut(&path) else { continue };
        for (name, request) in requests.tools {
            if let Some((other, _)) = target.tools.get(&name) {
                if other.request != request.request {
                    return Err(RequestsError::TwoHubs { name, path });
                }
            }
            target.tools.insert(name, (request, requests.registries.clone()));
        }
    }
    Ok((targets.into_values().collect(), warnings))
}

fn read_lock(path: &Path, shown: &str, reading: Reading, warnings: &mut Vec<String>) -> Result<Lock, RequestsError> {
    let text = match crate::files::read(path, MAX_BYTES) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Lock::empty()),
        Err(error) => return Err(RequestsError::file("lock", path)(error)),
    };
    if reading == Reading::Strict {
        return Ok(Lock::parse(&text, shown)?);
    }
    let (lock, errors) = Lock::parse_what_is_good(&text, shown)?;
    warnings.extend(errors.iter().map(ToString::to_string));
    Ok(lock)
}
