//! Recipes: how a tool's cache is laid out, as data. Only `lazytools pin` reads them.

pub mod closure;
pub mod collisions;
pub mod error;
pub mod expand;
pub mod functions;
pub mod releases;
pub mod request;
pub mod template;
pub mod values;
pub mod variables;
pub mod version;

mod artifacts;
mod check;
mod digests;
mod documentation;
mod identity;
pub mod json;
mod layout;
mod local_files;
mod parse;
mod reader;
mod scope;
mod sections;
pub mod signature;
mod steps;
mod template_parser;
mod whole;

use std::collections::{BTreeMap, BTreeSet};

use crate::step::{DigestAlgorithm, Encoding};
use crate::{Access, Algorithm, FileMode, Format, Integrity, Name, Platform, Reach, Role};

pub use artifacts::PURL_TYPES;
pub use closure::ClosureKind;
pub use documentation::{Documentation, Example, Group};
pub use error::{RecipeError, RecipeErrors};
pub use expand::{Known, Wanted, WantedDigest};
pub use releases::{Latest, LatestRule, VersionKey};
pub use request::Chosen;
pub use signature::SignatureRule;
pub use template::Template;
pub use values::{ValueRule, WantedValue};
pub use version::VersionRange;

/// The version of the recipes' format that this code reads.
pub const RECIPE_SCHEMA: u64 = 1;

/// A recipe without mistakes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// The file, for messages.
    pub file: String,
    /// Its name.
    pub name: Name,
    /// What the tool is and what is laid out, in one sentence.
    pub description: String,
    /// The tool's page.
    pub homepage: Option<String>,
    /// What is said of it on its page.
    pub documentation: Documentation,
    /// The versions that the layout fits. None: a request names no version, or any text.
    pub versions: Option<VersionRange>,
    /// Whether a request has to name a version.
    pub needs_version: bool,
    /// Whose version it is in files that a team keeps anyway: a name, or none where the file is about one thing alone.
    pub version_from: BTreeMap<VersionKey, Option<Template>>,
    /// Where the releases are listed.
    pub latest: Option<LatestRule>,
    /// The platforms with the tool's own words for them. Empty: the recipe does not care.
    pub platforms: BTreeMap<Platform, BTreeMap<String, String>>,
    /// The parameters.
    pub params: BTreeMap<Name, Param>,
    /// The files that are read when pinning, with what they are.
    pub files: BTreeMap<Name, String>,
    /// Tables in which digests and values are looked up.
    pub lookups: BTreeMap<Name, Lookup>,
    /// The values that are looked up when pinning.
    pub values: BTreeMap<Name, ValueRule>,
    /// The artifacts.
    pub artifacts: Vec<ArtifactRule>,
    /// The steps.
    pub layout: Vec<StepRule>,
    /// Closures of packages.
    pub packages: Vec<PackagesRule>,
    /// The variables, by role.
    pub environment: BTreeMap<Role, EnvironmentRule>,
    /// The files that are written just before the tool runs.
    pub runtime_files: Vec<RuntimeFileRule>,
    /// What the tool may do to its cache.
    pub access: Access,
    /// Paths that must be there at the end.
    pub checks: Vec<(Role, Template)>,
    /// The hosts that the tool reaches for.
    pub reaches: Vec<Reach>,
    /// The digest of what decides what is laid out: of all but comments and what is said to readers.
    pub digest: Integrity,
}

impl Recipe {
    /// Reads a recipe. `file` is for messages.
    pub fn parse(file: &str, text: &str) -> Result<Self, RecipeErrors> {
        parse::parse(file, text)
    }
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// What it is, for people.
    pub doc: String,
    /// Its value where a request names none: a template over the version. None: a request has to name it.
    pub default: Option<Template>,
    /// The values that it can have. Empty: any of its kind.
    pub choices: BTreeSet<String>,
    /// What kind of text it is.
    pub kind: ParamKind,
}

/// What kind of text a parameter is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ParamKind {
    /// Any text without control characters.
    #[default]
    Text,
    /// An exact version: it begins with a digit and holds no range.
    Version,
    /// The name of an npm package.
    NpmPackage,
}

/// A condition on a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// Each of these parameters has one of these values.
    pub params: BTreeMap<Name, BTreeSet<String>>,
    /// The version lies in this range.
    pub version: Option<VersionRange>,
    /// The part's platform is one of these. Empty: any.
    pub platforms: BTreeSet<Platform>,
}

/// Where something is fetched from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceRule {
    /// A package URL.
    Purl(Template),
    /// Addresses, tried in order.
    Urls(Vec<Template>),
}

/// A table that is fetched when pinning, to look digests and values up in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// Where it is fetched from. In a purl, the version may end in `.x`: the newest one of these.
    pub source: SourceRule,
    /// What kind of file it is.
    pub format: Format,
    /// The archive's member that is the table. None: the file itself.
    pub member: Option<Template>,
    /// The recipe's line.
    pub line: usize,
}

