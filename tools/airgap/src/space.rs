//! What a full disk lacks.

use std::io::ErrorKind;
use std::path::Path;

use crate::AirgapError;

/// How many bytes a user may still write where a folder is; `None` where the system does not say.
#[cfg(unix)]
pub fn available(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// How many bytes a user may still write where a folder is; `None` where the system does not say.
#[cfg(not(unix))]
pub fn available(_: &Path) -> Option<u64> {
    None
}

/// The error of a full disk with what it lacks, where the error is that: `needed` bytes were still to be written to
/// `folder`. Other errors stay as they are.
pub fn full(error: AirgapError, folder: &Path, needed: u64, again: &'static str) -> AirgapError {
    match error {
        AirgapError::Io { path, error: source, .. }
            if matches!(source.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) =>
        {
            let missing = available(folder).map(|free| needed.saturating_sub(free)).filter(|missing| *missing > 0);
            AirgapError::Full { path, missing, again }
        }
        other => other,
    }
}
