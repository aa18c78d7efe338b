//! JSON with templates in its texts, for files that tools want in exactly one form.

use toml::de::DeValue;

use crate::step::TextPart;

use super::error::FORM;
use super::parse::Reading;
use super::reader::Value;
use super::template::{push, push_text, Scope, Template, TemplateError};
use super::Content;

/// A JSON value; the keys of an object are in the order in which the recipe has them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the kinds of JSON")]
pub enum Json {
    /// `true`, `false` or a whole number.
    Plain(String),
    Text(Template),
    List(Vec<Json>),
    Object(Vec<(Template, Json)>),
}

impl Json {
    pub(super) fn read(reading: &Reading<'_>, value: &Value<'_, '_>) -> Option<Self> {
        Some(match value.value {
            DeValue::String(_) => {
                let text = value.text()?;
                Self::Text(reading.unchecked(&text)?)
            }
            DeValue::Boolean(flag) => Self::Plain(flag.to_string()),
            DeValue::Integer(_) => Self::Plain(value.number()?.to_string()),
            DeValue::Array(items) => {
                let mut list = Vec::new();
                for item in items {
                    let line = reading.source.line(item.span().start);
                    let what = value.what.clone();
                    list.push(Self::read(reading, &Value { source: value.source, what, line, value: item.get_ref() })?);
                }
                Self::List(list)
            }
            DeValue::Table(table) => {
                let mut entries: Vec<_> = table.iter().collect();
                entries.sort_by_key(|(key, _)| key.span().start);
                let mut object = Vec::new();
                for (key, item) in entries {
                    let line = reading.source.line(key.span().start);
                    let text = super::reader::At { line, value: key.get_ref().to_string() };
                    let what = value.what.clone();
                    let item = Value { source: value.source, what, line, value: item.get_ref() };
                    object.push((reading.unchecked(&text)?, Self::read(reading, &item)?));
                }
                Self::Object(object)
            }
            DeValue::Float(_) | DeValue::Datetime(_) => {
                reading.source.error(
                    value.line,
                    FORM,
                    "json holds texts, whole numbers, true, false, lists and tables",
                );
                return None;
            }
        })
    }

    /// The JSON without spaces.
    pub fn parts(&self, scope: &dyn Scope) -> Result<Vec<TextPart>, TemplateError> {
        let mut out = Vec::new();
        self.render(scope, &mut out)?;
        Ok(out)
    }

    fn render(&self, scope: &dyn Scope, out: &mut Vec<TextPart>) -> Result<(), TemplateError> {
        match self {
            Self::Plain(text) => push_text(out, text),
            Self::Text(template) => quote(template, scope, out)?,
            Self::List(items) => {
                push_text(out, "[");
                for (index, item) in items.iter().enumerate() {
                    push_text(out, if index > 0 { "," } else { "" });
                    item.render(scope, out)?;
                }
                push_text(out, "]");
            }
            Self::Object(entries) => {
                push_text(out, "{");
                for (index, (key, item)) in entries.iter().enumerate() {
                    push_text(out, if index > 0 { "," } else { "" });
                    quote(key, scope, out)?;
                    push_text(out, ":");
                    item.render(scope, out)?;
                }
                push_text(out, "}");
            }
        }
        Ok(())
    }

    fn visit(&self, see: &mut dyn FnMut(&Template)) {
        match self {
            Self::Plain(_) => {}
            Self::Text(template) => see(template),
            Self::List(items) => items.iter().for_each(|item| item.visit(see)),
            Self::Object(entries) => {
                for (key, item) in entries {
                    see(key);
                    item.visit(see);
                }
            }
        }
    }
}

/// A text in quotes; a digest needs no escapes.
fn quote(template: &Template, scope: &dyn Scope, out: &mut Vec<TextPart>) -> Result<(), TemplateError> {
    push_text(out, "\"");
    for part in template.parts(scope)? {
        match part {
            TextPart::Literal(text) => {
                let quoted = serde_json::Value::String(text).to_string();
                push_text(out, &quoted[1..quoted.len() - 1]);
            }
            digest @ TextPart::Digest(_) => push(out, digest),
        }
    }
    push_text(out, "\"");
    Ok(())
}

impl Content {
    /// Calls `see` with each template.
    pub(super) fn visit(&self, see: &mut dyn FnMut(&Template)) {
        match self {
            Self::Text(template) => see(template),
            Self::Json { value, .. } => value.visit(see),
        }
    }

    /// What the file holds.
    pub fn parts(&self, scope: &dyn Scope) -> Result<Vec<TextPart>, TemplateError> {
        match self {
            Self::Text(template) => template.parts(scope),
            Self::Json { value, newline } => {
                let mut parts = value.parts(scope)?;
                push_text(&mut parts, if *newline { "\n" } else { "" });
                Ok(parts)
            }
        }
    }
}