/// A file that the tool would have downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtifactRule {
    /// Its id.
    pub id: Name,
    /// For whom it is.
    pub role: Role,
    /// Where it is fetched from.
    pub source: SourceRule,
    /// The address that the tool itself uses; default: the first address.
    pub tool_url: Option<Template>,
    /// What kind of file it is.
    pub format: Format,
    /// When it is wanted.
    pub when: When,
    /// How its digest is learnt.
    pub digest: DigestRule,
    /// The signature that it has to have.
    pub signature: Option<SignatureRule>,
    /// Whether different platforms may have the same bytes at different addresses.
    pub shared: bool,
    /// Whether the server is asked for the size.
    pub ask_size: bool,
    /// The recipe's line.
    pub line: usize,
}

/// How an artifact's digest is learnt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DigestRule {
    /// From the metadata of the package registry that the purl belongs to.
    Registry,
    /// By downloading it.
    Download,
    /// From a checksum file.
    Checksums {
        /// The checksum file's address.
        url: Template,
        /// The artifact's name in it. None: the file holds one digest.
        file: Option<Template>,
        /// The algorithm.
        algorithm: Algorithm,
    },
    /// From what GitHub publishes of a release's asset.
    Github,
    /// From a project's go.sum, by downloading: the sum is of a Go module's files and pins nothing by itself.
    GoSum {
        /// The input file.
        file: Name,
    },
    /// From a header that the server sends for the artifact itself.
    Header {
        /// The header's name, in lower case.
        name: String,
        /// The algorithm.
        algorithm: Algorithm,
        /// How the digest is written.
        encoding: Encoding,
    },
    /// From a table in JSON.
    Json {
        /// The table.
        table: TableRule,
        /// The JSON pointer of the digest.
        pointer: Template,
        /// The algorithm.
        algorithm: Algorithm,
        /// How the digest is written.
        encoding: Encoding,
    },
    /// From a table in some other text.
    Text {
        /// The table.
        lookup: Name,
        /// What stands just before the digest.
        after: Template,
        /// The algorithm.
        algorithm: Algorithm,
        /// How the digest is written.
        encoding: Encoding,
    },
}

/// A table that a digest is looked up in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableRule {
    /// One of the recipe's lookups.
    Lookup(Name),
    /// The file at an address.
    Url(Template),
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRule {
    /// For whom it is.
    pub role: Role,
    /// When it is carried out.
    pub when: When,
    /// What it does.
    pub kind: StepKind,
    /// The recipe's line.
    pub line: usize,
}

/// What a step does. The fields are those of [`crate::Step`], as templates.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are documented at lazytools_lock::step")]
pub enum StepKind {
    Directory { to: Template },
    Extract(Box<ExtractRule>),
    Place { artifact: Name, to: Template, mode: FileMode },
    Repack { artifact: Name, to: Template, members: Vec<(Template, Template)>, max_bytes: u64 },
    Symlink { to: Template, target: Template },
    Write { to: Template, content: Content, mode: FileMode },
}

/// An archive's members.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are documented at lazytools_lock::step")]
pub struct ExtractRule {
    pub artifact: Name,
    pub to: Option<Template>,
    pub nested: Option<(Template, Format)>,
    pub strip: u32,
    pub strip_prefix: Option<Template>,
    pub include: Vec<Template>,
    pub exclude: Vec<Template>,
    pub pick: Vec<(Template, Template)>,
    pub modes: Vec<(Template, FileMode)>,
    pub max_bytes: u64,
    pub max_members: u64,
}

/// What a written file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A text.
    Text(Template),
    /// JSON without spaces, its keys in the order in which the recipe has them.
    Json {
        /// The value.
        value: json::Json,
        /// Whether a newline ends it.
        newline: bool,
    },
}

/// A closure of packages from a package manager's lock file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackagesRule {
    /// What kind of file it is read from.
    pub from: ClosureKind,
    /// The input file.
    pub file: Name,
    /// The folder, as in `node_modules`.
    pub to: Template,
    /// What else the recipe says, by the options of the kind.
    pub options: BTreeMap<&'static str, Template>,
    /// When it is wanted.
    pub when: When,
    /// The recipe's line.
    pub line: usize,
}

/// Variables for the tool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvironmentRule {
    /// Variables to set.
    pub set: BTreeMap<String, Template>,
    /// Variables to clear.
    pub clear: BTreeSet<String>,
}

/// A file that is written just before the tool runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeFileRule {
    /// For whom it is.
    pub role: Role,
    /// Where.
    pub to: Template,
    /// What it holds.
    pub text: Template,
}

/// The algorithm under the name that tools have for it.
impl From<Algorithm> for DigestAlgorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sha256 => Self::Sha256,
            Algorithm::Sha384 => Self::Sha384,
            Algorithm::Sha512 => Self::Sha512,
        }
    }
}
