//! `[values.NAME]`: a text that stands in a table that somebody publishes, such as the revision of a browser that belongs
//! to a version of its driver. It is looked up when pinning.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::{Name, Role};

use super::check::Place;
use super::error::{suggestion, RecipeError, FORM, REFERENCE};
use super::expand::WantedLookup;
use super::parse::Reading;
use super::reader::Table;
use super::{Chosen, Template, When};

/// A value that cannot be looked up.
pub const VALUE: &str = "LT260";

/// No value is longer, in characters: it becomes part of a path or an address.
const MAX_LENGTH: usize = 200;

/// A value that is looked up when pinning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueRule {
    /// What it is, for people.
    pub doc: String,
    /// The table.
    pub lookup: Name,
    /// Where it stands in the table.
    pub place: ValuePlace<Template>,
    /// When it is looked up.
    pub when: When,
    /// The recipe's line.
    pub line: usize,
}

/// Where a value stands in a table. `T` is a template in a recipe, and a text once a request is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValuePlace<T> {
    /// In JSON.
    Json {
        /// The JSON pointer of the value, or of the list or object that one entry is chosen from.
        pointer: T,
        /// The entry is the one that has these texts under these keys. Empty: nothing is chosen.
        find: Vec<(String, T)>,
        /// The JSON pointer of the value in the entry.
        field: Option<T>,
    },
    /// In some other text.
    Text {
        /// What stands just before the value.
        after: T,
        /// What stands just behind it.
        until: T,
    },
}

/// A value of a request, before its table is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedValue {
    /// Its name.
    pub name: Name,
    /// The table.
    pub lookup: WantedLookup,
    /// Where it stands there.
    pub place: ValuePlace<String>,
}

pub(super) fn values(reading: &Reading<'_>, table: &mut Table<'_, '_>) -> BTreeMap<Name, ValueRule> {
    let mut values = BTreeMap::new();
    let Some(mut table) = table.table("values") else { return values };
    for (name, value) in table.take_rest() {
        let Some(mut entry) = value.table(&format!("values.{}", name.value)) else { continue };
        let rule = value_rule(reading, &mut entry);
        entry.finish();
        if let (Some(name), Some(rule)) = (name.parse(reading.source, FORM), rule) {
            values.insert(name, rule);
        }
    }
    values
}

fn value_rule(reading: &Reading<'_>, entry: &mut Table<'_, '_>) -> Option<ValueRule> {
    let line = entry.line;
    let doc = entry.need("doc").and_then(|doc| doc.text()).map(|doc| doc.value).unwrap_or_default();
    let lookup = entry.need("lookup");
    let lookup = reading.name(lookup);
    let when = super::sections::when(reading, entry);
    let take = |entry: &mut Table<'_, '_>, key| reading.take_template(entry, key, Role::Any, Place::Lookup);
    let (pointer, field) = (take(entry, "pointer"), take(entry, "field"));
    let (after, until) = (take(entry, "after"), take(entry, "until"));
    let find = find(reading, entry);
    let wrong = |message: &str| reading.source.error(line, FORM, format!("{} {message}", entry.what));
    for pointer in pointer.iter().chain(&field) {
        if pointer.plain().is_some_and(|text| !text.is_empty() && !text.starts_with('/')) {
            reading.source.error(pointer.line, REFERENCE, "a JSON pointer begins with /");
        }
    }
    if find.is_empty() == field.is_some() {
        wrong("needs find and field together: find chooses an entry, and field says where the value is in it");
    }
    let place = match (pointer, after, until) {
        (Some(pointer), None, None) => ValuePlace::Json { pointer, find, field },
        (None, Some(after), Some(until)) => {
            if !find.is_empty() {
                wrong("has find, which only a table in JSON has a use for: name a pointer instead of after and until");
            }
            if until.plain().is_some_and(|text| text.is_empty()) {
                wrong("has an empty until, which stands everywhere");
            }
            ValuePlace::Text { after, until }
        }
        _ => {
            wrong("does not say where the value stands: pointer in a table in JSON, after and until in any other");
            return None;
        }
    };
    Some(ValueRule { doc, lookup: lookup?, place, when, line })
}

fn find(reading: &Reading<'_>, entry: &mut Table<'_, '_>) -> Vec<(String, Template)> {
    let Some(mut table) = entry.table("find") else { return Vec::new() };
    let keys = table.take_rest().into_iter().filter_map(|(key, value)| {
        let template = reading.template(&value.text()?, Role::Any, Place::Lookup)?;
        Some((key.value, template))
    });
    let mut keys: Vec<_> = keys.collect();
    keys.sort_by(|one, other| one.0.cmp(&other.0));
    keys
}

