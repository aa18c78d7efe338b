//! A small view of YAML.

use yaml_rust2::yaml::Hash;
use yaml_rust2::{Yaml, YamlLoader};

/// The documents of a text that are mappings.
pub(super) fn documents(text: &str) -> Result<Vec<Hash>, String> {
    // No package manager writes aliases, and a few of them could grow without end.
    let alias = text.lines().find(|line| line.trim_start().starts_with('*') || line.contains(": *"));
    if let Some(line) = alias {
        return Err(format!("it has a YAML alias, which no package manager writes: {}", line.trim()));
    }
    let documents = YamlLoader::load_from_str(text).map_err(|error| format!("it is not YAML: {error}"))?;
    Ok(documents.into_iter().filter_map(Yaml::into_hash).collect())
}

/// A mapping's value.
pub(super) fn get<'a>(hash: &'a Hash, key: &str) -> Option<&'a Yaml> {
    hash.get(&Yaml::String(key.to_owned()))
}

/// A mapping in a mapping.
pub(super) fn table<'a>(hash: &'a Hash, key: &str) -> Option<&'a Hash> {
    get(hash, key)?.as_hash()
}

/// A scalar as it was written, as far as that matters for versions: `1.10` is a number for YAML.
pub(super) fn text(value: &Yaml) -> Option<String> {
    match value {
        Yaml::String(text) | Yaml::Real(text) => Some(text.clone()),
        Yaml::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}
