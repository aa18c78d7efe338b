//! `package-lock.json`, versions 2 and 3.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Integrity, Licence, Name, Platform, Source};

/// A lock file's packages, in the order of their paths.
pub(super) struct PackageLock {
    pub packages: Vec<Package>,
}

/// A package that is installed somewhere below `node_modules`.
pub(super) struct Package {
    /// Its path in the lock, as in `node_modules/a/node_modules/b`.
    pub path: String,
    /// The path without the first `node_modules/`.
    pub place: String,
    /// Its name in the registry, which differs from the path's for an alias.
    pub name: String,
    pub version: String,
    /// The tarball's address, where the lock has it.
    pub resolved: Option<String>,
    /// The digest, where the lock has one that pins.
    pub integrity: Option<Integrity>,
    /// The licence, where the lock says it.
    pub licence: Option<Licence>,
    /// Its programs with their paths in the package.
    pub bin: BTreeMap<String, String>,
    /// Whether only development needs it.
    pub dev: bool,
    pub os: Vec<String>,
    pub cpu: Vec<String>,
    pub libc: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawLock {
    lockfile_version: u64,
    packages: Option<BTreeMap<String, RawPackage>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RawPackage {
    name: Option<String>,
    version: Option<String>,
    resolved: Option<String>,
    integrity: Option<String>,
    // Old packages have objects and lists here.
    license: serde_json::Value,
    link: bool,
    in_bundle: bool,
    dev: bool,
    bin: BTreeMap<String, String>,
    os: Vec<String>,
    cpu: Vec<String>,
    libc: Vec<String>,
}

/// What is done with the folders of a workspace.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Folders {
    /// They cannot be.
    Refused,
    /// They are left out, and their packages are not.
    LeftOut,
}

const PREFIX: &str = "node_modules/";

impl PackageLock {
    /// Reads a lock file. The error has its line.
    pub fn parse(text: &str, folders: Folders) -> Result<Self, (usize, String)> {
        let raw: RawLock = serde_json::from_str(text)
            .map_err(|error| (error.line().max(1), format!("this is no package-lock.json: {error}")))?;
        let packages = raw.packages.filter(|_| raw.lockfile_version >= 2).ok_or_else(|| {
            let message = format!(
                "lockfileVersion {} does not say where packages go: run `npm install --package-lock-only` with npm 7 or newer",
                raw.lockfile_version
            );
            (1, message)
        })?;
        let mut found = Vec::new();
        for (path, raw) in packages {
            // What is bundled comes with its parent's tarball; the empty path is the project itself.
            if path.is_empty() || raw.in_bundle {
                continue;
            }
            if folders == Folders::LeftOut && (raw.link || !path.contains(PREFIX)) {
                continue;
            }
            found.push(package(path, raw, folders).map_err(|message| (1, message))?);
        }
        Ok(Self { packages: found })
    }
}

fn package(path: String, raw: RawPackage, folders: Folders) -> Result<Package, String> {
    let place = match path.strip_prefix(PREFIX) {
        Some(place) if !raw.link => place.to_owned(),
        // Nothing is laid out below it.
        None if folders == Folders::LeftOut => path.clone(),
        _ => {
            return Err(format!(
                "{path} is a folder of the workspace: only packages of a registry are laid out. Make a lock file \
                 without it"
            ))
        }
    };
    let own = path.rsplit(PREFIX).next().unwrap_or_default().to_owned();
    let version = raw.version.ok_or_else(|| format!("{path} has no version"))?;
    let clean = |program: &str| program.trim_start_matches("./").to_owned();
    let bin = raw.bin.iter().map(|(name, program)| (name.clone(), clean(program)));
    Ok(Package {
        place,
        name: raw.name.unwrap_or(own),
        version,
        resolved: raw.resolved,
        integrity: raw.integrity.as_deref().and_then(Integrity::strongest),
        licence: raw.license.as_str().and_then(Licence::of),
        bin: bin.filter(|(name, _)| !name.contains('/')).collect(),
        dev: raw.dev,
        os: raw.os,
        cpu: raw.cpu,
        libc: raw.libc,
        path,
    })
}

impl Package {
    /// A package of a registry with a digest, as other lock files than npm's know it.
    pub fn pinned(
        key: &str,
        (name, version): (&str, &str),
        integrity: Integrity,
        [os, cpu, libc]: [Vec<String>; 3],
    ) -> Self {
        Self {
            path: key.to_owned(),
            place: key.to_owned(),
            name: name.to_owned(),
            // What comes after + is no part of a published version.
            version: version.split('+').next().unwrap_or_default().to_owned(),
            resolved: None,
            integrity: Some(integrity),
            licence: None,
            bin: BTreeMap::new(),
            dev: false,
            os,
            cpu,
            libc,
        }
    }

