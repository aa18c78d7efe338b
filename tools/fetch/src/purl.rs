//! Package URLs.

use std::str::FromStr as _;

use packageurl::PackageUrl;

use crate::error::FetchError;

/// A package of npm, as a purl names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NpmPurl {
    /// The package's whole name, scope included: `@scope/name`.
    pub package: String,
    /// The version.
    pub version: String,
}

impl NpmPurl {
    /// Reads a purl of type npm.
    pub fn parse(purl: &str) -> Result<Self, FetchError> {
        let fail = |reason: String| FetchError::Purl { purl: purl.to_owned(), reason };
        let parsed = PackageUrl::from_str(purl).map_err(|error| fail(format!("cannot be read: {error}")))?;
        if parsed.ty() != "npm" {
            return Err(fail(format!("is of type {}: this lazytools knows npm", parsed.ty())));
        }
        let version = parsed.version().filter(|version| !version.is_empty());
        let version = version.ok_or_else(|| fail("names no version".to_owned()))?;
        let package = match parsed.namespace() {
            Some(scope) => format!("{scope}/{}", parsed.name()),
            None => parsed.name().to_owned(),
        };
        if !lazytools_lock::recipe::request::is_npm_name(&package) {
            return Err(fail(format!("names {package:?}, which is no npm package")));
        }
        if version.chars().any(|c| matches!(c, '/' | '\\' | '?' | '#' | ' ') || c.is_control()) {
            return Err(fail(format!("names version {version:?}, which is none")));
        }
        Ok(Self { package, version: version.to_owned() })
    }

    /// The package's scope, as in `@acme`.
    pub fn scope(&self) -> Option<&str> {
        self.package.split_once('/').map(|(scope, _)| scope)
    }

    /// The purl, in its canonical form.
    pub fn purl(&self) -> String {
        let encoded = self.package.replace('@', "%40");
        format!("pkg:npm/{encoded}@{}", self.version)
    }

    /// The tarball's path below a registry's base address.
    pub fn tarball_path(&self) -> String {
        let name = self.package.rsplit('/').next().unwrap_or_default();
        format!("{}/-/{name}-{}.tgz", self.package, self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_paths() {
        let purl = NpmPurl::parse("pkg:npm/%40oven/bun-linux-x64@1.4.5").unwrap();
        assert_eq!(purl.package, "@oven/bun-linux-x64");
        assert_eq!(purl.tarball_path(), "@oven/bun-linux-x64/-/bun-linux-x64-1.4.5.tgz");
        assert_eq!(purl.purl(), "pkg:npm/%40oven/bun-linux-x64@1.4.5");
        assert_eq!(NpmPurl::parse("pkg:npm/pnpm@10.34.9").unwrap().tarball_path(), "pnpm/-/pnpm-10.34.9.tgz");
    }

    #[test]
    fn refuses_what_it_cannot_fetch() {
        for (purl, reason) in [
            ("npm/pnpm@1", "cannot be read"),
            ("pkg:pypi/pip@1", "is of type pypi"),
            ("pkg:npm/pnpm", "names no version"),
            ("pkg:npm/pnpm@1%2F..%2F2", "which is none"),
        ] {
            let message = NpmPurl::parse(purl).unwrap_err().to_string();
            assert!(message.contains(reason), "{purl}: {message}");
        }
    }
}
