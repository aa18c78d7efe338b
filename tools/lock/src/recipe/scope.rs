//! What the variables of templates stand for, once a request is known.

use std::collections::BTreeMap;

use crate::step::DigestText;
use crate::{Name, Platform};

use super::error::{REQUEST, VARIABLE};
use super::expand::Known;
use super::template::{Meaning, Scope, TemplateError};
use super::variables::{Fact, Variable};
use super::{version, Recipe};

/// A request's values, for one platform.
pub(super) struct RequestScope<'a> {
    pub recipe: &'a Recipe,
    pub version: &'a str,
    pub params: &'a BTreeMap<Name, String>,
    pub values: &'a BTreeMap<Name, String>,
    pub platform: Option<Platform>,
    pub known: &'a BTreeMap<Name, Known>,
}

impl RequestScope<'_> {
    fn version_part(&self, index: usize) -> Result<&str, TemplateError> {
        let part = version::part(self.version, index);
        part.ok_or_else(|| {
            let place = ["major", "minor", "patch"][index.min(2)];
            request(format!("version {:?} has no {place} number, which the recipe needs", self.version))
        })
    }

    fn artifact(&self, id: &Name, fact: Fact) -> Result<Meaning, TemplateError> {
        let known = self.known.get(id).ok_or_else(|| TemplateError {
            code: VARIABLE,
            message: format!("artifact {id} is named where its own condition (when) leaves it out"),
        })?;
        Ok(Meaning::Text(match fact {
            Fact::Url => known.tool_url.clone(),
            Fact::Integrity => known.artifact.integrity.to_string(),
            Fact::Size => match known.artifact.size {
                Some(size) => size.to_string(),
                None => return Err(request(format!("the size of artifact {id} is not known"))),
            },
            Fact::Digest(algorithm, encoding) => {
                let Some(text) = known.digest(algorithm, encoding) else {
                    let digest = DigestText { artifact: id.clone(), member: None, algorithm, encoding };
                    return Ok(Meaning::Digest(digest));
                };
                text
            }
        }))
    }
}

impl Scope for RequestScope<'_> {
    fn meaning(&self, variable: &Variable) -> Result<Meaning, TemplateError> {
        let text = match variable {
            Variable::Version if self.version.is_empty() => {
                return Err(request("the request names no version, and the recipe needs one".to_owned()));
            }
            Variable::Version => self.version.to_owned(),
            Variable::VersionNumber(index) => self.version_part(*index)?.to_owned(),
            Variable::VersionMajorMinor => format!("{}.{}", self.version_part(0)?, self.version_part(1)?),
            Variable::Param(name) => {
                let value = self.params.iter().find(|(param, _)| param.as_str() == name);
                value.map(|(_, value)| value.clone()).unwrap_or_default()
            }
            Variable::Value(name) => {
                let value = self.values.iter().find(|(value, _)| value.as_str() == name);
                let message = format!("value {name} is named where its own condition (when) leaves it out");
                value.map(|(_, text)| text.clone()).ok_or(TemplateError { code: VARIABLE, message })?
            }
            Variable::PlatformName => self.platform.map(|platform| platform.name().to_owned()).unwrap_or_default(),
            Variable::Word(word) => {
                let words = self.platform.and_then(|platform| self.recipe.platforms.get(&platform));
                words.and_then(|words| words.get(word)).cloned().unwrap_or_default()
            }
            Variable::Artifact(id, fact) => return self.artifact(id, *fact),
            Variable::Run(name) => {
                return Err(TemplateError { code: VARIABLE, message: format!("{{{name}}} is known only at run time") });
            }
        };
        Ok(Meaning::Text(text))
    }
}

fn request(message: String) -> TemplateError {
    TemplateError { code: REQUEST, message }
}
