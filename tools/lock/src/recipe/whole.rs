//! A whole tool of a lock, from its parts.

use std::collections::BTreeMap;

use crate::{Access, Integrity, Name, Part, Platform, RecipeRef, Request, Role, Tool};

use super::collisions;
use super::error::RecipeError;
use super::expand::Known;
use super::{AccessRule, Chosen, Recipe};

impl Recipe {
    /// The tool that a request stands for. `known` gives what is known of a part's artifacts, `files` are the texts of
    /// the input files and `inputs` their digests. The errors are messages with their codes.
    pub fn tool(
        &self,
        request: &Request,
        files: &BTreeMap<Name, String>,
        inputs: &BTreeMap<Name, Integrity>,
        known: impl Fn(Role, Option<Platform>) -> BTreeMap<Name, Known>,
    ) -> Result<Tool, Vec<String>> {
        self.choose(request).map_err(|errors| errors.0)?.tool(request, files, inputs, known)
    }
}

impl Chosen<'_> {
    /// The tool, as [`Recipe::tool`] has it, with the values that were looked up.
    pub fn tool(
        &self,
        request: &Request,
        files: &BTreeMap<Name, String>,
        inputs: &BTreeMap<Name, Integrity>,
        known: impl Fn(Role, Option<Platform>) -> BTreeMap<Name, Known>,
    ) -> Result<Tool, Vec<String>> {
        let recipe = self.recipe;
        let access = self.access(&known(Role::Any, None)).map_err(|error| vec![error.to_string()])?;
        let mut tool = Tool {
            recipe: RecipeRef { name: recipe.name.clone(), digest: recipe.digest.clone() },
            request: request.clone(),
            version: String::new(),
            inputs: inputs.clone(),
            access,
            reaches: recipe.reaches.clone(),
            any: Part::default(),
            host: BTreeMap::new(),
            target: BTreeMap::new(),
        };
        for (role, platform) in self.parts() {
            let part = self.part(role, platform, &known(role, platform), files);
            let part = part.map_err(|error| vec![error.to_string()])?;
            match (role, platform) {
                (Role::Host, Some(platform)) => drop(tool.host.insert(platform, part)),
                (Role::Target, Some(platform)) => drop(tool.target.insert(platform, part)),
                _ => tool.any = part,
            }
        }
        // A role for which nothing is laid out on any platform does not depend on the platform.
        for parts in [&mut tool.host, &mut tool.target] {
            if parts.values().all(Part::is_empty) {
                parts.clear();
            }
        }
        collisions::check(&tool)?;
        Ok(tool)
    }

    fn access(&self, known: &BTreeMap<Name, Known>) -> Result<Access, RecipeError> {
        let AccessRule { mode, paths, exact } = &self.recipe.access;
        let scope = self.scope(None, known);
        let paths = paths.iter().map(|path| self.path(path, &scope)).collect::<Result<_, _>>()?;
        Ok(Access { mode: *mode, paths, exact: *exact })
    }
}
