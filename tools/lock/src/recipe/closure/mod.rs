//! Closures of packages: the many artifacts and steps that a package manager's lock file stands for.

mod cargo_lock;
mod context;
mod file_list;
mod go_sum;
mod kind;
mod maven_files;
mod node_modules;
mod npm_cache;
mod npm_lock;
mod python_lock;
mod wheel_tags;
mod wheelhouse;
mod yarn_lock;

use std::collections::BTreeMap;

use crate::{Name, Platform, Role, Step};

use super::error::RecipeError;
use super::expand::Wanted;
use super::request::Chosen;
pub use kind::ClosureKind;

use context::Context;

/// What a lock file stands for, in one part.
#[derive(Default)]
struct Closure {
    artifacts: Vec<Wanted>,
    steps: Vec<Step>,
}

/// The artifacts of a part's closures.
pub(super) fn wanted(
    chosen: &Chosen<'_>,
    role: Role,
    platform: Option<Platform>,
    files: &BTreeMap<Name, String>,
) -> Result<Vec<Wanted>, RecipeError> {
    let mut found: BTreeMap<Name, Wanted> = BTreeMap::new();
    each(chosen, role, platform, files, |context, closure| {
        for mut wanted in closure.artifacts {
            chosen.take_local_file(&mut wanted, platform);
            match found.get(&wanted.id) {
                Some(other) if (&other.source, &other.digest) != (&wanted.source, &wanted.digest) => {
                    let message = format!("{} is in the file twice, with different digests or addresses", wanted.id);
                    return Err(context.fail(1, message));
                }
                _ => drop(found.insert(wanted.id.clone(), wanted)),
            }
        }
        Ok(())
    })?;
    if role == Role::Any {
        chosen.check_listed(&found)?;
    }
    Ok(found.into_values().collect())
}

/// The steps of a part's closures.
pub(super) fn steps(
    chosen: &Chosen<'_>,
    role: Role,
    platform: Option<Platform>,
    files: &BTreeMap<Name, String>,
) -> Result<Vec<Step>, RecipeError> {
    let mut steps = Vec::new();
    each(chosen, role, platform, files, |_, closure| {
        steps.extend(closure.steps);
        Ok(())
    })?;
    Ok(steps)
}

/// Calls `take` with each closure that a part has something of.
fn each(
    chosen: &Chosen<'_>,
    role: Role,
    platform: Option<Platform>,
    files: &BTreeMap<Name, String>,
    mut take: impl FnMut(&Context<'_>, Closure) -> Result<(), RecipeError>,
) -> Result<(), RecipeError> {
    for rule in chosen.recipe.packages.iter().filter(|rule| chosen.holds(&rule.when, None)) {
        let context = Context::of(chosen, rule, role, platform, files)?;
        let closure = match rule.from {
            ClosureKind::CargoLock => cargo_lock::closure(&context)?,
            ClosureKind::FileList => file_list::closure(&context)?,
            ClosureKind::GoSum => go_sum::closure(&context)?,
            ClosureKind::MavenFiles => maven_files::closure(&context)?,
            ClosureKind::NpmLock => match context.word("form", &["node_modules", "cache"])? {
                "cache" => npm_cache::closure(&context)?,
                _ => node_modules::closure(&context)?,
            },
            ClosureKind::PythonLock => wheelhouse::closure(&context)?,
            ClosureKind::YarnLock => yarn_lock::closure(&context)?,
        };
        take(&context, closure)?;
    }
    Ok(())
}
