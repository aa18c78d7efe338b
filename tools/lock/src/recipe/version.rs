//! Versions of tools, and ranges of them.

use std::str::FromStr;

use semver::{Version, VersionReq};

/// A range of versions, as in `>=24, <26`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRange {
    text: String,
    range: VersionReq,
}

impl VersionRange {
    /// Whether a version lies in the range. A version need not have three numbers: `3.4` is 3.4.0, and of
    /// `148.0.7778.97` the first three count. A pre-release counts as the release it leads to. What does not begin
    /// with a number lies in no range.
    pub fn contains(&self, version: &str) -> bool {
        numbers(version).is_some_and(|(major, minor, patch)| self.range.matches(&Version::new(major, minor, patch)))
    }

    /// The range as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for VersionRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let range = VersionReq::parse(text)
            .map_err(|error| format!("{text:?} is no range of versions ({error}): write it as in \">=1.2, <3\""))?;
        Ok(Self { text: text.to_owned(), range })
    }
}

/// The first three numbers of a version.
fn numbers(version: &str) -> Option<(u64, u64, u64)> {
    let version = version.strip_prefix('v').unwrap_or(version);
    let release = version.split(['-', '+']).next().unwrap_or_default();
    let mut numbers = release.split('.').map(str::parse::<u64>);
    let major = numbers.next()?.ok()?;
    let minor = numbers.next().unwrap_or(Ok(0)).ok()?;
    let patch = numbers.next().unwrap_or(Ok(0)).ok()?;
    Some((major, minor, patch))
}

/// A part of a version by its place, as it is written.
pub fn part(version: &str, index: usize) -> Option<&str> {
    let release = version.split(['-', '+']).next().unwrap_or_default();
    release.split('.').nth(index).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let range: VersionRange = ">=3, <4".parse().unwrap();
        for inside in ["3", "3.4", "3.99.1", "3.0.0-rc.1", "3.1.2.3", "v3.5"] {
            assert!(range.contains(inside), "{inside}");
        }
        for outside in ["2.9.9", "4", "4.0.0-rc.1", "", "latest", "3.x"] {
            assert!(!range.contains(outside), "{outside}");
        }
        assert!(">=three".parse::<VersionRange>().unwrap_err().contains("\">=1.2, <3\""));
    }

    #[test]
    fn parts() {
        assert_eq!(part("3.4.2-rc.1", 2), Some("2"));
        assert_eq!(part("3.4", 2), None);
        assert_eq!(part("", 0), None);
    }
}
