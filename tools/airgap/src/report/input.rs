//! Reading what a report is of.

use std::path::Path;

use super::{Of, Report};
use crate::bundle;
use crate::collection::Folder;
use crate::manifest::{Manifest, NAME};
use crate::{AirgapError, Result};

/// The report of a bundle, of a manifest alone, or of a collection.
pub fn read(path: &Path) -> Result<Report> {
    if path.is_dir() {
        if path.join(NAME).exists() {
            return Ok(Report::of_manifest(&Manifest::of(path)?));
        }
        let folder = Folder::new(path);
        if folder.path().join("collection.json").exists() {
            // A report of what a bundle of it would be.
            let mut report = Report::of_manifest(&bundle::preview(&folder)?);
            report.of = Of::Collection;
            return Ok(report);
        }
        return Err(AirgapError::NothingToReport(path.to_owned()));
    }
    if path.file_name().is_some_and(|name| name == "collection.json") {
        return read(path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")));
    }
    Ok(Report::of_manifest(&Manifest::read(path)?.0))
}
