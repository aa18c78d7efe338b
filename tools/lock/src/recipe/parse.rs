//! From TOML to a recipe.

use std::cell::RefCell;

use toml::de::DeTable;

use crate::{Integrity, Name, Role};

use super::check::{Context, Place};
use super::error::{suggestion, RecipeErrors, FORM};
use super::reader::{At, Source, Table, Value};
use super::template::Template;
use super::{Recipe, RECIPE_SCHEMA};

/// A recipe that is being read: the mistakes so far, and the templates, which are checked at the end.
pub(super) struct Reading<'s> {
    pub source: &'s Source<'s>,
    pub templates: RefCell<Vec<(Template, Context)>>,
}

pub(super) fn parse(file: &str, text: &str) -> Result<Recipe, RecipeErrors> {
    let source = Source::new(file, text);
    let document = match DeTable::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let line = source.line(error.span().map_or(0, |span| span.start));
            source.error(line, FORM, format!("this is not TOML: {}", error.message().replace('\n', ", ")));
            return source.finish(None);
        }
    };
    let recipe = {
        let reading = Reading { source: &source, templates: RefCell::default() };
        let mut table = Table::new(&source, "the recipe", 1, document.get_ref());
        let digest = super::identity::digest(document.get_ref());
        let recipe = recipe(&reading, &mut table, file, digest);
        if let Some(recipe) = &recipe {
            table.finish();
            super::check::check(recipe, &reading);
        }
        recipe
    };
    source.finish(recipe)
}

fn recipe(reading: &Reading<'_>, table: &mut Table<'_, '_>, file: &str, digest: Integrity) -> Option<Recipe> {
    if let Some(schema) = table.need("schema") {
        let line = schema.line;
        match schema.number() {
            Some(RECIPE_SCHEMA) | None => {}
            Some(other) => {
                let message =
                    format!("schema is {other}, and this lazytools reads schema {RECIPE_SCHEMA}: use a newer one");
                reading.source.error(line, FORM, message);
                return None;
            }
        }
    }
    let name = table.need("name").and_then(|value| value.text()).and_then(|text| text.parse(reading.source, FORM));
    let description = table.need("description").and_then(|value| value.text()).map(|text| text.value);
    let homepage = table.text("homepage").map(|text| text.value);
    // What is missing has been told; the rest is checked all the same.
    let name = name.or_else(|| "recipe".parse().ok())?;
    let documentation = super::documentation::documentation(reading, table, &name);
    let versions = table.text("versions").and_then(|text| text.parse(reading.source, FORM));
    let needs_version = versions.is_some() || table.flag("needs_version");
    table.take("needs_version");
    let version_from = super::releases::version_from(reading, table);
    let latest = super::releases::latest(reading, table);
    let platforms = super::sections::platforms(reading, table);
    let params = super::sections::params(reading, table);
    let files = super::sections::files(reading, table);
    let lookups = super::artifacts::lookups(reading, table);
    let values = super::values::values(reading, table);
    let artifacts = super::artifacts::artifacts(reading, table);
    let layout = super::layout::layout(reading, table, &artifacts);
    let packages = super::sections::packages(reading, table);
    let environment = super::sections::environment(reading, table);
    let runtime_files = super::sections::runtime_files(reading, table);
    let access = super::sections::access(reading, table);
    let checks = super::sections::checks(reading, table);
    let reaches = super::sections::reaches(reading, table);
    Some(Recipe {
        file: file.to_owned(),
        name,
        description: description.unwrap_or_default(),
        homepage,
        documentation,
        versions,
        needs_version,
        version_from,
        latest,
        platforms,
        params,
        files,
        lookups,
        values,
        artifacts,
        layout,
        packages,
        environment,
        runtime_files,
        access,
        checks,
        reaches,
        digest,
    })
}

impl Reading<'_> {
    /// Reads a template and notes where it stands, so that its variables are checked at the end.
    pub fn template(&self, text: &At<String>, role: Role, place: Place) -> Option<Template> {
        let template = self.unchecked(text)?;
        self.note(&template, role, place);
        Some(template)
    }

    /// Reads a template of which it is not known yet in which part it stands; it has to be noted later.
    pub fn unchecked(&self, text: &At<String>) -> Option<Template> {
        Template::parse(text.line, &text.value)
            .map_err(|error| self.source.error(text.line, error.code, error.message))
            .ok()
    }

    /// Notes where a template stands.
    pub fn note(&self, template: &Template, role: Role, place: Place) {
        self.templates.borrow_mut().push((template.clone(), Context { role, place }));
    }

    /// A key that is a template.
    pub fn take_template(
        &self,
        table: &mut Table<'_, '_>,
        key: &'static str,
        role: Role,
        place: Place,
    ) -> Option<Template> {
        let text = table.text(key)?;
        self.template(&text, role, place)
    }

    /// A key that has to be there and is a template.
    pub fn need_template(
        &self,
        table: &mut Table<'_, '_>,
        key: &'static str,
        role: Role,
        place: Place,
    ) -> Option<Template> {
        let text = table.need(key)?.text()?;
        self.template(&text, role, place)
    }

    /// A list of templates.
    pub fn templates(&self, table: &mut Table<'_, '_>, key: &'static str, role: Role, place: Place) -> Vec<Template> {
        table.texts(key).iter().filter_map(|text| self.template(text, role, place)).collect()
    }

    /// A table from templates to templates.
    pub fn template_pairs(
        &self,
        table: &mut Table<'_, '_>,
        key: &'static str,
        role: Role,
        place: Place,
    ) -> Vec<(Template, Template)> {
        let Some(mut pairs) = table.table(key) else { return Vec::new() };
        pairs
            .take_rest()
            .into_iter()
            .filter_map(|(from, to)| {
                Some((self.template(&from, role, place)?, self.template(&to.text()?, role, place)?))
            })
            .collect()
    }

    /// A word out of a list.
    pub fn word<T: Copy>(&self, value: &Value<'_, '_>, words: &[(&'static str, T)]) -> Option<T> {
        let text = value.text()?;
        let found = words.iter().find(|(word, _)| *word == text.value);
        if found.is_none() {
            let hint = suggestion(&text.value, words.iter().map(|(word, _)| *word));
            self.source.error(text.line, FORM, format!("{} cannot be {:?}: {hint}", value.what, text.value));
        }
        found.map(|(_, value)| *value)
    }

    /// A key that is for whom something is.
    pub fn role(&self, table: &mut Table<'_, '_>) -> Option<Role> {
        self.word(&table.take("for")?, &[("any", Role::Any), ("host", Role::Host), ("target", Role::Target)])
    }

    /// A key that is a name.
    pub fn name(&self, value: Option<Value<'_, '_>>) -> Option<Name> {
        value?.text()?.parse(self.source, FORM)
    }
}
