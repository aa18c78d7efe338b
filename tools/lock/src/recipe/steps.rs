//! From a step's rule to a step: its templates are expanded.

use std::collections::BTreeMap;

use crate::step::{Directory, Extract, Nested, Place, Repack, Symlink, Write};
use crate::{CachePath, Format, Name, Step};

use super::error::RecipeError;
use super::request::Chosen;
use super::scope::RequestScope;
use super::{ExtractRule, StepKind, StepRule, Template};

pub(super) fn step(chosen: &Chosen<'_>, rule: &StepRule, scope: &RequestScope<'_>) -> Result<Step, RecipeError> {
    Ok(match &rule.kind {
        StepKind::Directory { to } => Step::Directory(Directory { to: chosen.path(to, scope)? }),
        StepKind::Place { artifact, to, mode } => {
            Step::Place(Place { artifact: artifact.clone(), to: chosen.path(to, scope)?, mode: *mode })
        }
        StepKind::Symlink { to, target } => {
            Step::Symlink(Symlink { to: chosen.path(to, scope)?, target: chosen.text(target, scope)? })
        }
        StepKind::Write { to, content, mode } => {
            let text = content.parts(scope).map_err(|error| chosen.error(rule.line, error.code, error.message))?;
            Step::Write(Write { to: chosen.path(to, scope)?, text, mode: *mode })
        }
        StepKind::Repack { artifact, to, members, max_bytes } => Step::Repack(Repack {
            artifact: artifact.clone(),
            format: format(chosen, artifact),
            to: chosen.path(to, scope)?,
            members: pairs(chosen, members, scope)?,
            max_bytes: *max_bytes,
        }),
        StepKind::Extract(rule) => Step::Extract(extract(chosen, rule, scope)?),
    })
}

fn extract(chosen: &Chosen<'_>, rule: &ExtractRule, scope: &RequestScope<'_>) -> Result<Extract, RecipeError> {
    let texts = |templates: &[Template]| -> Result<Vec<String>, RecipeError> {
        templates.iter().map(|template| chosen.text(template, scope)).collect()
    };
    let mut modes = BTreeMap::new();
    for (glob, mode) in &rule.modes {
        modes.insert(chosen.text(glob, scope)?, *mode);
    }
    Ok(Extract {
        artifact: rule.artifact.clone(),
        to: rule.to.as_ref().map(|to| chosen.path(to, scope)).transpose()?,
        format: format(chosen, &rule.artifact),
        nested: rule
            .nested
            .as_ref()
            .map(|(member, format)| {
                Ok::<_, RecipeError>(Nested { member: chosen.text(member, scope)?, format: *format })
            })
            .transpose()?,
        strip: rule.strip,
        strip_prefix: rule
            .strip_prefix
            .as_ref()
            .map(|prefix| chosen.text(prefix, scope))
            .transpose()?
            .unwrap_or_default(),
        include: texts(&rule.include)?,
        exclude: texts(&rule.exclude)?,
        pick: pairs(chosen, &rule.pick, scope)?,
        modes,
        max_bytes: rule.max_bytes,
        max_members: rule.max_members,
    })
}

fn pairs(
    chosen: &Chosen<'_>,
    templates: &[(Template, Template)],
    scope: &RequestScope<'_>,
) -> Result<BTreeMap<String, CachePath>, RecipeError> {
    let mut pairs = BTreeMap::new();
    for (from, to) in templates {
        pairs.insert(chosen.text(from, scope)?, chosen.path(to, scope)?);
    }
    Ok(pairs)
}

fn format(chosen: &Chosen<'_>, artifact: &Name) -> Format {
    let rule = chosen.recipe.artifacts.iter().find(|rule| rule.id == *artifact);
    rule.map_or(Format::File, |rule| rule.format)
}
