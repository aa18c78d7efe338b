//! Files of the workspace that a request takes instead of what a file of packages names.

use std::collections::{BTreeMap, BTreeSet};

use crate::{ArtifactSlot, Name, Platform, Role};

use super::super::error::{suggestion, RecipeError, LOCAL_FILE};
use super::super::request::Chosen;
use super::each;

/// Checks that each such file is for an artifact that the recipe has, or that one of its files names.
pub(super) fn check(chosen: &Chosen<'_>, files: &BTreeMap<Name, String>) -> Result<(), RecipeError> {
    let declared: BTreeSet<&Name> = chosen.recipe.artifacts.iter().map(|rule| &rule.id).collect();
    let mut slots = chosen.artifact_files.keys().filter(|slot| !declared.contains(&slot.id)).peekable();
    let Some(rule) = slots.peek().and_then(|_| chosen.recipe.packages.first()) else { return Ok(()) };
    let mut named: BTreeSet<(Name, Option<Platform>)> = BTreeSet::new();
    let platforms = chosen.platforms.iter().flat_map(|it| [(Role::Host, Some(*it)), (Role::Target, Some(*it))]);
    for (role, platform) in std::iter::once((Role::Any, None)).chain(platforms) {
        each(chosen, role, platform, files, |_, closure| {
            named.extend(closure.artifacts.into_iter().map(|wanted| (wanted.id, platform)));
            Ok(())
        })?;
    }
    let is_for = |slot: &ArtifactSlot, (id, platform): &(Name, Option<Platform>)| {
        *id == slot.id && (slot.platform.is_none() || slot.platform == *platform)
    };
    slots.find(|slot| !named.iter().any(|one| is_for(slot, one))).map_or(Ok(()), |slot| {
        let hint = suggestion(slot.id.as_str(), named.iter().map(|(id, _)| id.as_str()));
        let message = format!("artifact_files is for an artifact {:?} that no file names: {hint}", slot.to_string());
        Err(chosen.error(rule.line, LOCAL_FILE, message))
    })
}
