//! Files of a few lines.

use super::Found;

/// `.nvmrc` and `.node-version`: one version, and comments.
pub(super) fn nvmrc(text: &str, _: &str) -> Result<Found, String> {
    let mut lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    let version = lines.find(|line| !line.is_empty()).ok_or("it is empty")?;
    Ok(Found::one(version))
}

/// `.tool-versions`: a tool and its versions in each line, of which the first counts.
#[allow(clippy::unnecessary_wraps, reason = "all readers have one form")]
pub(super) fn tool_versions(text: &str, tool: &str) -> Result<Found, String> {
    let mut found = Found::default();
    for line in text.lines() {
        let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
        let (Some(name), Some(version)) = (words.next(), words.next()) else { continue };
        found.names.insert(name.to_owned());
        if name == tool {
            found.add(version, "");
        }
    }
    Ok(found)
}

/// `maven-wrapper.properties` and `gradle-wrapper.properties`: the version in the address of the distribution.
pub(super) fn wrapper(text: &str, distribution: &str) -> Result<Found, String> {
    let line = text.lines().map(str::trim).find_map(|line| line.strip_prefix("distributionUrl"));
    let value = line.and_then(|rest| rest.trim_start().strip_prefix(['=', ':'])).ok_or("it has no distributionUrl")?;
    // In properties, a colon may be escaped.
    let url = value.trim().replace('\\', "");
    let file = url.rsplit('/').next().unwrap_or_default();
    let version = file.strip_prefix(distribution).and_then(|rest| rest.strip_prefix('-')).and_then(|rest| {
        let end = ["-all.", "-bin.", "-src."].iter().find_map(|kind| rest.find(kind))?;
        Some(&rest[..end])
    });
    let version = version
        .ok_or_else(|| format!("its distributionUrl ends in {file:?}, and not in {distribution}-VERSION-bin.zip"))?;
    Ok(Found::one(version))
}
