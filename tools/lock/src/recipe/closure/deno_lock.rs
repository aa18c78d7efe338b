//! `deno.lock`, version 5: deno's npm cache.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::{Format, Integrity, Step};

use super::super::error::RecipeError;
use super::context::{extract, write, Context};
use super::node_modules::{belongs, wanted};
use super::npm_lock::Package;
use super::Closure;

#[derive(Deserialize)]
struct RawLock {
    version: String,
    #[serde(default)]
    npm: BTreeMap<String, RawPackage>,
    #[serde(default)]
    jsr: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    remote: BTreeMap<String, serde_json::Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawPackage {
    integrity: Option<String>,
    tarball: Option<String>,
    os: Vec<String>,
    cpu: Vec<String>,
    libc: Vec<String>,
}

/// Each package unpacked in `NAME/VERSION`, as deno's `npm_cache` keeps it.
pub(super) fn closure(context: &Context<'_>) -> Result<Closure, RecipeError> {
    let packages = packages(context.text).map_err(|(line, message)| context.fail(line, message))?;
    let mut closure = Closure::default();
    if context.platform.is_some() && !context.is_for_platforms()? {
        return Ok(closure);
    }
    let mut copies: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut names = BTreeSet::new();
    for package in packages.iter().filter(|package| belongs(context, package)) {
        let wanted = wanted(context, package)?;
        // A package with several sets of peers is several packages with the same bytes, and deno would copy the first.
        let copy = copies.entry((&package.name, &package.version)).and_modify(|copy| *copy += 1).or_insert(0);
        let suffix = if *copy == 0 { String::new() } else { format!("_{copy}") };
        let to = context.below(&format!("{}/{}{suffix}", package.name, package.version))?;
        let mut step = extract(wanted.id.clone(), to, Format::TarGz);
        step.strip = 1;
        closure.steps.push(Step::Extract(step));
        if *copy == 0 {
            closure.artifacts.push(wanted);
        }
        // With a lock file deno reads nothing in the package's metadata, and yet fetches them where they are not there.
        if names.insert(&package.name) {
            let metadata = serde_json::json!({ "name": package.name, "dist-tags": {}, "versions": {} });
            closure.steps.push(write(context.below(&format!("{}/registry.json", package.name))?, metadata.to_string()));
        }
    }
    Ok(closure)
}

/// The lock's packages, sorted. The error has its line.
fn packages(text: &str) -> Result<Vec<Package>, (usize, String)> {
    let raw: RawLock = serde_json::from_str(text)
        .map_err(|error| (error.line().max(1), format!("this is no deno.lock with a version: {error}")))?;
    if raw.version != "5" {
        let message = format!(
            "it has version {:?}, and only \"5\" says for which platforms a package is: make it anew with deno 2.3 or \
             newer, by `deno install`",
            raw.version
        );
        return Err((1, message));
    }
    let elsewhere = raw.jsr.keys().map(|name| format!("jsr:{name}")).chain(raw.remote.into_keys()).next();
    if let Some(module) = elsewhere {
        let message = format!(
            "{} is no npm package, and only these can be laid out: take it from npm, or keep it among the sources",
            without_query(&module)
        );
        return Err((1, message));
    }
    raw.npm.into_iter().map(|(key, raw)| package(key, raw).map_err(|message| (1, message))).collect()
}

/// An address without what may be a secret in it.
fn without_query(module: &str) -> &str {
    module.split(['?', '#']).next().unwrap_or_default()
}

/// A package of the key `NAME@VERSION`, behind which `_PEER@VERSION` may stand.
fn package(key: String, raw: RawPackage) -> Result<Package, String> {
    let scope = usize::from(key.starts_with('@'));
    let (name, version) = match key[scope..].split_once('@') {
        Some((name, version)) => (key[..scope].to_owned() + name, version.split('_').next().unwrap_or_default()),
        None => return Err(format!("{key:?} is no package with a version, as in \"is-odd@3.0.1\"")),
    };
    let Some(integrity) = raw.integrity.as_deref().and_then(Integrity::strongest) else {
        return Err(format!(
            "{key} has no \"integrity\" with SHA-256 or stronger: make the file anew by `deno install`"
        ));
    };
    Ok(Package {
        place: name.clone(),
        version: version.to_owned(),
        name,
        resolved: raw.tarball,
        integrity: Some(integrity),
        licence: None,
        bin: BTreeMap::new(),
        dev: false,
        os: raw.os,
        cpu: raw.cpu,
        libc: raw.libc,
        path: key,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SRI: &str = "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";

    fn of(key: &str) -> Result<Package, String> {
        package(key.to_owned(), RawPackage { integrity: Some(SRI.to_owned()), ..RawPackage::default() })
    }

    #[test]
    fn keys_are_names_versions_and_peers() {
        for (key, name, version) in [
            ("is-odd@3.0.1", "is-odd", "3.0.1"),
            ("react-dom@18.3.1_react@18.3.1", "react-dom", "18.3.1"),
            ("@s/a@1.0.0-rc.1_@s+b@2.0.0__c@1.0.0", "@s/a", "1.0.0-rc.1"),
        ] {
            let package = of(key).unwrap();
            assert_eq!((package.name.as_str(), package.version.as_str()), (name, version));
        }
        assert!(of("@s/a").map(drop).unwrap_err().contains("no package with a version"));
    }
}
