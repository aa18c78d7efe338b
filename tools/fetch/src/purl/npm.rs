//! `pkg:npm/%40SCOPE/NAME@VERSION`

use crate::error::FetchError;

use super::Parts;

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
        let parts = Parts::read(purl)?;
        if parts.ty != "npm" {
            return Err(parts.fail(format!("is of type {}, and npm is wanted", parts.ty)));
        }
        Self::of(&parts)
    }

    pub(super) fn of(parts: &Parts) -> Result<Self, FetchError> {
        let package = match &parts.namespace {
            Some(scope) => format!("{scope}/{}", parts.name),
            None => parts.name.clone(),
        };
        if !lazytools_lock::recipe::request::is_npm_name(&package) {
            return Err(parts.fail(format!("names {package:?}, which is no npm package")));
        }
        Ok(Self { package, version: parts.version.clone() })
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
