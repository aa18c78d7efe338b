//! Which tools are pinned as they are asked for, and which are not.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use lazytools_lock::recipe::Recipe;
use lazytools_lock::{Algorithm, Integrity, Lock, Name};

use crate::recipes;
use crate::requests::ToolRequest;

/// A request with everything that is local to it.
pub struct Prepared {
    pub name: Name,
    pub request: ToolRequest,
    pub registries: BTreeMap<String, String>,
    pub recipe: Recipe,
    pub files: BTreeMap<Name, String>,
    pub inputs: BTreeMap<Name, Integrity>,
    /// Why the lock's entry is not current; none where it is.
    pub stale: Option<String>,
}

type Tools = BTreeMap<Name, (ToolRequest, BTreeMap<String, String>)>;

/// Reads recipes and input files, and holds them against the lock. With what failed.
pub fn prepare(lock: &Lock, tools: &Tools) -> (Vec<Prepared>, Vec<String>) {
    let mut prepared = Vec::new();
    let mut failures = Vec::new();
    for (name, (request, registries)) in tools {
        match prepare_one(lock, name, request, registries) {
            Ok(tool) => prepared.push(tool),
            Err(error) => failures.extend(format!("{error:#}").lines().map(|line| format!("tool {name}: {line}"))),
        }
    }
    (prepared, failures)
}

fn prepare_one(
    lock: &Lock,
    name: &Name,
    request: &ToolRequest,
    registries: &BTreeMap<String, String>,
) -> Result<Prepared> {
    let recipe = match &request.recipe_path {
        Some(path) => recipes::in_file(path)?,
        None => recipes::built_in(&request.request.recipe)?,
    };
    recipe.choose(&request.request)?;
    let mut files = BTreeMap::new();
    let mut inputs = BTreeMap::new();
    for (file, label) in &request.request.files {
        let path = request
            .file_paths
            .get(file)
            .with_context(|| format!("the extension does not say where {file} ({label}) is (LT310)"))?;
        let text = std::fs::read_to_string(path).with_context(|| format!("{file} {} (LT310)", path.display()))?;
        inputs.insert(file.clone(), Algorithm::Sha256.digest(text.as_bytes()));
        files.insert(file.clone(), text);
    }
    let stale = staleness(lock, name, request, &recipe, &inputs);
    Ok(Prepared {
        name: name.clone(),
        request: request.clone(),
        registries: registries.clone(),
        recipe,
        files,
        inputs,
        stale,
    })
}

fn staleness(
    lock: &Lock,
    name: &Name,
    request: &ToolRequest,
    recipe: &Recipe,
    inputs: &BTreeMap<Name, Integrity>,
) -> Option<String> {
    let Some(pinned) = lock.tools.get(name) else {
        return Some("it is not in the lock".to_owned());
    };
    if pinned.request != request.request {
        return Some(format!("MODULE.bazel asks for {}", super::report::difference(&pinned.request, &request.request)));
    }
    if pinned.recipe.digest != recipe.digest || pinned.recipe.name != recipe.name {
        return Some(format!("recipe {} has changed", recipe.name));
    }
    let changed = inputs.iter().find(|(file, digest)| pinned.inputs.get(*file) != Some(*digest));
    changed.map(|(file, _)| format!("its input file {file} has changed"))
}

/// The tools that the lock has and nobody asks for.
pub fn removed<'a>(lock: &'a Lock, tools: &'a Tools) -> impl Iterator<Item = &'a Name> {
    lock.tools.keys().filter(|name| !tools.contains_key(*name))
}
