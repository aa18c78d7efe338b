//! `requests.json`: what the module extension found in MODULE.bazel.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lazytools_lock::{ArtifactSlot, Name, Request};
use serde::Deserialize;

use crate::error::RequestsError;

const REQUESTS_VERSION: u64 = 1;
/// More than any has.
const MAX_BYTES: u64 = 64 << 20;

/// One hub's requests.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(clippy::struct_field_names, reason = "the name in JSON")]
pub struct Requests {
    requests_version: u64,
    /// The hub's name, for messages.
    pub hub: String,
    /// The lock, relative to the workspace or absolute.
    pub lock: PathBuf,
    /// Base addresses by purl type.
    #[serde(default)]
    pub registries: BTreeMap<String, String>,
    /// The tools by name.
    pub tools: BTreeMap<Name, ToolRequest>,
}

/// A tool's request.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ToolRequest {
    /// As the lock holds it, word for word.
    pub request: Request,
    /// Where the recipe is, where it is given by label.
    #[serde(default)]
    pub recipe_path: Option<PathBuf>,
    /// Where the input files are.
    #[serde(default)]
    pub file_paths: BTreeMap<Name, PathBuf>,
    /// Where the files are that are taken instead of downloads.
    #[serde(default)]
    pub artifact_file_paths: BTreeMap<ArtifactSlot, PathBuf>,
    /// Where the file is that the version is taken from.
    #[serde(default)]
    pub version_from_path: Option<PathBuf>,
}

impl Requests {
    /// Reads a file; its paths become absolute.
    pub fn read(file: &Path, workspace: &Path) -> Result<Self, RequestsError> {
        let form = |message: String| RequestsError::Form { path: file.to_owned(), message };
        let text = crate::files::read(file, MAX_BYTES).map_err(RequestsError::file("requests", file))?;
        let mut requests: Self = serde_json::from_str(&text).map_err(|error| form(error.to_string()))?;
        if requests.requests_version != REQUESTS_VERSION {
            return Err(form(format!(
                "they have requestsVersion {}, and this lazytools reads {REQUESTS_VERSION}: the extension and \
                 lazytools have to be of one version of rules_lazytools",
                requests.requests_version
            )));
        }
        requests.lock = workspace.join(&requests.lock);
        for tool in requests.tools.values_mut() {
            tool.recipe_path = tool.recipe_path.take().map(|path| workspace.join(path));
            tool.version_from_path = tool.version_from_path.take().map(|path| workspace.join(path));
            for path in tool.file_paths.values_mut().chain(tool.artifact_file_paths.values_mut()) {
                *path = workspace.join(&path);
            }
        }
        Ok(requests)
    }
}