    /// Its tarball's path in a registry.
    pub fn tarball(&self) -> String {
        let base = self.name.rsplit('/').next().unwrap_or_default();
        format!("{}/-/{base}-{}.tgz", self.name, self.version)
    }

    /// An id that is the same wherever this package in this version is installed.
    pub fn id(&self) -> Result<Name, String> {
        let plain: String = format!("{}-{}", self.name, self.version)
            .chars()
            .filter(|c| *c != '@')
            .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' })
            .collect();
        let plain = if plain.starts_with(|c: char| c.is_ascii_alphabetic()) { plain } else { format!("npm-{plain}") };
        plain.parse().map_err(|_| format!("{}: its name and version are too long for an id", self.path))
    }

    /// Where its tarball is.
    pub fn source(&self) -> Result<Source, String> {
        let purl = || Source::Purl(format!("pkg:npm/{}@{}", self.name.replace('@', "%40"), self.version));
        let Some(resolved) = &self.resolved else { return Ok(purl()) };
        let base = self.name.rsplit('/').next().unwrap_or_default();
        let tail = format!("/{}/-/{base}-{}.tgz", self.name, self.version);
        let address = resolved.split(['?', '#']).next().unwrap_or_default();
        let is_web = address.starts_with("https://") || address.starts_with("http://");
        if is_web && address.replace("%2f", "/").replace("%2F", "/").ends_with(&tail) {
            return Ok(purl());
        }
        if is_web && self.integrity.is_some() {
            return Ok(Source::Urls(vec![resolved.clone()]));
        }
        let scheme = resolved.split(':').next().unwrap_or_default();
        Err(format!("it comes from {scheme}:…, and only packages with a digest in the lock file can be laid out"))
    }

    /// Whether the lock says where it is from.
    pub fn has_address(&self) -> bool {
        self.resolved.is_some()
    }

    /// The folder that it is in, below the first `node_modules/`, with a slash; and its own folder there.
    pub fn parent_and_name(&self) -> (&str, &str) {
        match self.place.rfind(PREFIX) {
            Some(at) => self.place.split_at(at + PREFIX.len()),
            None => ("", &self.place),
        }
    }

    /// Whether it is only for some platforms.
    pub fn is_restricted(&self) -> bool {
        !(self.os.is_empty() && self.cpu.is_empty() && self.libc.is_empty())
    }

