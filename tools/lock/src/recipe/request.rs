//! A request held against a recipe.

use std::collections::BTreeMap;

use crate::{ArtifactSlot, Name, Platform, Request};

use super::error::{suggestion, PLATFORM, REQUEST};
use super::expand::Known;
use super::scope::RequestScope;
use super::{Param, ParamKind, Recipe, When};

/// What a request does not fit the recipe in. Never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct RequestErrors(pub Vec<String>);

/// A recipe with a request that fits it.
#[derive(Clone, Debug)]
pub struct Chosen<'a> {
    pub(super) recipe: &'a Recipe,
    pub(super) version: String,
    pub(super) params: BTreeMap<Name, String>,
    pub(super) values: BTreeMap<Name, String>,
    pub(super) platforms: Vec<Platform>,
    pub(super) artifact_files: BTreeMap<ArtifactSlot, String>,
}

impl Recipe {
    /// Holds a request against the recipe: the version lies in its range, the parameters exist and have possible
    /// values, the platforms are declared, the input files are there, and each local file is for an artifact.
    pub fn choose(&self, request: &Request) -> Result<Chosen<'_>, RequestErrors> {
        let mut errors: Vec<String> =
            self.version_fault(&request.version).map(|message| format!("{message} ({REQUEST})")).into_iter().collect();
        let mut params = BTreeMap::new();
        for (name, param) in &self.params {
            match self.param(name, param, request) {
                Ok(value) => drop(params.insert(name.clone(), value)),
                Err(message) => errors.push(format!("{message} ({REQUEST})")),
            }
        }
        errors.extend(self.name_faults(request));
        let chosen = Chosen {
            recipe: self,
            version: request.version.clone(),
            params,
            values: BTreeMap::new(),
            platforms: request.platforms.clone(),
            artifact_files: request.artifact_files.clone(),
        };
        // What the parameters leave out can only be told where they are right.
        if errors.is_empty() {
            errors = chosen.local_file_faults();
        }
        if errors.is_empty() {
            Ok(chosen)
        } else {
            Err(RequestErrors(errors))
        }
    }

    /// What is wrong with a request whose version may still be looked for: the messages with their codes.
    pub(super) fn request_faults(&self, request: &Request) -> Vec<String> {
        if request.version_from.is_empty() && request.version_range.is_empty() {
            return self.choose(request).map_or_else(|errors| errors.0, |_| Vec::new());
        }
        let mut errors = self.params_without_version(request).map_or_else(|errors| errors.0, |_| Vec::new());
        errors.extend(self.name_faults(request));
        errors
    }

    /// The names in a request that the recipe does not have, and those that the request lacks.
    fn name_faults(&self, request: &Request) -> Vec<String> {
        let mut errors = Vec::new();
        let mut fail = |code: &str, message: String| errors.push(format!("{message} ({code})"));
        for name in request.params.keys().filter(|name| !self.params.contains_key(*name)) {
            let hint = suggestion(name.as_str(), self.params.keys().map(Name::as_str));
            fail(REQUEST, format!("recipe {} has no parameter {:?}: {hint}", self.name, name.as_str()));
        }
        for platform in &request.platforms {
            if !self.platforms.is_empty() && !self.platforms.contains_key(platform) {
                let known: Vec<&str> = self.platforms.keys().map(|platform| platform.name()).collect();
                let message =
                    format!("recipe {} does not know platform {platform}: it declares {}", self.name, known.join(", "));
                fail(PLATFORM, message);
            }
        }
        for (name, doc) in &self.files {
            if !request.files.contains_key(name) {
                let message = format!(
                    "recipe {} reads the file {name} ({doc}): add files = {{\"//:FILE\": \"{name}\"}}",
                    self.name
                );
                fail(REQUEST, message);
            }
        }
        for name in request.files.keys().filter(|name| !self.files.contains_key(*name)) {
            let hint = suggestion(name.as_str(), self.files.keys().map(Name::as_str));
            fail(REQUEST, format!("recipe {} reads no file {:?}: {hint}", self.name, name.as_str()));
        }
        errors
    }

    fn version_fault(&self, version: &str) -> Option<String> {
        let Some(range) = &self.versions else {
            let message = format!("recipe {} needs a version: add version = \"…\"", self.name);
            return (self.needs_version && version.is_empty()).then_some(message);
        };
        if version.is_empty() {
            return Some(format!("recipe {} needs a version ({}): add version = \"…\"", self.name, range.as_str()));
        }
        let message = format!(
            "version {version:?} is not in the range that recipe {} fits: {}. It has to be an exact version",
            self.name,
            range.as_str()
        );
        (!range.contains(version)).then_some(message)
    }

    pub(super) fn param(&self, name: &Name, param: &Param, request: &Request) -> Result<String, String> {
        let value = match (request.params.get(name), &param.default) {
            (Some(value), _) => value.clone(),
            (None, Some(default)) => {
                let none = BTreeMap::new();
                let known: BTreeMap<Name, Known> = BTreeMap::new();
                let scope = RequestScope {
                    recipe: self,
                    version: &request.version,
                    params: &none,
                    values: &none,
                    platform: None,
                    known: &known,
                };
                default.text(&scope).map_err(|error| format!("default of parameter {name}: {}", error.message))?
            }
            (None, None) => {
                let doc = &param.doc;
                return Err(format!(
                    "recipe {} needs the parameter {name} ({doc}): add params = {{\"{name}\": \"…\"}}",
                    self.name
                ));
            }
        };
        let fault =
            |what: &str| Err(format!("parameter {name} of recipe {} is {value:?}, and has to be {what}", self.name));
        if !param.choices.is_empty() && !param.choices.contains(&value) {
            let choices: Vec<String> = param.choices.iter().map(|choice| format!("{choice:?}")).collect();
            return fault(&format!("one of {}", choices.join(", ")));
        }
        if value.chars().any(char::is_control) {
            return fault("a text without control characters");
        }
        match param.kind {
            ParamKind::Version if !is_exact(&value) => fault("an exact version, as in \"18.5.0\""),
            ParamKind::NpmPackage if !is_npm_name(&value) => fault("the name of an npm package, as in \"@scope/name\""),
            ParamKind::Text | ParamKind::Version | ParamKind::NpmPackage => Ok(value),
        }
    }
}

/// Whether a text can be an exact version; `3.4.x`, of which a recipe's default may consist, is near enough.
fn is_exact(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_'))
}

/// Whether a text can be the name of an npm package.
pub fn is_npm_name(text: &str) -> bool {
    let plain = |name: &str| {
        !name.is_empty()
            && !name.starts_with('.')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~'))
    };
    match text.strip_prefix('@') {
        Some(scoped) => scoped.split_once('/').is_some_and(|(scope, name)| plain(scope) && plain(name)),
        None => plain(text),
    }
}

impl Chosen<'_> {
    /// Whether a condition holds for the request.
    pub(super) fn holds(&self, when: &When, platform: Option<Platform>) -> bool {
        let here = when.platforms.is_empty() || platform.is_some_and(|platform| when.platforms.contains(&platform));
        here && when.version.as_ref().is_none_or(|range| range.contains(&self.version))
            && when
                .params
                .iter()
                .all(|(name, values)| self.params.get(name).is_some_and(|value| values.contains(value)))
    }

    /// The request's platforms.
    pub fn platforms(&self) -> &[Platform] {
        &self.platforms
    }
}
