//! Which tools are pinned as they are asked for, and which are not.

use std::collections::BTreeMap;

use lazytools_lock::recipe::{Recipe, VersionRange};
use lazytools_lock::{Algorithm, Integrity, Lock, Name, Request};

use crate::error::RequestsError;
use crate::local::{self, LocalFiles};
use crate::recipes;
use crate::requests::ToolRequest;
use crate::version_from;

/// More than any input file has.
const MAX_BYTES: u64 = 256 << 20;

/// A request with everything that is local to it.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The tool's name.
    pub name: Name,
    /// What MODULE.bazel says.
    pub request: ToolRequest,
    /// Base addresses of registries by type.
    pub registries: BTreeMap<String, String>,
    /// The recipe.
    pub recipe: Recipe,
    /// The texts of the input files.
    pub files: BTreeMap<Name, String>,
    /// Their digests.
    pub inputs: BTreeMap<Name, Integrity>,
    /// The files that are taken instead of downloads, by their labels.
    pub local: LocalFiles,
    /// The range that the version is chosen from, where the request has one.
    pub range: Option<VersionRange>,
    /// The version: the one that is asked for or that a file holds, else the pinned one as long as it lies in the range.
    /// None where it has still to be chosen from the range.
    pub version: Option<String>,
    /// The version that is pinned; empty where none is.
    pub pinned: String,
    /// Why the lock's entry is not current; none where it is.
    pub stale: Option<String>,
}

impl Prepared {
    /// The request for an exact version, which recipes are held against.
    pub fn exact(&self) -> Request {
        self.request.request.at_version(self.version.as_deref().unwrap_or_default())
    }

    /// What the lock holds as found, where the request names no exact version.
    pub fn found(&self) -> String {
        if self.request.request.version.is_empty() {
            self.version.clone().unwrap_or_default()
        } else {
            String::new()
        }
    }
}

/// What is asked for, with the base addresses of registries by type.
pub type Tools = BTreeMap<Name, (ToolRequest, BTreeMap<String, String>)>;

/// Reads recipes and input files, and holds them against the lock. With what failed, one message for each.
pub fn prepare(lock: &Lock, tools: &Tools) -> (Vec<Prepared>, Vec<String>) {
    let mut prepared = Vec::new();
    let mut failures = Vec::new();
    for (name, (request, registries)) in tools {
        match prepare_one(lock, name, request, registries) {
            Ok(tool) => prepared.push(tool),
            Err(error) => failures.extend(error.to_string().lines().map(|line| format!("tool {name}: {line}"))),
        }
    }
    (prepared, failures)
}

fn prepare_one(
    lock: &Lock,
    name: &Name,
    request: &ToolRequest,
    registries: &BTreeMap<String, String>,
) -> Result<Prepared, RequestsError> {
    let recipe = match &request.recipe_path {
        Some(path) => recipes::in_file(path)?,
        None => recipes::built_in(&request.request.recipe)?,
    };
    let range = range(&request.request)?;
    let pinned = lock.tools.get(name);
    let version = match &range {
        Some(range) => {
            let same_recipe = pinned.filter(|tool| tool.request.recipe == request.request.recipe);
            let version = same_recipe.map(|tool| tool.version().to_owned());
            version.filter(|version| range.contains(version))
        }
        None => Some(exact(request, &recipe)?),
    };
    let mut tool = Prepared {
        name: name.clone(),
        request: request.clone(),
        registries: registries.clone(),
        recipe,
        files: BTreeMap::new(),
        inputs: BTreeMap::new(),
        local: LocalFiles::new(),
        range,
        version,
        pinned: pinned.map(|tool| tool.version().to_owned()).unwrap_or_default(),
        stale: None,
    };
    if tool.version.is_some() {
        tool.recipe.choose(&tool.exact())?;
    }
    for (file, label) in &request.request.files {
        let path = request
            .file_paths
            .get(file)
            .ok_or_else(|| RequestsError::NoPath { what: file.to_string(), label: label.clone() })?;
        let text = crate::files::read(path, MAX_BYTES).map_err(RequestsError::file(file.as_str(), path))?;
        tool.inputs.insert(file.clone(), Algorithm::Sha256.digest(text.as_bytes()));
        tool.files.insert(file.clone(), text);
    }
    tool.local = local::read(request)?;
    tool.stale = staleness(lock, &tool);
    Ok(tool)
}

/// The version that is asked for, or that a file holds.
fn exact(request: &ToolRequest, recipe: &Recipe) -> Result<String, RequestsError> {
    let ToolRequest { request, version_from_path, .. } = request;
    if request.version_from.is_empty() {
        return Ok(request.version.clone());
    }
    let label = &request.version_from;
    let path = version_from_path
        .as_ref()
        .ok_or_else(|| RequestsError::NoPath { what: "version_from".to_owned(), label: label.clone() })?;
    let names = recipe.version_names(request)?;
    Ok(version_from::find(label, path, recipe.name.as_str(), &names, &request.version_package)?)
}

fn range(request: &Request) -> Result<Option<VersionRange>, RequestsError> {
    if request.version_range.is_empty() {
        return Ok(None);
    }
    request.version_range.parse().map(Some).map_err(RequestsError::Range)
}

fn staleness(lock: &Lock, tool: &Prepared) -> Option<String> {
    let Some(pinned) = lock.tools.get(&tool.name) else {
        return Some("it is not in the lock".to_owned());
    };
    if pinned.request != tool.request.request {
        let difference = super::report::difference(&pinned.request, &tool.request.request);
        return Some(format!("MODULE.bazel asks for {difference}"));
    }
    match (&tool.version, &tool.range) {
        (None, Some(range)) => {
            return Some(format!(
                "version {} is pinned, which is not in the range {}",
                pinned.version(),
                range.as_str()
            ));
        }
        (Some(version), None) if pinned.version() != version => {
            let file = &tool.request.request.version_from;
            return Some(format!("{file} has version {version}, and the lock has {}", pinned.version()));
        }
        _ => {}
    }
    if pinned.recipe.digest != tool.recipe.digest || pinned.recipe.name != tool.recipe.name {
        return Some(format!("recipe {} has changed", tool.recipe.name));
    }
    let changed = tool.inputs.iter().find(|(file, digest)| pinned.inputs.get(*file) != Some(*digest));
    changed
        .map(|(file, _)| format!("its input file {file} has changed"))
        .or_else(|| local::changed(pinned, &tool.local).map(|label| format!("its file {label} has changed")))
}

/// The tools that the lock has and nobody asks for.
pub fn removed<'a>(lock: &'a Lock, tools: &'a Tools) -> impl Iterator<Item = &'a Name> {
    lock.tools.keys().filter(|name| !tools.contains_key(*name))
}
