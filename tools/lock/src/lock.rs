//! The lock, `lazy_tools.lock.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Artifact, ArtifactSlot, CachePath, Integrity, Name, Platform, Role, Step};

/// The version of the format that this code reads and writes.
pub const LOCK_VERSION: u64 = 1;

/// A whole lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Lock {
    /// The version of the format.
    pub lock_version: u64,
    /// The tools by name.
    pub tools: BTreeMap<Name, Tool>,
}

/// A pinned tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tool {
    /// The recipe that it was pinned by.
    pub recipe: RecipeRef,
    /// What MODULE.bazel asked for. Another request means that the pin is stale.
    pub request: Request,
    /// The version that was found, where the request names no exact one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The digests of the input files as they were when pinning. Other files mean that the pin is stale.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<Name, Integrity>,
    /// What the tool may do to its cache.
    #[serde(default, skip_serializing_if = "Access::is_default")]
    pub access: Access,
    /// The hosts that the tool reaches for when its cache lacks something.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reaches: Vec<Reach>,
    /// What is the same on every platform.
    #[serde(default, skip_serializing_if = "Part::is_empty")]
    pub any: Part,
    /// What depends on the platform that the tool runs on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub host: BTreeMap<Platform, Part>,
    /// What depends on the platform that is built for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub target: BTreeMap<Platform, Part>,
}

impl Tool {
    /// Its parts, each with whom it is for: `any` first, then by platform.
    pub fn parts(&self) -> impl Iterator<Item = (Role, Option<Platform>, &Part)> {
        let hosts = self.host.iter().map(|(platform, part)| (Role::Host, Some(*platform), part));
        let targets = self.target.iter().map(|(platform, part)| (Role::Target, Some(*platform), part));
        std::iter::once((Role::Any, None, &self.any)).chain(hosts).chain(targets)
    }

    /// The version that is pinned: the one that was found, else the one that was asked for. Empty where there is none.
    pub fn version(&self) -> &str {
        if self.version.is_empty() {
            &self.request.version
        } else {
            &self.version
        }
    }
}

/// The recipe that a tool was pinned by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecipeRef {
    /// The recipe's name.
    pub name: Name,
    /// The digest of what in the recipe decides what is laid out.
    pub digest: Integrity,
}

/// What MODULE.bazel asks for with `lazy_tools.tool(…)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Request {
    /// The recipe: a name, or the label of a TOML file.
    pub recipe: String,
    /// The tool's version; empty where the recipe needs none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The label of a file that the version is taken from, instead of `version`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version_from: String,
    /// With `version_from`: whose version it is in that file, where it is not the package that the recipe names.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version_package: String,
    /// The range that the version is chosen from when pinning, instead of `version`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version_range: String,
    /// The recipe's parameters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<Name, String>,
    /// Files that the recipe reads when pinning, by parameter: labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<Name, String>,
    /// Files of the workspace that are taken instead of the recipe's downloads: labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub artifact_files: BTreeMap<ArtifactSlot, String>,
    /// The platforms, sorted.
    pub platforms: Vec<Platform>,
}

impl Request {
    /// The same request for an exact version.
    #[must_use]
    pub fn at_version(&self, version: &str) -> Self {
        Self {
            version: version.to_owned(),
            version_from: String::new(),
            version_package: String::new(),
            version_range: String::new(),
            ..self.clone()
        }
    }
}

/// A part of a tool's cache.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Part {
    /// The artifacts by id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub artifacts: BTreeMap<Name, Artifact>,
    /// Paths that must be there when the folder is laid out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub check: Vec<CachePath>,
    /// What the tool's environment must hold.
    #[serde(default, skip_serializing_if = "Environment::is_empty")]
    pub environment: Environment,
    /// The steps, carried out as if in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layout: Vec<Step>,
    /// Small files written just before the tool runs, because they must hold an absolute path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runtime_files: Vec<RuntimeFile>,
}

impl Part {
    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Variables for the tool. Values may hold `{root}` (the cache folder), `{upper}` (an empty writable folder),
/// `{home}` and `{tmp}` (the tool's own), which are filled in when it runs; `{{` and `}}` are braces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Environment {
    /// Variables to set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, String>,
    /// Variables to clear, because they would change where the tool looks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clear: Vec<String>,
}

impl Environment {
    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.clear.is_empty()
    }
}

/// A file written just before the tool runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuntimeFile {
    /// Where: `{home}/…` or `{tmp}/…`.
    pub to: String,
    /// What it holds, with the same placeholders as a variable.
    pub text: String,
}

/// What a tool may do to its cache.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Access {
    /// How the folder is handed to the tool.
    #[serde(default)]
    pub mode: AccessMode,
    /// With `copy`: only these paths are copied, and the rest stays read-only. Default: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<CachePath>,
    /// Whether modes and links must be as laid out, so that `run` restores them where a remote worker did not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exact: bool,
}

impl Access {
    /// Whether it is the default: read-only.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// How a cache folder is handed to a tool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessMode {
    /// The folder itself, read-only.
    #[default]
    Readonly,
    /// A private writable copy.
    Copy,
    /// The folder itself, read-only, and an empty writable folder, `{upper}`, which the tool uses first.
    Layered,
}

/// A host that a tool reaches for when its cache lacks something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reach {
    /// The host's name, or `*.` and the end of one. `registry:npm` and its like stand for the host of a package
    /// registry, whichever it is.
    pub host: String,
    /// What to do about it: a sentence for the error message.
    pub remedy: String,
}
