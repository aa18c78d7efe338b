//! What can be checked of a recipe before anyone asks for anything: that all it names is there.

use crate::{Name, Role};

use super::error::{suggestion, FORM, PLATFORM, REFERENCE, VARIABLE};
use super::parse::Reading;
use super::template::Seen;
use super::variables::Variable;
use super::{DigestRule, Recipe, TableRule, When};

/// Where a template stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Context {
    /// In which part.
    pub role: Role,
    /// In what.
    pub place: Place,
}

/// In what a template stands; what it may name depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// An artifact's address: nothing is known of artifacts yet.
    Artifact,
    /// A parameter's default: only the version is known.
    Default,
    /// A lookup, and where a value stands in one: nothing is known of values yet, either.
    Lookup,
    /// Where versions come from: only the parameters are known.
    Release,
    /// A path, a glob or a link's target.
    Path,
    /// A variable or file for the moment when the tool runs.
    Run,
    /// A text that is written.
    Text,
}

pub(super) fn check(recipe: &Recipe, reading: &Reading<'_>) {
    for (template, context) in reading.templates.borrow().iter() {
        template.visit(&mut |seen| {
            let wrong = match seen {
                Seen::Variable(variable) => variable_fault(recipe, *context, variable),
                Seen::Member(_) if context.place != Place::Text => {
                    Some((VARIABLE, "member_digest can stand only in a written text".to_owned()))
                }
                Seen::Member(id) => artifact_fault(recipe, context.role, id, true),
            };
            if let Some((code, message)) = wrong {
                reading.source.error(template.line, code, message);
            }
        });
    }
    references(recipe, reading);
    super::documentation::check(recipe, reading);
}

/// Why a variable cannot stand here.
fn variable_fault(recipe: &Recipe, context: Context, variable: &Variable) -> Option<(&'static str, String)> {
    let fail = |message: String| Some((VARIABLE, message));
    match variable {
        Variable::Run(name) if context.place != Place::Run => fail(format!(
            "{{{name}}} is known only when the tool runs: it can stand in [environment] and [[runtime_files]], and a \
             path in the cache is relative to its folder anyway"
        )),
        Variable::Version | Variable::VersionNumber(_) | Variable::VersionMajorMinor
            if context.place == Place::Release =>
        {
            fail("the version is what is looked for here: only parameters can be named".to_owned())
        }
        Variable::Version | Variable::VersionNumber(_) | Variable::VersionMajorMinor | Variable::Run(_) => None,
        _ if context.place == Place::Default => {
            fail("a parameter's default can name the version and nothing else".to_owned())
        }
        Variable::Param(name) if recipe.params.keys().any(|param| param.as_str() == name) => None,
        Variable::Param(name) => fail(format!(
            "there is no parameter {name:?}: {}",
            suggestion(name, recipe.params.keys().map(Name::as_str))
        )),
        Variable::Value(_) if matches!(context.place, Place::Lookup | Place::Release) => fail(
            "a value is looked up in a table, so where that is and where versions come from can name none".to_owned(),
        ),
        Variable::Value(name) if recipe.values.keys().any(|value| value.as_str() == name) => None,
        Variable::Value(name) => {
            fail(format!("there is no value {name:?}: {}", suggestion(name, recipe.values.keys().map(Name::as_str))))
        }
        Variable::Word(word) if !is_word(recipe, word) => fail(super::variables::unknown(word)),
        Variable::PlatformName | Variable::Word(_) if context.role == Role::Any => fail(
            "what is for any platform cannot name one: write for = \"host\" (where the tool runs) or for = \"target\" \
             (what is built for)"
                .to_owned(),
        ),
        Variable::PlatformName => None,
        Variable::Word(word) => word_fault(recipe, word),
        Variable::Artifact(..) if matches!(context.place, Place::Artifact | Place::Lookup | Place::Release) => {
            fail("nothing is known of artifacts where one is fetched from".to_owned())
        }
        Variable::Artifact(id, _) => artifact_fault(recipe, context.role, id, false),
    }
}

/// Whether any platform has a word.
fn is_word(recipe: &Recipe, word: &str) -> bool {
    recipe.platforms.values().any(|words| words.contains_key(word))
}

/// Why a platform's word is not there.
fn word_fault(recipe: &Recipe, word: &str) -> Option<(&'static str, String)> {
    if recipe.platforms.is_empty() {
        return Some((VARIABLE, format!("{{platform.{word}}} needs [platforms.NAME] tables with the word {word:?}")));
    }
    let (platform, words) = recipe.platforms.iter().find(|(_, words)| !words.contains_key(word))?;
    let hint = suggestion(word, words.keys().map(String::as_str));
    Some((VARIABLE, format!("platform {platform} has no word {word:?}: {hint}")))
}

