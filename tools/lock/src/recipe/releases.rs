//! Where a tool's version comes from when a request does not name it: a file that the team keeps anyway, or the list of
//! the tool's releases.

use std::collections::BTreeMap;

use crate::{Name, Request, Role};

use super::check::Place;
use super::error::{FORM, REQUEST};
use super::parse::Reading;
use super::reader::Table;
use super::request::RequestErrors;
use super::scope::RequestScope;
use super::{Recipe, Template};

/// What in a file holds a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VersionKey {
    /// The toolchain of a `go.mod`, or its `go` directive.
    Go,
    /// A module of a `go.mod`.
    Golang,
    /// Maven, in `maven-wrapper.properties`.
    MavenWrapper,
    /// A package of `package-lock.json`, `pnpm-lock.yaml` or `yarn.lock`.
    Npm,
    /// Node.js, in `.nvmrc` or `.node-version`.
    Nvmrc,
    /// A package manager, in the field `packageManager` of a `package.json`.
    PackageManager,
    /// A package of `uv.lock` or `requirements.txt`.
    Pypi,
    /// A line of `.tool-versions`.
    ToolVersions,
}

/// The keys that name something, and those that are `true`.
const NAMED: &[VersionKey] =
    &[VersionKey::Golang, VersionKey::Npm, VersionKey::PackageManager, VersionKey::Pypi, VersionKey::ToolVersions];
const FLAGS: &[VersionKey] = &[VersionKey::Go, VersionKey::MavenWrapper, VersionKey::Nvmrc];

impl VersionKey {
    /// The key in a recipe's `[version_from]`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Golang => "golang",
            Self::MavenWrapper => "maven_wrapper",
            Self::Npm => "npm",
            Self::Nvmrc => "nvmrc",
            Self::PackageManager => "package_manager",
            Self::Pypi => "pypi",
            Self::ToolVersions => "tool_versions",
        }
    }
}

/// Where a recipe says that a tool's releases are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LatestRule {
    /// In a package registry: a purl without a version.
    Purl(Template),
    /// In a list in JSON.
    Json(JsonReleases<Template>),
}

/// A list of releases in JSON. `T` is a template in a recipe, and a text once a request is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonReleases<T> {
    /// The list's address.
    pub url: T,
    /// The JSON pointer of the list in the document; empty where the document is the list.
    pub items: String,
    /// The JSON pointer of the version in an item.
    pub version: String,
    /// What stands before the version and is no part of it, as `v`.
    pub prefix: String,
    /// The JSON pointer of the day or moment of the release in an item, as RFC 3339 writes it.
    pub date: Option<String>,
    /// The JSON pointer of a flag that says that an item is a pre-release.
    pub prerelease: Option<String>,
}

/// Where a request's releases are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Latest {
    /// In a package registry: a purl without a version.
    Purl(String),
    /// In a list in JSON.
    Json(JsonReleases<String>),
}

pub(super) fn version_from(reading: &Reading<'_>, table: &mut Table<'_, '_>) -> BTreeMap<VersionKey, Option<Template>> {
    let mut keys = BTreeMap::new();
    let Some(mut table) = table.table("version_from") else { return keys };
    for key in NAMED {
        if let Some(template) = reading.take_template(&mut table, key.name(), Role::Any, Place::Release) {
            keys.insert(*key, Some(template));
        }
    }
    for key in FLAGS {
        if table.flag(key.name()) {
            keys.insert(*key, None);
        }
    }
    table.finish();
    keys
}

