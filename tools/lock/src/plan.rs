//! A layout plan: what `lazytools-action assemble` carries out.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};

use crate::{CachePath, Integrity, Name, Platform, Step};

/// The version of the format.
pub const PLAN_VERSION: u64 = 1;

/// For whom a part of a cache is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// For every platform alike.
    #[default]
    Any,
    /// For the platform that the tool runs on.
    Host,
    /// For the platform that is built for.
    Target,
}

impl Role {
    /// The name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Host => "host",
            Self::Target => "target",
        }
    }
}

/// The parts of a lock's tool that make one folder, without where the artifacts came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plan {
    /// The version of the format.
    pub plan_version: u64,
    /// The tool's name, for messages.
    pub tool: Name,
    /// The parts. Two steps that are the same, down to the artifact's integrity, are one.
    pub parts: Vec<PlanPart>,
}

/// A part of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlanPart {
    /// For whom it is.
    pub role: Role,
    /// The platform; none for `any`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// The artifacts by id. On the command line, `--artifact ROLE/ID=FILE` says where each one is.
    #[serde(default)]
    pub artifacts: BTreeMap<Name, PlanArtifact>,
    /// Paths that must be there at the end.
    #[serde(default)]
    pub check: Vec<CachePath>,
    /// The steps.
    #[serde(default)]
    pub layout: Vec<Step>,
}

/// What a plan knows of an artifact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlanArtifact {
    /// The digest of its bytes.
    pub integrity: Integrity,
    /// How many bytes it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<NonZeroU64>,
    /// The label of a file of the workspace that the artifact is. Bazel checks what it downloads and not such a file, so
    /// its digest is checked before it is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}
