//! What `lazytools-action run` is told about a tool.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Access, Environment, Name, Platform, Reach, RuntimeFile};

/// The version of the format.
pub const RUN_SPEC_VERSION: u64 = 1;

/// How to run a tool. Paths of Bazel's files are not in it but on the command line, so that Bazel may map them; only
/// the launcher of a `tool_binary`, which has no command line of its own, finds runfiles paths here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunSpec {
    /// The version of the format.
    pub spec_version: u64,
    /// The target's label, for messages.
    pub label: String,
    /// The caches, in the order of the rule's attribute. Where two set one variable, that is an error.
    #[serde(default)]
    pub caches: Vec<CacheSpec>,
    /// Variables of the rule itself; they win over the caches'. `{cache:NAME}`, `{execroot}`, `{work}`, `{home}` and
    /// `{tmp}` are filled in.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Whether the tool may reach a network. Default: no.
    #[serde(default)]
    pub network: bool,
    /// Whether it is an error that a tool which succeeds had tried to reach something. Default: no.
    #[serde(default)]
    pub strict: bool,
    /// Whether the tool starts in a private folder that holds copies of the declared sources.
    #[serde(default)]
    pub work: bool,
    /// Where the tool makes a cache: what is done with the folder. Its place is on the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub populate: Option<PopulateSpec>,
    /// For a launcher: the program, with runfiles paths as `{runfile:PATH}`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// The tool's arguments: after those of `command` or the command line, and before those of a launcher's caller. They are
    /// here and not on the command line, because Bazel writes there only the characters that the locale of its server has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
}

/// What is done with the folder that a tool made, before it is a cache.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PopulateSpec {
    /// The cache's name. A private copy for a later run has it in its path, and so has the folder here: where both runs
    /// have one TMPDIR and mounts, paths that the tool wrote into the folder still hold.
    pub name: Name,
    /// Globs of what is left out; `**` crosses `/`, and a folder goes with all that is in it.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// What is replaced in files, in this order.
    #[serde(default)]
    pub replace: Vec<Replacement>,
    /// Globs of what may name places outside of the folder: files with absolute paths in them, and links.
    #[serde(default)]
    pub accept: Vec<String>,
}

/// A replacement in the files of a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Replacement {
    /// A glob of the files.
    pub files: String,
    /// A regular expression, in the syntax of Rust's `regex`; over the file's bytes as they are.
    pub pattern: String,
    /// What each match becomes; `$1` and `${name}` stand for groups.
    pub text: String,
}

/// A cache of a tool that is run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CacheSpec {
    /// The cache's name, as in `{cache:NAME}`.
    pub name: Name,
    /// The recipe's name and version, for messages: `bun 1.4.5`.
    pub recipe: String,
    /// The platforms that the cache is for, for messages.
    #[serde(default)]
    pub host: Option<Platform>,
    /// The platform that is built for.
    #[serde(default)]
    pub target: Option<Platform>,
    /// What the tool may do to the folder.
    #[serde(default)]
    pub access: Access,
    /// What the tool's environment must hold.
    #[serde(default)]
    pub environment: Environment,
    /// Files to write before the tool runs.
    #[serde(default)]
    pub runtime_files: Vec<RuntimeFile>,
    /// The hosts that the tool reaches for when the folder lacks something.
    #[serde(default)]
    pub reaches: Vec<Reach>,
    /// For a launcher: the folder's runfiles path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// For a launcher: the manifest's runfiles path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<String>,
}
