//! The tarballs of a `pnpm-lock.yaml`, lockfileVersion 6 and newer, as a registry serves them.

use std::collections::BTreeMap;

use yaml_rust2::yaml::Hash;
use yaml_rust2::Yaml;

use crate::yaml::{documents, get, table, text as scalar};
use crate::Integrity;

use super::super::error::RecipeError;
use super::context::{place, Context};
use super::node_modules::{belongs, wanted};
use super::npm_lock::Package;
use super::Closure;

pub(super) fn closure(context: &Context<'_>) -> Result<Closure, RecipeError> {
    let mut closure = Closure::default();
    if context.platform.is_some() && !context.is_for_platforms()? {
        return Ok(closure);
    }
    let mut found: BTreeMap<String, Package> = BTreeMap::new();
    for document in documents(context.text).map_err(|message| context.fail(1, message))? {
        let version = get(&document, "lockfileVersion").and_then(scalar).unwrap_or_default();
        let major: u32 = version.split('.').next().unwrap_or_default().parse().unwrap_or_default();
        if major < 6 {
            let message =
                format!("its lockfileVersion is {version:?}, and 6 and newer can be read: pnpm 8 writes them");
            return Err(context.fail(1, message));
        }
        for (key, entry) in table(&document, "packages").into_iter().flatten() {
            let (Some(key), Some(entry)) = (key.as_str(), entry.as_hash()) else { continue };
            let package = package(key, entry).map_err(|message| context.fail(line_of(context.text, key), message))?;
            // With different peers, 6 has a package several times.
            found.extend(package.map(|package| (package.tarball(), package)));
        }
    }
    for (path, package) in found.into_iter().filter(|(_, package)| belongs(context, package)) {
        let wanted = wanted(context, &package)?;
        closure.steps.push(place(wanted.id.clone(), context.below(&path)?));
        closure.artifacts.push(wanted);
    }
    Ok(closure)
}

/// A package of the file; `None` for a folder of one's own.
fn package(key: &str, entry: &Hash) -> Result<Option<Package>, String> {
    let resolution = table(entry, "resolution").ok_or_else(|| format!("{key} has no resolution"))?;
    let word = |name| get(resolution, name).and_then(scalar);
    if word("directory").is_some() {
        return Ok(None);
    }
    // `/name@1.0.0(peer@2.0.0)` in 6, `name@1.0.0` in 9.
    let bare = key.trim_start_matches('/').split('(').next().unwrap_or_default();
    let named = bare.rsplit_once('@').filter(|(name, version)| {
        !name.is_empty() && version.starts_with(|c: char| c.is_ascii_digit()) && !name[1..].contains(['@', ':'])
    });
    let (Some(named), None) = (named, word("tarball")) else {
        return Err(format!(
            "{key} does not come from a registry, or has the address of its tarball: pnpm would go there, and nowhere else. \
             Only packages of a registry can be laid out; `lockfile-include-tarball-url` has to be off"
        ));
    };
    let integrity = word("integrity").as_deref().and_then(Integrity::strongest);
    let integrity = integrity.ok_or_else(|| format!("{key} has no integrity of SHA-256 or stronger"))?;
    Ok(Some(Package::pinned(bare, named, integrity, ["os", "cpu", "libc"].map(|name| words(entry, name)))))
}

/// The texts of a list.
fn words(entry: &Hash, name: &str) -> Vec<String> {
    let list = get(entry, name).and_then(Yaml::as_vec);
    list.into_iter().flatten().filter_map(Yaml::as_str).map(str::to_owned).collect()
}

/// The line of a package's key.
fn line_of(text: &str, key: &str) -> usize {
    let is_key = |line: &str| line.trim().trim_end_matches(':').trim_matches(['\'', '"']) == key;
    text.lines().position(is_key).map_or(1, |at| at + 1)
}
