//! The workspace that a command is about.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{AirgapError, Result};

/// The absolute path of a workspace; fails where none is there.
pub(crate) fn find(path: &Path) -> Result<PathBuf> {
    let workspace = fs::canonicalize(path).map_err(AirgapError::io("finding", path))?;
    if workspace.join("MODULE.bazel").is_file() {
        return Ok(workspace);
    }
    let message = "there is no MODULE.bazel: name the workspace with --workspace, or run this in it".to_owned();
    Err(AirgapError::Place { path: workspace, message })
}
