//! A tool's version from a file that the team keeps anyway. The kind of file is told by its name.

mod go;
mod node;
mod npm_lock;
mod pnpm_lock;
mod python;
mod small;
mod yarn_lock;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use lazytools_lock::recipe::error::suggestion;
use lazytools_lock::recipe::VersionKey;

/// More than any lock file has.
const MAX_BYTES: u64 = 64 << 20;

/// Why a file gives no version. Each names the file by its label.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VersionFromError {
    /// A name that tells no kind.
    #[error("version_from = {label:?}: {name:?} is no file that versions are taken from: known are {known} (LT350)", known = KNOWN)]
    Kind {
        /// The file's label.
        label: String,
        /// Its name.
        name: String,
    },
    /// It cannot be read.
    #[error("version_from = {label:?}: {message} (LT350)")]
    Unreadable {
        /// The file's label.
        label: String,
        /// Why.
        message: String,
    },
    /// Nothing says whose version is meant.
    #[error(
        "version_from = {label:?}: recipe {recipe} does not say whose version in a {name} is the tool's: add \
         version_package = \"…\"{hint} (LT351)"
    )]
    NoPackage {
        /// The file's label.
        label: String,
        /// Its name.
        name: String,
        /// The recipe's name.
        recipe: String,
        /// Which files the recipe would take.
        hint: String,
    },
    /// What is looked for is not there.
    #[error("version_from = {label:?}: it has no {package}: {hint} (LT352)")]
    Missing {
        /// The file's label.
        label: String,
        /// What was looked for.
        package: String,
        /// What is near.
        hint: String,
    },
    /// There are several versions.
    #[error(
        "version_from = {label:?}: it has several versions of {package}: {list}. Make it one (npm dedupe and its like), \
         or give the tool a version of its own, version = \"…\" (LT353)"
    )]
    Several {
        /// The file's label.
        label: String,
        /// What was looked for.
        package: String,
        /// The versions, with where each stands.
        list: String,
    },
    /// What stands there is no exact version.
    #[error(
        "version_from = {label:?}: {package} is {text:?} there, which is no exact version: write one, as in \"1.2.3\", \
         or give the tool a version of its own, version = \"…\" (LT354)"
    )]
    Inexact {
        /// The file's label.
        label: String,
        /// What was looked for.
        package: String,
        /// What stands there.
        text: String,
    },
}

const KNOWN: &str = ".node-version, .nvmrc, .tool-versions, go.mod, gradle-wrapper.properties, \
                     maven-wrapper.properties, package-lock.json, package.json, pnpm-lock.yaml, requirements.txt (or *requirements*.txt), uv.lock, yarn.lock";

/// What was found in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Found {
    /// The versions, with where each stands.
    versions: BTreeMap<String, BTreeSet<String>>,
    /// The names that there are, for a hint.
    names: BTreeSet<String>,
}

impl Found {
    fn add(&mut self, version: &str, place: &str) {
        self.versions.entry(version.to_owned()).or_default().insert(place.to_owned());
    }

    /// One version, and nothing else.
    fn one(version: &str) -> Self {
        let mut found = Self::default();
        found.add(version, "");
        found
    }
}

/// What a reader of one kind of file does: from its text and a name to what is there. The error says why the file
/// cannot be read.
type Reader = fn(&str, &str) -> Result<Found, String>;

/// The kind of a file: which keys of a recipe's `[version_from]` it answers, in that order, and how each is read.
fn kind(name: &str) -> Option<Vec<(VersionKey, Reader)>> {
    let requirements =
        Path::new(name).extension().is_some_and(|extension| extension == "txt") && name.contains("requirements");
    Some(match name {
        ".nvmrc" | ".node-version" => vec![(VersionKey::Nvmrc, small::nvmrc as Reader)],
        ".tool-versions" => vec![(VersionKey::ToolVersions, small::tool_versions as Reader)],
        "go.mod" => vec![(VersionKey::Golang, go::module as Reader), (VersionKey::Go, go::toolchain as Reader)],
        "gradle-wrapper.properties" => vec![(VersionKey::GradleWrapper, small::wrapper as Reader)],
        "maven-wrapper.properties" => vec![(VersionKey::MavenWrapper, small::wrapper as Reader)],
        "package-lock.json" | "npm-shrinkwrap.json" => vec![(VersionKey::Npm, npm_lock::find as Reader)],
        "package.json" => vec![(VersionKey::PackageManager, node::package_manager as Reader)],
        "pnpm-lock.yaml" => vec![(VersionKey::Npm, pnpm_lock::find as Reader)],
        "uv.lock" => vec![(VersionKey::Pypi, python::uv_lock as Reader)],
        "yarn.lock" => vec![(VersionKey::Npm, yarn_lock::find as Reader)],
        _ if requirements => vec![(VersionKey::Pypi, python::requirements as Reader)],
        _ => return None,
    })
}

