//! `requests.json`: what the module extension found in MODULE.bazel.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{bail, Context as _, Result};
use lazytools_lock::{Name, Request};
use serde::Deserialize;

const REQUESTS_VERSION: u64 = 1;

/// One hub's requests.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(clippy::struct_field_names, reason = "the name in JSON")]
pub struct Requests {
    requests_version: u64,
    /// The hub's name, for messages.
    #[allow(dead_code, reason = "part of the format")]
    hub: String,
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
}

impl Requests {
    /// Reads a file; its paths become absolute.
    pub fn read(file: &Path, workspace: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| format!("requests {} (LT310)", file.display()))?;
        let mut requests: Self =
            serde_json::from_str(&text).with_context(|| format!("requests {} (LT310)", file.display()))?;
        if requests.requests_version != REQUESTS_VERSION {
            bail!(
                "requests {} have requestsVersion {}, and this lazytools reads {REQUESTS_VERSION}: the extension and \
                 lazytools have to be of one version of rules_lazytools (LT310)",
                file.display(),
                requests.requests_version
            );
        }
        requests.lock = workspace.join(&requests.lock);
        for tool in requests.tools.values_mut() {
            tool.recipe_path = tool.recipe_path.take().map(|path| workspace.join(path));
            for path in tool.file_paths.values_mut() {
                *path = workspace.join(&path);
            }
        }
        Ok(requests)
    }
}
