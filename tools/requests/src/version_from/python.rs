//! `uv.lock` and `requirements.txt`.

use super::Found;

/// A name as Python's packaging compares it: case does not count, and `-`, `_` and `.` are one.
fn normal(name: &str) -> String {
    let lower = name.trim().to_ascii_lowercase();
    lower.split(['-', '_', '.']).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

pub(super) fn uv_lock(text: &str, package: &str) -> Result<Found, String> {
    let lock: toml::Table =
        text.parse().map_err(|error: toml::de::Error| format!("it is not TOML: {}", error.message()))?;
    let packages = lock.get("package").and_then(toml::Value::as_array).ok_or("it has no [[package]]")?;
    let mut found = Found::default();
    for entry in packages {
        let Some(name) = entry.get("name").and_then(toml::Value::as_str) else { continue };
        found.names.insert(normal(name));
        if normal(name) == normal(package) {
            if let Some(version) = entry.get("version").and_then(toml::Value::as_str) {
                let markers = entry.get("resolution-markers").and_then(toml::Value::as_array);
                let markers: Vec<&str> = markers.into_iter().flatten().filter_map(toml::Value::as_str).collect();
                found.add(version, &markers.join(" or "));
            }
        }
    }
    Ok(found)
}

/// The pins, `name==1.2.3`. Files that are included with `-r` are not read.
pub(super) fn requirements(text: &str, package: &str) -> Result<Found, String> {
    let mut found = Found::default();
    for line in text.replace("\\\n", " ").replace("\\\r\n", " ").lines() {
        let line = line.split(" #").next().unwrap_or_default().trim();
        if line.is_empty() || line.starts_with(['#', '-']) {
            continue;
        }
        let (requirement, marker) = line.split_once(';').unwrap_or((line, ""));
        let end = requirement.find(['=', '<', '>', '~', '!', '[', ' ', '@']).unwrap_or(requirement.len());
        let name = normal(&requirement[..end]);
        if name != normal(package) {
            found.names.insert(name);
            continue;
        }
        let rest = requirement[end..].trim();
        let rest = rest.split_once(']').map_or(rest, |(_, rest)| rest).trim();
        let pinned = rest.strip_prefix("===").or_else(|| rest.strip_prefix("=="));
        let version = pinned.and_then(|rest| rest.split_whitespace().next()).filter(|version| !version.contains(','));
        let Some(version) = version else {
            return Err(format!("it asks for {requirement:?}, and only a pin, {package}==1.2.3, names one version"));
        };
        let marker = marker.split(" --").next().unwrap_or_default().trim();
        found.add(version, marker);
    }
    Ok(found)
}
