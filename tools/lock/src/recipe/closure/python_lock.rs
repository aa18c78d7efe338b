//! `pylock.toml` (PEP 751) and `uv.lock`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::{Algorithm, Integrity};

/// A project in a version.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Project {
    pub name: String,
    pub version: String,
    /// Whether some environments do without it.
    pub conditional: bool,
    pub wheels: Vec<Wheel>,
}

/// A wheel.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wheel {
    pub file: String,
    pub sha256: Integrity,
    /// Its address, where it is not from an index.
    pub url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Raw {
    lock_version: Option<String>,
    version: Option<u64>,
    #[serde(default)]
    packages: Vec<RawPackage>,
    #[serde(default)]
    package: Vec<RawPackage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawPackage {
    name: String,
    version: Option<String>,
    marker: Option<String>,
    #[serde(default)]
    source: BTreeMap<String, toml::Value>,
    #[serde(default)]
    wheels: Vec<RawWheel>,
    #[serde(default)]
    dependencies: Vec<RawDependency>,
    #[serde(default)]
    optional_dependencies: BTreeMap<String, Vec<RawDependency>>,
    #[serde(default)]
    dev_dependencies: BTreeMap<String, Vec<RawDependency>>,
    directory: Option<toml::Value>,
}

#[derive(Deserialize)]
struct RawWheel {
    name: Option<String>,
    filename: Option<String>,
    url: Option<String>,
    hash: Option<String>,
    #[serde(default)]
    hashes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct RawDependency {
    name: Option<String>,
    marker: Option<String>,
}

/// The sources of uv.lock that are the project's own folders.
const OWN: [&str; 3] = ["directory", "editable", "virtual"];

/// The projects of a lock file, without one's own folders. The error has its line.
pub(super) fn parse(text: &str) -> Result<Vec<Project>, (usize, String)> {
    let raw: Raw = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start).min(text.len());
        let message = format!(
            "this is no pylock.toml or uv.lock: {}. From a requirements.txt, `uv pip compile --format pylock.toml \
             requirements.txt -o pylock.toml` makes one",
            error.message()
        );
        (1 + text[..start].matches('\n').count(), message)
    })?;
    let (packages, always) = match (raw.lock_version.as_deref(), raw.version) {
        (Some("1.0"), _) => (raw.packages, None),
        (None, Some(1)) => {
            let always = always(&raw.package);
            (raw.package, Some(always))
        }
        _ => {
            let message =
                "it has neither lock-version = \"1.0\", as a pylock.toml, nor version = 1, as a uv.lock: make \
                           it anew, by `uv lock` or `uv export --format pylock.toml`";
            return Err((1, message.to_owned()));
        }
    };
    let mut found = Vec::new();
    for package in packages {
        if package.directory.is_some() || OWN.iter().any(|own| package.source.contains_key(*own)) {
            continue;
        }
        let conditional = match &always {
            Some(always) => !always.contains(&package.name),
            None => package.marker.is_some(),
        };
        found.push(project(package, conditional).map_err(|message| (1, message))?);
    }
    Ok(found)
}

fn project(raw: RawPackage, conditional: bool) -> Result<Project, String> {
    let name = raw.name;
    let version = raw.version.ok_or_else(|| format!("{name} has no version: lock a release of it"))?;
    let direct = raw.source.contains_key("url");
    let mut wheels = Vec::new();
    for wheel in raw.wheels {
        let last = |url: &String| url.split(['#', '?']).next()?.rsplit('/').next().map(|name| name.replace("%2B", "+"));
        let file = wheel.name.or(wheel.filename).or_else(|| wheel.url.as_ref().and_then(last));
        let file = file.ok_or_else(|| format!("{name} {version} has a wheel without a name"))?;
        let hash = wheel.hash.as_deref().and_then(|hash| hash.strip_prefix("sha256:"));
        let hash = hash.or(wheel.hashes.get("sha256").map(String::as_str));
        let sha256 = hash.and_then(|hash| Integrity::from_hex(Algorithm::Sha256, hash)).ok_or_else(|| {
            format!("{file} has no sha256 digest: make the lock file from an index that has them, as PyPI does")
        })?;
        wheels.push(Wheel { file, sha256, url: wheel.url.filter(|_| direct) });
    }
    Ok(Project { name, version, conditional, wheels })
}

/// The projects that are needed whatever the environment, extras and groups counted as wanted.
fn always(packages: &[RawPackage]) -> BTreeSet<String> {
    let own = |package: &&RawPackage| OWN.iter().any(|own| package.source.contains_key(*own));
    let mut todo: Vec<&str> = packages.iter().filter(own).map(|package| package.name.as_str()).collect();
    let mut found = BTreeSet::new();
    while let Some(name) = todo.pop() {
        if !found.insert(name.to_owned()) {
            continue;
        }
        for package in packages.iter().filter(|package| package.name == name) {
            let optional = package.optional_dependencies.values().chain(package.dev_dependencies.values()).flatten();
            let all = package.dependencies.iter().chain(optional);
            todo.extend(all.filter(|it| it.marker.is_none()).filter_map(|it| it.name.as_deref()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_uv_lock() {
        let text = format!(
            r#"
version = 1
requires-python = ">=3.12"
[[package]]
name = "mine"
version = "0.1.0"
source = {{ virtual = "." }}
dependencies = [{{ name = "a" }}, {{ name = "w", marker = "sys_platform == 'win32'" }}]
[[package]]
name = "a"
version = "1.0"
source = {{ registry = "https://index.example/simple" }}
wheels = [{{ url = "https://files.example/x/a-1.0+b-py3-none-any.whl", hash = "sha256:{SHA}", size = 1 }}]
[[package]]
name = "w"
version = "2.0"
source = {{ url = "https://example.org/w-2.0-py3-none-any.whl" }}
wheels = [{{ url = "https://example.org/w-2.0-py3-none-any.whl", hash = "sha256:{SHA}" }}]
"#
        );
        let found = parse(&text).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].conditional, &*found[0].wheels[0].file), (false, "a-1.0+b-py3-none-any.whl"));
        assert_eq!(found[0].wheels[0].url, None);
        assert!(found[1].conditional);
        assert_eq!(found[1].wheels[0].url.as_deref(), Some("https://example.org/w-2.0-py3-none-any.whl"));
    }

    #[test]
    fn what_cannot_be_laid_out_is_told() {
        let fail = |text: &str| parse(text).unwrap_err();
        let (line, message) = fail("a==1.0 \\\n    --hash=sha256:00\n");
        assert_eq!(line, 1);
        assert!(message.contains("uv pip compile --format pylock.toml"), "{message}");
        assert!(fail("version = 7").1.contains("uv lock"));
        let bare = "lock-version = '1.0'\n[[packages]]\nname = 'a'\nversion = '1'\nwheels = [{ name = 'a-1-py3-none-any.whl' }]";
        assert!(fail(bare).1.contains("no sha256"));
    }
}
