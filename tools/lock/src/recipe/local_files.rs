//! Files of the workspace that a request takes instead of a recipe's downloads.

use std::collections::BTreeMap;

use crate::{ArtifactSlot, Name, Platform, Role, Source};

use super::closure::ClosureKind;
use super::error::{suggestion, RecipeError, LOCAL_FILE};
use super::expand::{Wanted, WantedDigest};
use super::request::Chosen;
use super::PackagesRule;

impl Chosen<'_> {
    /// The label of the file that is taken for an artifact. A slot for the platform wins over one for all of them.
    fn local_file(&self, id: &Name, platform: Option<Platform>) -> Option<&String> {
        let slot = |platform| self.artifact_files.get(&ArtifactSlot { id: id.clone(), platform });
        platform.and_then(|platform| slot(Some(platform))).or_else(|| slot(None))
    }

    /// Takes the request's file for an artifact, where there is one. What the recipe knows of upstream's file, its digest
    /// and signature, is not for this one; the tool's own address for it is, because the layout may be made of it.
    pub(super) fn take_local_file(&self, wanted: &mut Wanted, platform: Option<Platform>) {
        let Some(label) = self.local_file(&wanted.id, platform) else { return };
        wanted.source = Source::File(label.clone());
        wanted.digest = WantedDigest::Download;
        wanted.signature = None;
    }

    /// What of the request's files is for no artifact, with codes.
    pub(super) fn local_file_faults(&self) -> Vec<String> {
        let faults = self.artifact_files.iter().filter_map(|(slot, label)| {
            let fault = self.local_file_fault(slot)?;
            Some(format!("artifact_files = {{{label:?}: \"{slot}\"}}: {fault} ({LOCAL_FILE})"))
        });
        faults.collect()
    }

    /// That each of the request's files is for an artifact of the recipe or one that a list of files names.
    pub(super) fn check_listed(&self, listed: &BTreeMap<Name, Wanted>) -> Result<(), RecipeError> {
        let Some(list) = self.file_list() else { return Ok(()) };
        let is_known = |slot: &ArtifactSlot| {
            self.recipe.artifacts.iter().any(|rule| rule.id == slot.id)
                || (slot.platform.is_none() && listed.contains_key(&slot.id))
        };
        let unknown = self.artifact_files.iter().find(|(slot, _)| !is_known(slot));
        let Some((slot, label)) = unknown else { return Ok(()) };
        let hint = suggestion(&slot.to_string(), listed.keys().map(Name::as_str));
        let message = format!("artifact_files = {{{label:?}: \"{slot}\"}}: the list of files has no such id: {hint}");
        Err(self.error(list.line, LOCAL_FILE, message))
    }

    fn file_list(&self) -> Option<&PackagesRule> {
        let mut rules = self.recipe.packages.iter().filter(|rule| self.holds(&rule.when, None));
        rules.find(|rule| rule.from == ClosureKind::FileList)
    }

    fn local_file_fault(&self, slot: &ArtifactSlot) -> Option<String> {
        let (recipe, id) = (&self.recipe.name, &slot.id);
        let rules: Vec<_> = self.recipe.artifacts.iter().filter(|rule| rule.id == *id).collect();
        if rules.is_empty() && self.file_list().is_some() {
            // What the list names is known once it is read.
            return None;
        }
        if rules.is_empty() {
            let hint = suggestion(id.as_str(), self.recipe.artifacts.iter().map(|rule| rule.id.as_str()));
            return Some(format!("recipe {recipe} has no artifact {:?}: {hint}", id.as_str()));
        }
        if let Some(platform) = slot.platform {
            if !self.platforms.contains(&platform) {
                return Some(format!(
                    "the tool is not asked for on {platform}: add it to platforms, or take the file out"
                ));
            }
            if rules.iter().all(|rule| rule.role == Role::Any) {
                return Some(format!("artifact {id} is the same on every platform: write {:?}", id.as_str()));
            }
        }
        let is_wanted = rules.iter().any(|rule| match (rule.role, slot.platform) {
            (Role::Any, platform) => platform.is_none() && self.holds(&rule.when, None),
            (_, Some(platform)) => self.holds(&rule.when, Some(platform)),
            (_, None) => self.platforms.iter().any(|platform| self.holds(&rule.when, Some(*platform))),
        });
        (!is_wanted).then(|| {
            format!("recipe {recipe} needs no {slot} for this version and these parameters: take the file out")
        })
    }
}
