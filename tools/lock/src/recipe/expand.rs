//! From a recipe and a request to the parts of a lock's tool. The bytes of artifacts are learnt in between, by who
//! calls.

use std::collections::BTreeMap;

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;

use crate::step::{DigestAlgorithm, Encoding};
use crate::{
    Algorithm, Artifact, Environment, Format, Integrity, Licence, Name, Part, Platform, Role, RuntimeFile, Source,
};

use super::error::{RecipeError, NO_ARTIFACT, PATHS};
use super::request::Chosen;
use super::scope::RequestScope;
use super::signature::{MinisignKey, OpenPgpKey, Over, P256Key, SignatureRuleKind};
use super::template::{Template, TemplateError};
use super::{ArtifactRule, DigestRule, Lookup, SourceRule, StepKind, StepRule, TableRule};

/// An artifact that a part needs, before its bytes are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its id.
    pub id: Name,
    /// Where it is fetched from.
    pub source: Source,
    /// The address that the tool itself uses.
    pub tool_url: String,
    /// What kind of file it is.
    pub format: Format,
    /// How its digest is learnt.
    pub digest: WantedDigest,
    /// The signature that it has to have.
    pub signature: Option<WantedSignature>,
    /// Whether the server is asked for the size.
    pub ask_size: bool,
    /// Whether different platforms may have the same bytes at different addresses.
    pub shared: bool,
    /// The licence, where an input file says it.
    pub licence: Option<Licence>,
}

/// How an artifact's digest is learnt.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are documented at DigestRule")]
pub enum WantedDigest {
    Download,
    Github,
    GoSum { file: Name, text: String },
    Header { name: String, algorithm: Algorithm, encoding: Encoding },
    Known(Integrity),
    Registry,
    Checksums { url: String, file: Option<String>, algorithm: Algorithm },
    Json { lookup: WantedLookup, pointer: String, algorithm: Algorithm, encoding: Encoding },
    Text { lookup: WantedLookup, after: String, algorithm: Algorithm, encoding: Encoding },
}

/// The signature that an artifact has to have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are documented at SignatureRuleKind")]
pub enum WantedSignature {
    Npm { keys: Vec<P256Key> },
    Minisign { url: String, over: Over, keys: Vec<MinisignKey> },
    OpenPgp { url: String, over: Over, keys: Vec<OpenPgpKey> },
}

/// A table to look a digest up in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WantedLookup {
    /// Where it is fetched from.
    pub source: Source,
    /// What kind of file it is.
    pub format: Format,
    /// The archive's member that is the table.
    pub member: Option<String>,
}

/// What is known of an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// As the lock holds it.
    pub artifact: Artifact,
    /// The address that the tool itself uses.
    pub tool_url: String,
    /// Digests in other algorithms, where the bytes were seen.
    pub digests: BTreeMap<DigestAlgorithm, Vec<u8>>,
}

impl Known {
    /// A digest as text, where it is known.
    pub fn digest(&self, algorithm: DigestAlgorithm, encoding: Encoding) -> Option<String> {
        let integrity = &self.artifact.integrity;
        let pinned = (DigestAlgorithm::from(integrity.algorithm()) == algorithm).then(|| integrity.bytes());
        let bytes = pinned.or_else(|| self.digests.get(&algorithm).map(Vec::as_slice))?;
        Some(match encoding {
            Encoding::Hex => hex::encode(bytes),
            Encoding::Base64 => STANDARD.encode(bytes),
        })
    }
}