    /// Whether it is for a platform, by npm's rules.
    pub fn runs_on(&self, platform: Platform) -> bool {
        let (os, cpu, libc) = words(platform);
        allowed(&self.os, os) && allowed(&self.cpu, cpu) && (self.libc.is_empty() || allowed(&self.libc, libc))
    }
}

/// npm's rule for `os`, `cpu` and `libc`: `!x` forbids; of the others one has to match.
fn allowed(list: &[String], word: &str) -> bool {
    let forbidden = list.iter().any(|entry| entry.strip_prefix('!') == Some(word));
    let mut positive = list.iter().filter(|entry| !entry.starts_with('!')).peekable();
    !forbidden && (positive.peek().is_none() || positive.any(|entry| entry == word || entry == "any"))
}

/// Node's words for a platform: `process.platform`, `process.arch` and the C library.
fn words(platform: Platform) -> (&'static str, &'static str, &'static str) {
    let name = platform.name();
    let (os, rest) = name.split_once('_').unwrap_or((name, ""));
    let os = match os {
        "macos" => "darwin",
        "windows" => "win32",
        "freebsd" => "freebsd",
        _ => "linux",
    };
    let (cpu, libc) = match rest.strip_suffix("_musl") {
        Some(cpu) => (cpu, "musl"),
        None if os == "linux" => (rest, "glibc"),
        None => (rest, ""),
    };
    let cpu = match cpu {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        "armv7" => "arm",
        "ppc64le" => "ppc64",
        "riscv64" => "riscv64",
        "s390x" => "s390x",
        _ => "unknown",
    };
    (os, cpu, libc)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SRI: &str = "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";

    fn lock(packages: &str) -> PackageLock {
        let text = format!(r#"{{"lockfileVersion": 3, "packages": {{"": {{"name": "me"}}, {packages}}}}}"#);
        PackageLock::parse(&text, Folders::Refused).map_err(|(line, message)| format!("{line}: {message}")).unwrap()
    }

    fn one(path: &str, fields: &str) -> Package {
        let text = format!(r#""{path}": {{"version": "1.0.0", "integrity": "{SRI}"{fields}}}"#);
        lock(&text).packages.remove(0)
    }

    #[test]
    fn names_scopes_aliases_and_nesting() {
        let package = one("node_modules/a/node_modules/@s/b", "");
        assert_eq!(package.place, "a/node_modules/@s/b");
        assert_eq!(package.parent_and_name(), ("a/node_modules/", "@s/b"));
        assert_eq!(package.source(), Ok(Source::Purl("pkg:npm/%40s/b@1.0.0".to_owned())));
        assert_eq!(package.id().unwrap().as_str(), "s_b-1.0.0");
        let alias = one("node_modules/old", r#", "name": "new""#);
        assert_eq!(alias.source(), Ok(Source::Purl("pkg:npm/new@1.0.0".to_owned())));
        assert_eq!(alias.parent_and_name(), ("", "old"));
        assert_eq!(one("node_modules/7zip-bin", "").id().unwrap().as_str(), "npm-7zip-bin-1.0.0");
    }

    #[test]
    fn where_tarballs_are() {
        let resolved = |url: &str| one("node_modules/@s/b", &format!(r#", "resolved": "{url}""#)).source();
        let purl = Ok(Source::Purl("pkg:npm/%40s/b@1.0.0".to_owned()));
        assert_eq!(resolved("https://mirror.example.org/npm/@s/b/-/b-1.0.0.tgz"), purl);
        assert_eq!(resolved("https://mirror.example.org/npm/@s%2fb/-/b-1.0.0.tgz"), purl);
        let elsewhere = "https://example.org/b.tgz";
        assert_eq!(resolved(elsewhere), Ok(Source::Urls(vec![elsewhere.to_owned()])));
        assert!(resolved("git+ssh://git@example.org/b.git#0").unwrap_err().contains("git+ssh:"));
        assert!(resolved("file:../b").is_err());
    }

    #[test]
    fn platforms() {
        let runs = |fields: &str, platform: &str| one("node_modules/b", fields).runs_on(platform.parse().unwrap());
        let musl = r#", "os": ["linux"], "cpu": ["x64"], "libc": ["musl"]"#;
        assert!(runs(musl, "linux_x86_64_musl"));
        assert!(!runs(musl, "linux_x86_64"));
        assert!(!runs(musl, "linux_aarch64_musl"));
        assert!(runs(r#", "os": ["!win32"]"#, "macos_aarch64"));
        assert!(!runs(r#", "os": ["!win32"]"#, "windows_x86_64"));
        assert!(!one("node_modules/b", "").is_restricted());
    }

    #[test]
    fn what_is_bundled_is_in_the_parents_tarball() {
        let text = format!(
            r#""node_modules/a": {{"version": "1.0.0", "integrity": "{SRI}"}},
               "node_modules/a/node_modules/b": {{"version": "1.0.0", "inBundle": true}}"#
        );
        assert_eq!(lock(&text).packages.len(), 1);
    }

    #[test]
    fn what_cannot_be_laid_out_is_told() {
        let fail = |text: &str| PackageLock::parse(text, Folders::Refused).map(|_| ()).unwrap_err().1;
        assert!(fail("{").contains("no package-lock.json"));
        assert!(fail(r#"{"lockfileVersion": 1, "dependencies": {}}"#).contains("npm 7 or newer"));
        let link = r#"{"lockfileVersion": 3, "packages": {"node_modules/w": {"link": true, "resolved": "w"}}}"#;
        assert!(fail(link).contains("folder of the workspace"));
    }
}
