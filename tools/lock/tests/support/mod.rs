//! A checker for the part of JSON Schema that our schemas use, and where the repository's files are.

#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(clippy::match_same_arms, reason = "each keyword for itself")]

pub mod inputs;

use std::path::PathBuf;

use serde_json::Value;

/// A file of the repository: Bazel runs tests in its root, cargo in the crate's folder.
pub fn repository(path: &str) -> PathBuf {
    let here = PathBuf::from(path);
    if here.exists() {
        return here;
    }
    PathBuf::from("../..").join(path)
}

pub fn read(path: &str) -> String {
    let file = repository(path);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// What does not fit a schema. A keyword that this checker does not know is a failure of the test.
pub fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    check(schema, schema, value, "$", &mut faults);
    faults
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    for (keyword, rule) in schema.as_object().expect("a schema is an object") {
        match keyword.as_str() {
            "$schema"
            | "$defs"
            | "title"
            | "description"
            | "pattern"
            | "uniqueItems"
            | "properties"
            | "additionalProperties"
            | "propertyNames" => {}
            "$ref" => {
                let target = root.pointer(rule.as_str().unwrap().trim_start_matches('#')).expect("the $ref is there");
                check(root, target, value, at, faults);
            }
            "type" => {
                let fits = match rule.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_u64() || value.is_i64(),
                    other => panic!("type {other}"),
                };
                if !fits {
                    faults.push(format!("{at} is no {rule}"));
                }
            }
            "const" if value != rule => faults.push(format!("{at} is not {rule}")),
            "enum" if !rule.as_array().unwrap().contains(value) => {
                faults.push(format!("{at} is {value}, none of {rule}"));
            }
            "minimum" if value.as_i64() < rule.as_i64() => faults.push(format!("{at} is less than {rule}")),
            "minLength" if value.as_str() == Some("") => faults.push(format!("{at} is empty")),
            "minItems" if value.as_array().is_some_and(Vec::is_empty) => faults.push(format!("{at} is empty")),
            "const" | "enum" | "minimum" | "minLength" | "minItems" => {}
            "required" => {
                for name in rule.as_array().unwrap() {
                    if value.get(name.as_str().unwrap()).is_none() {
                        faults.push(format!("{at} has no {name}"));
                    }
                }
            }
            "oneOf" => one_of(root, rule, value, at, faults),
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, rule, item, &format!("{at}[{index}]"), faults);
                }
            }
            other => panic!("keyword {other}"),
        }
    }
    object(root, schema, value, at, faults);
}

fn one_of(root: &Value, rules: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let outcomes: Vec<Vec<String>> = rules
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| {
            let mut found = Vec::new();
            check(root, rule, value, at, &mut found);
            found
        })
        .collect();
    let fitting = outcomes.iter().filter(|found| found.is_empty()).count();
    if fitting != 1 {
        let nearest = outcomes.into_iter().min_by_key(Vec::len).unwrap_or_default();
        faults.push(format!("{at} fits {fitting} forms; the nearest: {}", nearest.join("; ")));
    }
}

fn object(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let Some(entries) = value.as_object() else { return };
    for (name, item) in entries {
        let place = format!("{at}.{name}");
        if let Some(rule) = schema.get("propertyNames") {
            check(root, rule, &Value::String(name.clone()), &place, faults);
        }
        match (schema.get("properties").and_then(|known| known.get(name)), schema.get("additionalProperties")) {
            (Some(rule), _) => check(root, rule, item, &place, faults),
            (None, Some(Value::Bool(false))) => faults.push(format!("{place} is not known")),
            (None, Some(rule)) => check(root, rule, item, &place, faults),
            (None, None) => {}
        }
    }
}
