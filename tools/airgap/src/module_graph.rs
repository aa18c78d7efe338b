//! What `bazel mod graph --output=json` says: each version of a module that the resolution came by.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// The flags of `bazel mod` that make it say all.
pub const FLAGS: [&str; 5] = ["graph", "--include_unused", "--include_builtin", "--output=json", "--depth=-1"];

/// The flags of `bazel mod` that make it say which repositories the extensions make. It runs all of them.
pub const EXTENSION_FLAGS: [&str; 4] = ["graph", "--include_builtin", "--extension_info=all", "--output=json"];

/// An extension and the repositories that it makes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Extension {
    /// Its key, as `@@rules_x~//a:b.bzl%ext`.
    pub key: String,
    /// The repositories, by the names that it gives them.
    pub repositories: BTreeSet<String>,
}

/// A module of a graph, with what hangs below it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Node {
    key: String,
    #[serde(default)]
    dependencies: Vec<Self>,
    #[serde(default)]
    indirect_dependencies: Vec<Self>,
    #[serde(default)]
    cycles: Vec<Self>,
    #[serde(default)]
    extension_usages: Vec<Usage>,
}

/// Bazel writes these names with underscores.
#[derive(Debug, Deserialize)]
struct Usage {
    key: String,
    #[serde(default)]
    used_repos: Vec<String>,
    #[serde(default)]
    unused_repos: Vec<String>,
}

/// All extensions of a graph. Where it has one more than once it is in full only once.
pub fn extensions(root: &Node) -> BTreeSet<Extension> {
    let mut found: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        for usage in &node.extension_usages {
            let names = usage.used_repos.iter().chain(&usage.unused_repos).cloned();
            found.entry(&usage.key).or_default().extend(names);
        }
        open.extend([&node.dependencies, &node.indirect_dependencies, &node.cycles].into_iter().flatten());
    }
    found.into_iter().map(|(key, repositories)| Extension { key: key.to_owned(), repositories }).collect()
}

/// The versions of the modules that come from registries.
///
/// Those with an override that takes their place have no version in their key (`name@_`); of these no registry is asked.
pub fn from_registries(root: &Node) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys = BTreeSet::new();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        keys.insert(node.key.as_str());
        open.extend([&node.dependencies, &node.indirect_dependencies, &node.cycles].into_iter().flatten());
    }
    let pairs: Vec<_> = keys.into_iter().filter_map(|key| key.split_once('@')).collect();
    let overridden: BTreeSet<_> = pairs.iter().filter(|(_, version)| *version == "_").map(|(name, _)| *name).collect();
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, version) in pairs.into_iter().filter(|(name, _)| !overridden.contains(name)) {
        found.entry(name.to_owned()).or_default().insert(version.to_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_versions_but_those_of_overridden_modules() {
        // In the form of Bazel 7.7.1.
        let text = r#"{"key": "<root>", "name": "lab", "version": "", "apparentName": "lab", "dependencies": [
            {"key": "greet@1.0", "name": "greet", "version": "1.0", "dependencies": [
                {"key": "word@1.0", "cycles": [{"key": "greet@0.9", "name": "greet", "version": "0.9"}]}]},
            {"key": "zlib@1.3.1.bcr.3", "dependencies": []},
            {"key": "zlib@_", "version": "", "unexpanded": true},
            {"key": "greet@1.0", "unexpanded": true}], "indirectDependencies": [], "cycles": []}"#;
        let node: Node = serde_json::from_str(text).unwrap();
        let found: Vec<_> = from_registries(&node).into_iter().collect();
        let set = |versions: &[&str]| versions.iter().map(|version| (*version).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(found, [("greet".to_owned(), set(&["0.9", "1.0"])), ("word".to_owned(), set(&["1.0"]))]);
    }

    #[test]
    fn repositories_of_extensions() {
        // In the form of Bazel 7.7.1.
        let text = r#"{"key": "<root>", "dependencies": [{"key": "x@1", "extensionUsages": [
            {"key": "@@//:e.bzl%e", "unexpanded": true, "used_repos": [], "unused_repos": []}]}],
            "extensionUsages": [{"key": "@@//:e.bzl%e", "unexpanded": false, "used_repos": ["b"], "unused_repos": ["a"]}]}"#;
        let node: Node = serde_json::from_str(text).unwrap();
        let repositories = ["a", "b"].map(str::to_owned).into();
        assert_eq!(extensions(&node), [Extension { key: "@@//:e.bzl%e".to_owned(), repositories }].into());
    }
}