pub(super) fn latest(reading: &Reading<'_>, table: &mut Table<'_, '_>) -> Option<LatestRule> {
    let mut table = table.table("latest")?;
    let line = table.line;
    let purl = table.text("purl").and_then(|text| {
        let versioned = text.value.rsplit('/').next().is_some_and(|name| name.contains('@'));
        if versioned || !text.value.starts_with("pkg:") {
            let message = "purl of latest has to be a package URL without a version, as in \"pkg:npm/bun\"";
            reading.source.error(text.line, FORM, message);
        }
        reading.template(&text, Role::Any, Place::Release)
    });
    let url = reading.take_template(&mut table, "url", Role::Any, Place::Release);
    let pointer = |table: &mut Table<'_, '_>, key: &'static str| {
        let text = table.text(key)?;
        if !text.value.is_empty() && !text.value.starts_with('/') {
            let message =
                format!("{key} of latest is {:?}, and has to be a JSON pointer, as in \"/version\"", text.value);
            reading.source.error(text.line, FORM, message);
        }
        Some(text.value)
    };
    let items = pointer(&mut table, "items").unwrap_or_default();
    let version = pointer(&mut table, "version");
    let date = pointer(&mut table, "date");
    let prerelease = pointer(&mut table, "prerelease");
    let prefix = table.text("prefix").map(|text| text.value).unwrap_or_default();
    table.finish();
    match (purl, url, version) {
        (Some(purl), None, None) => Some(LatestRule::Purl(purl)),
        (None, Some(url), Some(version)) => {
            Some(LatestRule::Json(JsonReleases { url, items, version, prefix, date, prerelease }))
        }
        _ => {
            let message = "latest needs either a purl, or the url of a list in JSON with the pointer version";
            reading.source.error(line, FORM, message);
            None
        }
    }
}

impl Recipe {
    /// Whose version the tool's is, by what in a file holds it. The request need not name a version.
    pub fn version_names(&self, request: &Request) -> Result<BTreeMap<VersionKey, String>, RequestErrors> {
        let params = self.params_without_version(request)?;
        let expand = |template: &Template| self.expand_release(template, &params);
        self.version_from
            .iter()
            .map(|(key, template)| Ok((*key, template.as_ref().map(expand).transpose()?.unwrap_or_default())))
            .collect()
    }

    /// Where the tool's releases are listed; where the recipe does not say it, and the version is that of a package of
    /// a registry, there.
    pub fn latest(&self, request: &Request) -> Result<Option<Latest>, RequestErrors> {
        let params = self.params_without_version(request)?;
        let expand = |template: &Template| self.expand_release(template, &params);
        Ok(match &self.latest {
            Some(LatestRule::Purl(purl)) => Some(Latest::Purl(expand(purl)?)),
            Some(LatestRule::Json(list)) => Some(Latest::Json(JsonReleases {
                url: expand(&list.url)?,
                items: list.items.clone(),
                version: list.version.clone(),
                prefix: list.prefix.clone(),
                date: list.date.clone(),
                prerelease: list.prerelease.clone(),
            })),
            None => {
                let named = [(VersionKey::Npm, "npm"), (VersionKey::Pypi, "pypi"), (VersionKey::Golang, "golang")];
                let mut found = None;
                for (key, kind) in named {
                    if let (None, Some(Some(template))) = (&found, self.version_from.get(&key)) {
                        found = Some(Latest::Purl(format!("pkg:{kind}/{}", expand(template)?.replace('@', "%40"))));
                    }
                }
                found
            }
        })
    }

    /// The parameters, as far as they do not depend on the version.
    pub(super) fn params_without_version(&self, request: &Request) -> Result<BTreeMap<Name, String>, RequestErrors> {
        let mut params = BTreeMap::new();
        let mut errors = Vec::new();
        for (name, param) in &self.params {
            let fixed =
                request.params.contains_key(name) || param.default.as_ref().is_none_or(|it| it.plain().is_some());
            if !fixed {
                continue;
            }
            match self.param(name, param, request) {
                Ok(value) => drop(params.insert(name.clone(), value)),
                Err(message) => errors.push(format!("{message} ({REQUEST})")),
            }
        }
        if errors.is_empty() {
            Ok(params)
        } else {
            Err(RequestErrors(errors))
        }
    }

    fn expand_release(&self, template: &Template, params: &BTreeMap<Name, String>) -> Result<String, RequestErrors> {
        let known = BTreeMap::new();
        let values = BTreeMap::new();
        let scope = RequestScope { recipe: self, version: "", params, values: &values, platform: None, known: &known };
        template.text(&scope).map_err(|error| {
            RequestErrors(vec![format!("{}:{}: {} ({})", self.file, template.line, error.message, error.code)])
        })
    }
}