impl Chosen<'_> {
    /// The values that the request needs. Their own conditions (`when`) leave some out.
    pub fn wanted_values(&self) -> Result<Vec<WantedValue>, RecipeError> {
        let none = BTreeMap::new();
        let scope = self.scope(None, &none);
        let rules = self.recipe.values.iter().filter(|(_, rule)| self.holds(&rule.when, None));
        let wanted = rules.map(|(name, rule)| {
            let text = |template: &Template| self.text(template, &scope);
            let place = match &rule.place {
                ValuePlace::Json { pointer, find, field } => ValuePlace::Json {
                    pointer: text(pointer)?,
                    find: find.iter().map(|(key, template)| Ok((key.clone(), text(template)?))).collect::<Result<
                        _,
                        RecipeError,
                    >>(
                    )?,
                    field: field.as_ref().map(text).transpose()?,
                },
                ValuePlace::Text { after, until } => ValuePlace::Text { after: text(after)?, until: text(until)? },
            };
            Ok(WantedValue { name: name.clone(), lookup: self.lookup(&rule.lookup, rule.line, &scope)?, place })
        });
        wanted.collect()
    }

    /// The request with its values.
    #[must_use]
    pub fn with_values(mut self, values: BTreeMap<Name, String>) -> Self {
        self.values = values;
        self
    }
}

impl WantedValue {
    /// The value that stands in a table. `source` is the table's name, for the message where there is none.
    pub fn read(&self, table: &str, source: &str) -> Result<String, String> {
        let found = match &self.place {
            ValuePlace::Json { pointer, find, field } => in_json(table, pointer, find, field.as_deref()),
            ValuePlace::Text { after, until } => in_text(table, after, until),
        };
        found.and_then(usable).map_err(|fault| {
            format!(
                "value {} is not in {source}: {fault}. Ask for a version of the tool that has it, or mend \
                 [values.{}] of the recipe ({VALUE})",
                self.name, self.name
            )
        })
    }
}

fn in_json(table: &str, pointer: &str, find: &[(String, String)], field: Option<&str>) -> Result<String, String> {
    let json: Json = serde_json::from_str(table).map_err(|error| format!("it is not JSON: {error}"))?;
    let at = json.pointer(pointer).ok_or_else(|| format!("it has no {pointer:?}"))?;
    let Some(field) = field else {
        return plain(at).ok_or_else(|| format!("{pointer:?} is neither a text nor a whole number"));
    };
    let entries: Vec<&Json> = match at {
        Json::Array(list) => list.iter().collect(),
        Json::Object(object) => object.values().collect(),
        _ => return Err(format!("{pointer:?} is neither a list nor an object")),
    };
    let has = |entry: &Json, (key, text): &(String, String)| entry.get(key).and_then(plain).as_ref() == Some(text);
    let mut chosen = entries.iter().filter(|entry| find.iter().all(|wanted| has(entry, wanted)));
    let described: Vec<String> = find.iter().map(|(key, text)| format!("{key} is {text:?}")).collect();
    let described = described.join(" and ");
    let Some(entry) = chosen.next() else {
        let (key, text) = &find[0];
        let known: Vec<String> = entries.iter().filter_map(|entry| entry.get(key).and_then(plain)).collect();
        let hint = suggestion(text, known.iter().map(String::as_str));
        return Err(format!("{pointer:?} has no entry whose {described}; of {key}, {hint}"));
    };
    if chosen.next().is_some() {
        return Err(format!("{pointer:?} has more than one entry whose {described}"));
    }
    entry
        .pointer(field)
        .and_then(plain)
        .ok_or_else(|| format!("the entry whose {described} has no text or whole number at {field:?}"))
}

/// A text, or a whole number as it is written.
fn plain(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) if number.is_u64() || number.is_i64() => Some(number.to_string()),
        _ => None,
    }
}

/// The value has to be the same wherever `after` stands. An empty `after` stands at the beginning alone.
fn in_text(table: &str, after: &str, until: &str) -> Result<String, String> {
    let mut found: Option<&str> = None;
    let places = if after.is_empty() { 1 } else { usize::MAX };
    for (at, _) in table.match_indices(after).take(places) {
        let rest = &table[at + after.len()..];
        let end = rest.find(until).ok_or_else(|| format!("no {until:?} follows {after:?}"))?;
        if found.is_some_and(|other| other != &rest[..end]) {
            return Err(format!("different texts follow {after:?}"));
        }
        found = Some(&rest[..end]);
    }
    found.map(str::to_owned).ok_or_else(|| format!("it has no {after:?}"))
}

/// A value that can be part of a path or an address.
fn usable(value: String) -> Result<String, String> {
    if value.is_empty() || value.chars().count() > MAX_LENGTH || value.chars().any(char::is_control) {
        return Err(format!(
            "what stands there is no text of 1 to {MAX_LENGTH} characters without control characters: {:?}",
            value.chars().take(40).collect::<String>()
        ));
    }
    Ok(value)
}