/// The version that a file holds.
///
/// `label` is the file's label, `names` is what the recipe says whose version the tool's is, and `package`, where it is
/// not empty, wins over it.
pub fn find(
    label: &str,
    path: &Path,
    recipe: &str,
    names: &BTreeMap<VersionKey, String>,
    package: &str,
) -> Result<String, VersionFromError> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let readers =
        kind(name).ok_or_else(|| VersionFromError::Kind { label: label.to_owned(), name: name.to_owned() })?;
    let (wanted, reader) = choose(&readers, names, package).ok_or_else(|| {
        let known: Vec<&str> = names.keys().map(|key| key.name()).collect();
        let hint = if known.is_empty() { String::new() } else { format!("; it says {}", known.join(", ")) };
        VersionFromError::NoPackage { label: label.to_owned(), name: name.to_owned(), recipe: recipe.to_owned(), hint }
    })?;
    let unreadable = |message: String| VersionFromError::Unreadable { label: label.to_owned(), message };
    let text =
        crate::files::read(path, MAX_BYTES).map_err(|error| unreadable(format!("{}: {error}", path.display())))?;
    let found = reader(&text, &wanted).map_err(unreadable)?;
    decide(label, &wanted, found)
}

fn choose(
    readers: &[(VersionKey, Reader)],
    names: &BTreeMap<VersionKey, String>,
    package: &str,
) -> Option<(String, Reader)> {
    if !package.is_empty() {
        // `version_package = "go"` is the toolchain of a go.mod, and every other name is a module's.
        let reader = readers.iter().find(|(key, _)| *key == VersionKey::Go && package == "go").or(readers.first())?;
        return Some((package.to_owned(), reader.1));
    }
    readers.iter().find_map(|(key, reader)| {
        let name = names.get(key)?;
        Some((if name.is_empty() { key_words(*key) } else { name.clone() }, *reader))
    })
}

/// What is looked for where the file is about one thing.
fn key_words(key: VersionKey) -> String {
    match key {
        VersionKey::Go => "go",
        VersionKey::GradleWrapper => "gradle",
        VersionKey::MavenWrapper => "apache-maven",
        _ => "node",
    }
    .to_owned()
}

fn decide(label: &str, package: &str, found: Found) -> Result<String, VersionFromError> {
    let (label, package) = (label.to_owned(), package.to_owned());
    let mut versions = found.versions.into_iter();
    match (versions.next(), versions.next()) {
        (None, _) => {
            let hint = suggestion(&package, found.names.iter().map(String::as_str));
            // A lock file has thousands of names.
            let hint = if hint.len() > 300 {
                "look at the name, or name another with version_package".to_owned()
            } else {
                hint
            };
            Err(VersionFromError::Missing { label, package, hint })
        }
        (Some((text, _)), None) => {
            let version = text.strip_prefix('v').unwrap_or(&text);
            let exact = version.starts_with(|c: char| c.is_ascii_digit())
                && version.contains('.')
                && version.split('.').all(|part| !matches!(part, "" | "x" | "X" | "*"))
                && version.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_' | '!'));
            if exact {
                Ok(version.to_owned())
            } else {
                Err(VersionFromError::Inexact { label, package, text })
            }
        }
        (Some(first), Some(second)) => {
            let all = [first, second].into_iter().chain(versions);
            let list: Vec<String> = all
                .map(|(version, places)| {
                    let places: Vec<String> = places.into_iter().filter(|place| !place.is_empty()).collect();
                    let shown = places.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
                    match places.len() {
                        0 => version,
                        1..=3 => format!("{version} ({shown})"),
                        more => format!("{version} ({shown} and {} more)", more - 3),
                    }
                })
                .collect();
            Err(VersionFromError::Several { label, package, list: list.join("; ") })
        }
    }
}

#[cfg(test)]
mod tests;