/// Why an artifact cannot be named here.
fn artifact_fault(recipe: &Recipe, role: Role, id: &Name, member: bool) -> Option<(&'static str, String)> {
    let Some(artifact) = recipe.artifacts.iter().find(|artifact| artifact.id == *id) else {
        let known = recipe.artifacts.iter().map(|artifact| artifact.id.as_str());
        return Some((
            REFERENCE,
            format!("there is no artifact {:?}: {}", id.as_str(), suggestion(id.as_str(), known)),
        ));
    };
    if member && !artifact.format.is_archive() {
        return Some((REFERENCE, format!("artifact {id} is {}, and has no members", artifact.format)));
    }
    (artifact.role != role).then(|| {
        let message = format!(
            "artifact {id} is for {}, and what names it is for {}: say for = {:?} here",
            artifact.role.name(),
            role.name(),
            artifact.role.name()
        );
        (REFERENCE, message)
    })
}

/// Parameters, lookups and files that are named outside of templates.
fn references(recipe: &Recipe, reading: &Reading<'_>) {
    for artifact in &recipe.artifacts {
        conditions(recipe, reading, artifact.line, artifact.role, &artifact.when);
        if let Some(signature) = &artifact.signature {
            conditions(recipe, reading, artifact.line, artifact.role, &signature.when);
        }
        if let DigestRule::GoSum { file } = &artifact.digest {
            if !recipe.files.contains_key(file) {
                let hint = suggestion(file.as_str(), recipe.files.keys().map(Name::as_str));
                let message = format!("there is no input file {:?}: {hint}", file.as_str());
                reading.source.error(artifact.line, REFERENCE, message);
            }
        }
        if let DigestRule::Json { table: TableRule::Lookup(lookup), .. } | DigestRule::Text { lookup, .. } =
            &artifact.digest
        {
            if !recipe.lookups.contains_key(lookup) {
                let hint = suggestion(lookup.as_str(), recipe.lookups.keys().map(Name::as_str));
                let message = format!("there is no lookup {:?}: {hint}", lookup.as_str());
                reading.source.error(artifact.line, REFERENCE, message);
            }
        }
        if artifact.role != Role::Any && recipe.platforms.is_empty() {
            let message = format!(
                "artifact {} is for the {}, and the recipe has no [platforms.NAME] tables",
                artifact.id,
                artifact.role.name()
            );
            reading.source.error(artifact.line, FORM, message);
        }
    }
    for value in recipe.values.values() {
        conditions(recipe, reading, value.line, Role::Any, &value.when);
        if !recipe.lookups.contains_key(&value.lookup) {
            let hint = suggestion(value.lookup.as_str(), recipe.lookups.keys().map(Name::as_str));
            let message = format!("there is no lookup {:?}: {hint}", value.lookup.as_str());
            reading.source.error(value.line, REFERENCE, message);
        }
    }
    for step in &recipe.layout {
        conditions(recipe, reading, step.line, step.role, &step.when);
    }
    for packages in &recipe.packages {
        conditions(recipe, reading, packages.line, Role::Any, &packages.when);
        if !recipe.files.contains_key(&packages.file) {
            let hint = suggestion(packages.file.as_str(), recipe.files.keys().map(Name::as_str));
            let message = format!("there is no input file {:?}: {hint}", packages.file.as_str());
            reading.source.error(packages.line, REFERENCE, message);
        }
    }
}

fn conditions(recipe: &Recipe, reading: &Reading<'_>, line: usize, role: Role, when: &When) {
    for platform in &when.platforms {
        if role == Role::Any {
            let message = "when has platforms, which only what is for the host or the target can have";
            reading.source.error(line, FORM, message);
        } else if !recipe.platforms.contains_key(platform) {
            let message = format!("when has platform {platform}, and there is no [platforms.{platform}]");
            reading.source.error(line, PLATFORM, message);
        }
    }
    for (name, values) in &when.params {
        let Some(param) = recipe.params.get(name) else {
            let hint = suggestion(name.as_str(), recipe.params.keys().map(Name::as_str));
            reading.source.error(line, VARIABLE, format!("when names no parameter {:?}: {hint}", name.as_str()));
            continue;
        };
        for value in values {
            if !param.choices.is_empty() && !param.choices.contains(value) {
                let hint = suggestion(value, param.choices.iter().map(String::as_str));
                reading.source.error(line, FORM, format!("{value:?} is no choice of parameter {name}: {hint}"));
            }
        }
    }
}
