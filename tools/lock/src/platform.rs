//! Platforms: the operating system, processor and C library that a program runs on.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// The names of all platforms, sorted. `platforms/platforms.bzl` holds the same list for Starlark.
pub const NAMES: &[&str] = &[
    "freebsd_x86_64",
    "linux_aarch64",
    "linux_aarch64_musl",
    "linux_armv7",
    "linux_ppc64le",
    "linux_riscv64",
    "linux_s390x",
    "linux_x86_64",
    "linux_x86_64_musl",
    "macos_aarch64",
    "macos_x86_64",
    "windows_aarch64",
    "windows_x86_64",
];

/// A platform by its name in MODULE.bazel, recipes and locks: `linux_x86_64`, `macos_aarch64`, `linux_x86_64_musl` …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "String")]
pub struct Platform(&'static str);

/// A text that names no platform.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is not a platform: one of {list} (LT105)", list = NAMES.join(", "))]
pub struct PlatformError(String);

impl Platform {
    /// The name, as in `linux_x86_64`.
    pub fn name(self) -> &'static str {
        self.0
    }

    /// All platforms, sorted by name.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|name| Self(name))
    }

    /// Whether programs on it end in `.exe`.
    pub fn is_windows(self) -> bool {
        self.0.starts_with("windows_")
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl FromStr for Platform {
    type Err = PlatformError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        NAMES.iter().find(|name| **name == text).map(|name| Self(name)).ok_or_else(|| PlatformError(text.to_owned()))
    }
}

// By hand, because the derived one would ask the input to live as long as the names do.
impl<'de> Deserialize<'de> for Platform {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl From<Platform> for String {
    fn from(platform: Platform) -> Self {
        platform.0.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_parse() {
        assert!(NAMES.windows(2).all(|pair| pair[0] < pair[1]));
        for platform in Platform::all() {
            assert_eq!(platform.name().parse(), Ok(platform));
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let message = "linux_amd64".parse::<Platform>().unwrap_err().to_string();
        assert!(message.starts_with("\"linux_amd64\" is not a platform: one of freebsd_x86_64, linux_aarch64,"));
    }
}