impl Chosen<'_> {
    /// The parts that the recipe has something for: (role, platform).
    pub fn parts(&self) -> Vec<(Role, Option<Platform>)> {
        let mut parts = vec![(Role::Any, None)];
        for role in [Role::Host, Role::Target] {
            parts.extend(self.platforms.iter().map(|platform| (role, Some(*platform))));
        }
        parts
    }

    /// The artifacts of a part. `files` are the texts of the input files.
    pub fn wanted(
        &self,
        role: Role,
        platform: Option<Platform>,
        files: &BTreeMap<Name, String>,
    ) -> Result<Vec<Wanted>, RecipeError> {
        let none = BTreeMap::new();
        let scope = self.scope(platform, &none);
        let rules = self.recipe.artifacts.iter().filter(|rule| rule.role == role && self.holds(&rule.when, platform));
        let mut wanted =
            rules.map(|rule| self.artifact(rule, platform, &scope, files)).collect::<Result<Vec<_>, _>>()?;
        wanted.extend(super::closure::wanted(self, role, platform, files)?);
        Ok(wanted)
    }

    /// A part of the lock's tool, once its artifacts are known.
    pub fn part(
        &self,
        role: Role,
        platform: Option<Platform>,
        known: &BTreeMap<Name, Known>,
        files: &BTreeMap<Name, String>,
    ) -> Result<Part, RecipeError> {
        let scope = self.scope(platform, known);
        let mut part = Part::default();
        for (id, known) in known {
            part.artifacts.insert(id.clone(), known.artifact.clone());
        }
        let steps = self.recipe.layout.iter().filter(|rule| rule.role == role && self.holds(&rule.when, platform));
        for rule in steps {
            self.has_artifact(rule, platform, known)?;
            part.layout.push(super::steps::step(self, rule, &scope)?);
        }
        part.layout.extend(super::closure::steps(self, role, platform, files)?);
        for (_, template) in self.recipe.checks.iter().filter(|(check_role, _)| *check_role == role) {
            part.check.push(self.path(template, &scope)?);
        }
        if let Some(rule) = self.recipe.environment.get(&role) {
            let mut environment = Environment::default();
            for (name, template) in &rule.set {
                environment.set.insert(name.clone(), self.at(template, template.run_text(&scope))?);
            }
            environment.clear = rule.clear.iter().cloned().collect();
            part.environment = environment;
        }
        for rule in self.recipe.runtime_files.iter().filter(|rule| rule.role == role) {
            part.runtime_files.push(RuntimeFile {
                to: self.at(&rule.to, rule.to.run_text(&scope))?,
                text: self.at(&rule.text, rule.text.run_text(&scope))?,
            });
        }
        Ok(part)
    }

    /// That a step's artifact is not left out by its own condition.
    fn has_artifact(
        &self,
        rule: &StepRule,
        platform: Option<Platform>,
        known: &BTreeMap<Name, Known>,
    ) -> Result<(), RecipeError> {
        let artifact = match &rule.kind {
            StepKind::Extract(extract) => &extract.artifact,
            StepKind::Place { artifact, .. } | StepKind::Repack { artifact, .. } => artifact,
            StepKind::Directory { .. } | StepKind::Symlink { .. } | StepKind::Write { .. } => return Ok(()),
        };
        if known.contains_key(artifact) {
            return Ok(());
        }
        let place = platform.map_or_else(String::new, |platform| format!(" for {platform}"));
        let message = format!(
            "there is no {artifact}{place} with these parameters: its own condition (when) leaves it out. Ask for other \
             parameters, another version or other platforms"
        );
        Err(self.error(rule.line, NO_ARTIFACT, message))
    }

    fn artifact(
        &self,
        rule: &ArtifactRule,
        platform: Option<Platform>,
        scope: &RequestScope<'_>,
        files: &BTreeMap<Name, String>,
    ) -> Result<Wanted, RecipeError> {
        let source = self.source(&rule.source, scope)?;
        let tool_url = match (&rule.tool_url, &source) {
            (Some(template), _) => self.text(template, scope)?,
            (None, Source::Urls(urls)) => urls.first().cloned().unwrap_or_default(),
            (None, Source::Purl(text) | Source::File(text)) => text.clone(),
        };
        let digest = match &rule.digest {
            DigestRule::Registry => WantedDigest::Registry,
            DigestRule::Github => WantedDigest::Github,
            DigestRule::GoSum { file } => {
                WantedDigest::GoSum { file: file.clone(), text: files.get(file).cloned().unwrap_or_default() }
            }
            DigestRule::Header { name, algorithm, encoding } => {
                WantedDigest::Header { name: name.clone(), algorithm: *algorithm, encoding: *encoding }
            }
            DigestRule::Download => WantedDigest::Download,
            DigestRule::Checksums { url, file, algorithm } => WantedDigest::Checksums {
                url: self.text(url, scope)?,
                file: file.as_ref().map(|file| self.text(file, scope)).transpose()?,
                algorithm: *algorithm,
            },
            DigestRule::Json { table, pointer, algorithm, encoding } => WantedDigest::Json {
                lookup: match table {
                    TableRule::Lookup(lookup) => self.lookup(lookup, rule.line, scope)?,
                    TableRule::Url(url) => WantedLookup {
                        source: Source::Urls(vec![self.text(url, scope)?]),
                        format: Format::File,
                        member: None,
                    },
                },
                pointer: self.text(pointer, scope)?,
                algorithm: *algorithm,
                encoding: *encoding,
            },
            DigestRule::Text { lookup, after, algorithm, encoding } => WantedDigest::Text {
                lookup: self.lookup(lookup, rule.line, scope)?,
                after: self.text(after, scope)?,
                algorithm: *algorithm,
                encoding: *encoding,
            },
        };
        let signature = rule.signature.as_ref().filter(|rule| self.holds(&rule.when, platform));
        let mut wanted = Wanted {
            id: rule.id.clone(),
            source,
            tool_url,
            format: rule.format,
            digest,
            signature: signature.map(|rule| self.signature(&rule.kind, scope)).transpose()?,
            ask_size: rule.ask_size,
            shared: rule.shared,
            licence: None,
        };
        self.take_local_file(&mut wanted, platform);
        Ok(wanted)
    }

    fn signature(&self, rule: &SignatureRuleKind, scope: &RequestScope<'_>) -> Result<WantedSignature, RecipeError> {
        Ok(match rule {
            SignatureRuleKind::Npm { keys } => WantedSignature::Npm { keys: keys.clone() },
            SignatureRuleKind::Minisign { url, over, keys } => {
                WantedSignature::Minisign { url: self.text(url, scope)?, over: *over, keys: keys.clone() }
            }
            SignatureRuleKind::OpenPgp { url, over, keys } => {
                WantedSignature::OpenPgp { url: self.text(url, scope)?, over: *over, keys: keys.clone() }
            }
        })
    }

    pub(super) fn lookup(
        &self,
        name: &Name,
        line: usize,
        scope: &RequestScope<'_>,
    ) -> Result<WantedLookup, RecipeError> {
        let Some(Lookup { source, format, member, .. }) = self.recipe.lookups.get(name) else {
            return Err(self.error(line, super::error::REFERENCE, format!("there is no lookup {name}")));
        };
        Ok(WantedLookup {
            source: self.source(source, scope)?,
            format: *format,
            member: member.as_ref().map(|member| self.text(member, scope)).transpose()?,
        })
    }

    fn source(&self, rule: &SourceRule, scope: &RequestScope<'_>) -> Result<Source, RecipeError> {
        Ok(match rule {
            SourceRule::Purl(template) => Source::Purl(self.text(template, scope)?),
            SourceRule::Urls(templates) => {
                Source::Urls(templates.iter().map(|template| self.text(template, scope)).collect::<Result<_, _>>()?)
            }
        })
    }

    pub(super) fn scope<'a>(
        &'a self,
        platform: Option<Platform>,
        known: &'a BTreeMap<Name, Known>,
    ) -> RequestScope<'a> {
        let (version, params, values) = (&self.version, &self.params, &self.values);
        RequestScope { recipe: self.recipe, version, params, values, platform, known }
    }

    pub(super) fn text(&self, template: &Template, scope: &RequestScope<'_>) -> Result<String, RecipeError> {
        self.at(template, template.text(scope))
    }

    /// A value of the data model from a template's text.
    pub(super) fn path<T>(&self, template: &Template, scope: &RequestScope<'_>) -> Result<T, RecipeError>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        let text = self.text(template, scope)?;
        text.parse().map_err(|error: T::Err| {
            let message = error.to_string();
            let message = message.rsplit_once(" (LT").map_or(message.as_str(), |(message, _)| message);
            self.error(template.line, PATHS, message.to_owned())
        })
    }

    pub(super) fn at<T>(&self, template: &Template, result: Result<T, TemplateError>) -> Result<T, RecipeError> {
        result.map_err(|error| self.error(template.line, error.code, error.message))
    }

    pub(super) fn error(&self, line: usize, code: &'static str, message: String) -> RecipeError {
        RecipeError { file: self.recipe.file.clone(), line, message, code }
    }
}
