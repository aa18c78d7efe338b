//! What `bazel mod graph --output=json` says: each version of a module that the resolution came by.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// The flags of `bazel mod` that make it say all.
pub const FLAGS: [&str; 5] = ["graph", "--include_unused", "--include_builtin", "--output=json", "--depth=-1"];

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
}
