//! `package-lock.json`, lockfileVersion 2 and 3.

use serde_json::Value;

use super::Found;

const FIELDS: &[&str] = &["dependencies", "devDependencies", "optionalDependencies"];

pub(super) fn find(text: &str, package: &str) -> Result<Found, String> {
    let lock: Value = serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"))?;
    let Some(packages) = lock.get("packages").and_then(Value::as_object) else {
        let version = lock.get("lockfileVersion").map_or("none".to_owned(), Value::to_string);
        return Err(format!("its lockfileVersion is {version}, and 2 and 3 can be read: npm 7 and newer write them"));
    };
    let mut found = Found::default();
    for (path, entry) in packages {
        let Some((_, folder)) = path.rsplit_once("node_modules/") else { continue };
        // An alias is installed under another name than its own.
        let name = entry.get("name").and_then(Value::as_str).unwrap_or(folder);
        found.names.insert(name.to_owned());
        if name == package {
            if let Some(version) = entry.get("version").and_then(Value::as_str) {
                found.add(version, path);
            }
        }
    }
    // What the project itself depends on is what its scripts see.
    let direct = packages.get("").is_some_and(|root| {
        FIELDS.iter().any(|field| root.get(field).is_some_and(|dependencies| dependencies.get(package).is_some()))
    });
    let top = packages.get(&format!("node_modules/{package}")).and_then(|entry| entry.get("version"));
    if let (true, Some(version)) = (direct, top.and_then(Value::as_str)) {
        found.versions = Found::one(version).versions;
    }
    Ok(found)
}
