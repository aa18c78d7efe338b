//! `yarn.lock`, of yarn 1 (a format of its own) and of yarn 2 and newer (YAML).

use lazytools_lock::yaml::{documents, get, table, text as scalar};
use yaml_rust2::yaml::Hash;

use super::Found;

pub(super) fn find(text: &str, package: &str) -> Result<Found, String> {
    let berry = text.lines().any(|line| line.starts_with("__metadata:"));
    if berry {
        newer(text, package)
    } else if text.contains("yarn lockfile v1") {
        Ok(classic(text, package))
    } else {
        Err("it is neither of yarn 1 (\"yarn lockfile v1\") nor of a newer one (\"__metadata\")".to_owned())
    }
}

/// The package's name in `@scope/name@^1.0.0` or `"name@npm:^1.0.0"`.
fn name(descriptor: &str) -> &str {
    let descriptor = descriptor.trim().trim_matches('"');
    let at = descriptor.char_indices().skip(1).find(|(_, c)| *c == '@').map(|(at, _)| at);
    &descriptor[..at.unwrap_or(descriptor.len())]
}

fn classic(text: &str, package: &str) -> Found {
    let mut found = Found::default();
    let mut key = "";
    for line in text.lines() {
        if line.starts_with(|c: char| !c.is_whitespace() && c != '#') {
            key = line.trim_end().trim_end_matches(':');
            found.names.insert(name(key).to_owned());
        } else if let Some(version) = line.strip_prefix("  version ") {
            if name(key) == package {
                found.add(version.trim().trim_matches('"'), key);
            }
        }
    }
    found
}

fn newer(text: &str, package: &str) -> Result<Found, String> {
    let mut found = Found::default();
    for document in documents(text)? {
        let mut direct = None;
        for (key, entry) in &document {
            let (Some(key), Some(entry)) = (key.as_str(), entry.as_hash()) else { continue };
            let Some(resolution) = get(entry, "resolution").and_then(scalar) else { continue };
            if resolution.ends_with("@workspace:.") {
                direct = table(entry, "dependencies").and_then(|it| get(it, package)).and_then(scalar);
            }
            if resolution.contains("@workspace:") {
                continue;
            }
            found.names.insert(name(&resolution).to_owned());
            if let (true, Some(version)) = (name(&resolution) == package, get(entry, "version").and_then(scalar)) {
                found.add(&version, key);
            }
        }
        // What the project itself depends on is what its scripts see.
        if let Some(version) = direct.and_then(|range| resolved(&document, package, &range)) {
            found.versions = Found::one(&version).versions;
        }
    }
    Ok(found)
}

/// The version that a dependency's range came to.
fn resolved(document: &Hash, package: &str, range: &str) -> Option<String> {
    let wanted = [format!("{package}@{range}"), format!("{package}@npm:{range}")];
    let (_, entry) = document.iter().find(|(key, _)| {
        let keys = key.as_str().unwrap_or_default().split(", ");
        keys.into_iter().any(|key| wanted.iter().any(|wanted| wanted == key))
    })?;
    get(entry.as_hash()?, "version").and_then(scalar)
}
