//! Reading TOML with the line of everything, so that each mistake is told with its place.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::str::FromStr;

use toml::de::{DeTable, DeValue};
use toml::Spanned;

use super::error::{suggestion, RecipeError, RecipeErrors, FORM, UNKNOWN_KEY};

/// A recipe's text, and the mistakes found in it so far.
pub struct Source<'a> {
    file: &'a str,
    /// Where each line starts.
    lines: Vec<usize>,
    errors: RefCell<Vec<RecipeError>>,
}

impl<'a> Source<'a> {
    pub fn new(file: &'a str, text: &str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file, lines, errors: RefCell::default() }
    }

    /// The line of a place in the text, from 1.
    pub fn line(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset)
    }

    /// Notes a mistake.
    pub fn error(&self, line: usize, code: &'static str, message: impl Into<String>) {
        let error = RecipeError { file: self.file.to_owned(), line, message: message.into(), code };
        let mut errors = self.errors.borrow_mut();
        if !errors.contains(&error) {
            errors.push(error);
        }
    }

    /// The value, unless a mistake was noted.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, RecipeErrors> {
        let mut errors = self.errors.into_inner();
        errors.sort_by_key(|error| error.line);
        match value {
            Some(value) if errors.is_empty() => Ok(value),
            _ => Err(RecipeErrors(errors)),
        }
    }
}

/// A value with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At<T> {
    /// The line, from 1.
    pub line: usize,
    /// The value.
    pub value: T,
}

/// A TOML table of which keys are taken one by one; what is left at the end is a mistake.
pub struct Table<'s, 't> {
    pub source: &'s Source<'s>,
    /// What the table is, for messages: `artifacts`, `step "place"`.
    pub what: String,
    pub line: usize,
    rest: BTreeMap<String, (usize, &'t Spanned<DeValue<'t>>)>,
    known: Vec<&'static str>,
}

impl<'s, 't> Table<'s, 't> {
    pub fn new(source: &'s Source<'s>, what: impl Into<String>, line: usize, table: &'t DeTable<'t>) -> Self {
        let rest = table
            .iter()
            .map(|(key, value)| (key.get_ref().to_string(), (source.line(key.span().start), value)))
            .collect();
        Self { source, what: what.into(), line, rest, known: Vec::new() }
    }

    /// Takes a key's value.
    pub fn take(&mut self, key: &'static str) -> Option<Value<'s, 't>> {
        self.known.push(key);
        let (line, value) = self.rest.remove(key)?;
        Some(Value { source: self.source, what: format!("{} of {}", key, self.what), line, value: value.get_ref() })
    }

    /// Takes a key that must be there.
    pub fn need(&mut self, key: &'static str) -> Option<Value<'s, 't>> {
        let value = self.take(key);
        if value.is_none() {
            self.source.error(self.line, FORM, format!("{} has no {key}", self.what));
        }
        value
    }

    /// Takes all that is left: a table whose keys are free.
    pub fn take_rest(&mut self) -> Vec<(At<String>, Value<'s, 't>)> {
        std::mem::take(&mut self.rest)
            .into_iter()
            .map(|(key, (line, value))| {
                let what = format!("{key} of {}", self.what);
                (At { line, value: key }, Value { source: self.source, what, line, value: value.get_ref() })
            })
            .collect()
    }

    pub fn text(&mut self, key: &'static str) -> Option<At<String>> {
        self.take(key)?.text()
    }

    pub fn flag(&mut self, key: &'static str) -> bool {
        self.take(key).and_then(|value| value.flag()).unwrap_or(false)
    }

    pub fn texts(&mut self, key: &'static str) -> Vec<At<String>> {
        self.take(key).map(|value| value.texts()).unwrap_or_default()
    }

    /// A key's number, not negative.
    pub fn number(&mut self, key: &'static str) -> Option<u64> {
        self.take(key)?.number()
    }

    /// The table under a key; an empty one where there is none.
    pub fn table(&mut self, key: &'static str) -> Option<Table<'s, 't>> {
        self.take(key)?.table(key)
    }

    /// The tables of a list of tables.
    pub fn tables(&mut self, key: &'static str) -> Vec<Table<'s, 't>> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let Some(items) = value.value.as_array() else {
            value.wrong(&format!("a list of tables: write [[{key}]] above each"));
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| {
                let line = self.source.line(item.span().start);
                let value =
                    Value { source: self.source, what: format!("an entry of {key}"), line, value: item.get_ref() };
                value.table(&format!("[[{key}]]"))
            })
            .collect()
    }

    /// Passes over keys that cannot be looked into, because of another mistake.
    pub fn skip(&mut self, keys: &'static [&'static str]) {
        self.known.extend(keys);
        self.rest.retain(|key, _| !keys.contains(&key.as_str()));
    }

    /// Every key that was not taken is a mistake.
    pub fn finish(self) {
        for (key, (line, _)) in &self.rest {
            let hint = suggestion(key, self.known.iter().copied());
            self.source.error(*line, UNKNOWN_KEY, format!("{} has no key {key:?}: {hint}", self.what));
        }
    }
}

/// A value with its place.
#[allow(clippy::struct_field_names, reason = "the value of a value with its place")]
pub struct Value<'s, 't> {
    pub source: &'s Source<'s>,
    pub what: String,
    pub line: usize,
    pub value: &'t DeValue<'t>,
}

impl<'s, 't> Value<'s, 't> {
    /// Notes that the value is of another type.
    pub fn wrong(&self, expected: &str) {
        let message = format!("{} is {}, and has to be {expected}", self.what, self.value.type_str());
        self.source.error(self.line, FORM, message);
    }

    pub fn text(&self) -> Option<At<String>> {
        if let Some(text) = self.value.as_str() {
            Some(At { line: self.line, value: text.to_owned() })
        } else {
            self.wrong("a text in quotes");
            None
        }
    }

    pub fn flag(&self) -> Option<bool> {
        if self.value.as_bool().is_none() {
            self.wrong("true or false");
        }
        self.value.as_bool()
    }

    pub fn number(&self) -> Option<u64> {
        let number =
            self.value.as_integer().and_then(|number| u64::from_str_radix(number.as_str(), number.radix()).ok());
        if number.is_none() {
            self.wrong("a whole number that is not negative");
        }
        number
    }

    pub fn texts(&self) -> Vec<At<String>> {
        let Some(items) = self.value.as_array() else {
            self.wrong("a list of texts");
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| {
                let line = self.source.line(item.span().start);
                Value { source: self.source, what: self.what.clone(), line, value: item.get_ref() }.text()
            })
            .collect()
    }

    pub fn table(&self, what: &str) -> Option<Table<'s, 't>> {
        if let Some(table) = self.value.as_table() {
            Some(Table::new(self.source, what, self.line, table))
        } else {
            self.wrong("a table");
            None
        }
    }
}

impl At<String> {
    /// The text as a value of a type that tells what is wrong by itself, its code included.
    pub fn parse<T>(&self, source: &Source<'_>, code: &'static str) -> Option<T>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        match self.value.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                // The data model's own code gives way to that of the recipe, which is where the remedy is.
                let message: String = T::Err::to_string(&error);
                let message = message.rsplit_once(" (LT").map_or(message.as_str(), |(message, _)| message);
                source.error(self.line, code, message);
                None
            }
        }
    }
}
