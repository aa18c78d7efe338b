//! `package.json`.

use serde_json::Value;

use super::Found;

/// The field `packageManager`, `pnpm@10.34.9+sha512.…`.
pub(super) fn package_manager(text: &str, manager: &str) -> Result<Found, String> {
    let package: Value = serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"))?;
    let field = package.get("packageManager").and_then(Value::as_str).ok_or("it has no packageManager")?;
    let (name, version) = field.split_once('@').ok_or_else(|| format!("its packageManager is {field:?}"))?;
    let mut found = Found { names: [name.to_owned()].into(), ..Found::default() };
    if name == manager {
        found.add(version.split('+').next().unwrap_or_default(), "");
    }
    Ok(found)
}
