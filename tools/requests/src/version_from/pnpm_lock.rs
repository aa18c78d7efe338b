//! `pnpm-lock.yaml`, lockfileVersion 6 and newer.

use lazytools_lock::yaml::{documents, get, table, text as scalar};
use yaml_rust2::yaml::Hash;
use yaml_rust2::Yaml;

use super::Found;

const FIELDS: &[&str] = &["dependencies", "devDependencies", "optionalDependencies"];

pub(super) fn find(text: &str, package: &str) -> Result<Found, String> {
    let mut found = Found::default();
    let mut direct = Found::default();
    for document in documents(text)? {
        let version = get(&document, "lockfileVersion").and_then(scalar).unwrap_or_default();
        let major: u32 = version.split('.').next().unwrap_or_default().parse().unwrap_or_default();
        if major < 6 {
            return Err(format!("its lockfileVersion is {version:?}, and 6 and newer can be read: pnpm 8 writes them"));
        }
        for key in table(&document, "packages").into_iter().flat_map(Hash::keys).filter_map(Yaml::as_str) {
            // `/name@1.0.0(peer@2.0.0)` in 6, `name@1.0.0` in 9.
            let bare = key.trim_start_matches('/').split('(').next().unwrap_or_default();
            let Some((name, version)) = bare.rsplit_once('@').filter(|(name, _)| !name.is_empty()) else { continue };
            found.names.insert(name.to_owned());
            if name == package {
                found.add(version, "");
            }
        }
        // Without workspaces, the project's own dependencies stood at the top in 6.
        let importer = table(&document, "importers").and_then(|importers| table(importers, ".")).unwrap_or(&document);
        for field in FIELDS {
            let entry = table(importer, field).and_then(|dependencies| table(dependencies, package));
            let Some(version) = entry.and_then(|entry| get(entry, "version")).and_then(scalar) else { continue };
            let version = version.split('(').next().unwrap_or_default();
            if version.starts_with(|c: char| c.is_ascii_digit()) {
                direct.add(version, "");
            }
        }
    }
    // What the project itself depends on is what its scripts see.
    if !direct.versions.is_empty() {
        found.versions = direct.versions;
    }
    Ok(found)
}
