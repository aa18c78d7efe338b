//! The sections of a recipe that are small.

use std::collections::BTreeMap;

use crate::{AccessMode, Name, Platform, Reach, Role};

use super::check::Place;
use super::error::{FORM, PATHS, PLATFORM};
use super::parse::Reading;
use super::reader::Table;
use super::{
    AccessRule, ClosureKind, EnvironmentRule, PackagesRule, Param, ParamKind, RuntimeFileRule, Template, VersionRange,
    When,
};

pub(super) fn platforms(
    reading: &Reading<'_>,
    table: &mut Table<'_, '_>,
) -> BTreeMap<Platform, BTreeMap<String, String>> {
    let mut platforms = BTreeMap::new();
    let Some(mut table) = table.table("platforms") else { return platforms };
    for (name, value) in table.take_rest() {
        let platform = name.parse::<Platform>(reading.source, PLATFORM);
        let Some(mut words) = value.table(&format!("platforms.{}", name.value)) else { continue };
        let words = words
            .take_rest()
            .into_iter()
            .filter_map(|(word, value)| {
                if word.value == "name" {
                    let message = "the word \"name\" is taken: {platform.name} is our own name of the platform";
                    reading.source.error(word.line, FORM, message);
                }
                Some((word.value, value.text()?.value))
            })
            .collect();
        if let Some(platform) = platform {
            platforms.insert(platform, words);
        }
    }
    platforms
}

pub(super) fn params(reading: &Reading<'_>, table: &mut Table<'_, '_>) -> BTreeMap<Name, Param> {
    let mut params = BTreeMap::new();
    let Some(mut table) = table.table("params") else { return params };
    for (name, value) in table.take_rest() {
        let Some(mut param) = value.table(&format!("params.{}", name.value)) else { continue };
        if name.value == "version" || name.value == "platforms" {
            let message = "a parameter cannot be called version or platforms: a request has these already";
            reading.source.error(name.line, FORM, message);
        }
        let required = param.flag("required");
        let rule = Param {
            doc: param.need("doc").and_then(|doc| doc.text()).map(|doc| doc.value).unwrap_or_default(),
            default: reading.take_template(&mut param, "default", Role::Any, Place::Default),
            choices: param.texts("choices").into_iter().map(|choice| choice.value).collect(),
            kind: param
                .take("kind")
                .and_then(|kind| {
                    let kinds = [
                        ("npm_package", ParamKind::NpmPackage),
                        ("text", ParamKind::Text),
                        ("version", ParamKind::Version),
                    ];
                    reading.word(&kind, &kinds)
                })
                .unwrap_or_default(),
        };
        if required == rule.default.is_some() {
            let message = format!("parameter {} needs one of the two: a default, or required = true", name.value);
            reading.source.error(name.line, FORM, message);
        }
        if let Some(default) = rule.default.as_ref().and_then(Template::plain) {
            if !rule.choices.is_empty() && !rule.choices.contains(&default) {
                let message = format!("the default {default:?} of parameter {} is not among its choices", name.value);
                reading.source.error(name.line, FORM, message);
            }
        }
        param.finish();
        if let Some(name) = name.parse(reading.source, FORM) {
            params.insert(name, rule);
        }
    }
    params
}

pub(super) fn files(reading: &Reading<'_>, table: &mut Table<'_, '_>) -> BTreeMap<Name, String> {
    let mut files = BTreeMap::new();
    let Some(mut table) = table.table("files") else { return files };
    for (name, value) in table.take_rest() {
        let Some(mut file) = value.table(&format!("files.{}", name.value)) else { continue };
        let doc = file.need("doc").and_then(|doc| doc.text()).map(|doc| doc.value);
        file.finish();
        if let (Some(name), Some(doc)) = (name.parse(reading.source, FORM), doc) {
            files.insert(name, doc);
        }
    }
    files
}

/// `when = { param = "value", other = ["a", "b"], version = ">=2", platforms = ["windows_x86_64"] }`
pub(super) fn when(reading: &Reading<'_>, table: &mut Table<'_, '_>) -> When {
    let mut when = When::default();
    let Some(mut conditions) = table.table("when") else { return when };
    for (key, value) in conditions.take_rest() {
        if key.value == "platforms" {
            for platform in value.texts() {
                when.platforms.extend(platform.parse::<Platform>(reading.source, PLATFORM));
            }
            continue;
        }
        if key.value == "version" {
            when.version = value.text().and_then(|text| text.parse::<VersionRange>(reading.source, FORM));
            continue;
        }
        let values = if value.value.is_array() { value.texts() } else { value.text().into_iter().collect() };
        let values = values.into_iter().map(|value| value.value).collect();
        if let Some(name) = key.parse::<Name>(reading.source, FORM) {
            when.params.insert(name, values);
        }
    }
    when
}

pub(super) fn packages(reading: &Reading<'_>, table: &mut Table<'_, '_>) -> Vec<PackagesRule> {
    let mut rules = Vec::new();
    for mut entry in table.tables("packages") {
        let from = entry.need("from").and_then(|from| reading.word(&from, ClosureKind::WORDS));
        let file = entry.need("file");
        let file = reading.name(file);
        let to = reading.need_template(&mut entry, "to", Role::Any, Place::Path);
        let mut options = BTreeMap::new();
        if from.is_none() {
            // Which options there are is not known.
            for (_, kind) in ClosureKind::WORDS {
                entry.skip(kind.options());
            }
        }
        for key in from.map(ClosureKind::options).unwrap_or_default() {
            let template = reading.take_template(&mut entry, key, Role::Any, Place::Path);
            options.extend(template.map(|template| (*key, template)));
        }
        let when = when(reading, &mut entry);
        let line = entry.line;
        entry.finish();
        if let (Some(from), Some(file), Some(to)) = (from, file, to) {
            rules.push(PackagesRule { from, file, to, options, when, line });
        }
    }
    rules
}

pub(super) fn environment(reading: &Reading<'_>, table: &mut Table<'_, '_>) -> BTreeMap<Role, EnvironmentRule> {
    let mut rules = BTreeMap::new();
    let Some(mut table) = table.table("environment") else { return rules };
    for (key, role) in [("host", Role::Host), ("target", Role::Target)] {
        if let Some(mut part) = table.table(key) {
            rules.insert(role, variables(reading, &mut part, role));
            part.finish();
        }
    }
    let any = variables(reading, &mut table, Role::Any);
    table.finish();
    rules.insert(Role::Any, any);
    rules
}

fn variables(reading: &Reading<'_>, table: &mut Table<'_, '_>, role: Role) -> EnvironmentRule {
    let mut found = EnvironmentRule::default();
    if let Some(mut set) = table.table("set") {
        for (name, value) in set.take_rest() {
            let value = value.text().and_then(|text| reading.template(&text, role, Place::Run));
            if let (Some(name), Some(value)) = (reading.template(&name, role, Place::Path), value) {
                found.set.push((name, value));
            }
        }
    }
    for name in table.texts("clear") {
        if found.set.iter().any(|(set, _)| set.plain().as_ref() == Some(&name.value)) {
            reading.source.error(name.line, FORM, format!("variable {} is both set and cleared", name.value));
        }
        if !is_variable(&name.value) {
            reading.source.error(name.line, FORM, no_variable(&name.value));
        }
        found.clear.insert(name.value);
    }
    for (line, name) in found.set.iter().filter_map(|(name, _)| Some((name.line, name.plain()?))) {
        if !is_variable(&name) {
            reading.source.error(line, FORM, no_variable(&name));
        }
    }
    found
}

/// Whether a text can be the name of an environment variable.
pub(super) fn is_variable(name: &str) -> bool {
    !name.is_empty() && !name.contains(['=', '\0'])
}

/// What is wrong with the name of a variable.
pub(super) fn no_variable(name: &str) -> String {
    format!("{name:?} cannot be the name of a variable")
}

pub(super) fn runtime_files(reading: &Reading<'_>, table: &mut Table<'_, '_>) -> Vec<RuntimeFileRule> {
    let mut rules = Vec::new();
    for mut entry in table.tables("runtime_files") {
        let role = reading.role(&mut entry).unwrap_or_default();
        let to_line = entry.line;
        let to = entry.need("to").and_then(|to| to.text());
        if let Some(to) = &to {
            let inside = ["{home}/", "{tmp}/"].iter().any(|folder| to.value.starts_with(folder));
            if !inside || to.value.split('/').any(|name| name == "..") {
                let message = "to has to begin with {home}/ or {tmp}/ and to stay inside";
                reading.source.error(to_line, PATHS, message);
            }
        }
        let to = to.and_then(|to| reading.template(&to, role, Place::Run));
        let text = reading.need_template(&mut entry, "text", role, Place::Run);
        entry.finish();
        if let (Some(to), Some(text)) = (to, text) {
            rules.push(RuntimeFileRule { role, to, text });
        }
    }
    rules
}

pub(super) fn access(reading: &Reading<'_>, table: &mut Table<'_, '_>) -> AccessRule {
    let mut access = AccessRule::default();
    let Some(mut table) = table.table("access") else { return access };
    if let Some(mode) = table.take("mode") {
        let modes = [("copy", AccessMode::Copy), ("layered", AccessMode::Layered), ("readonly", AccessMode::Readonly)];
        access.mode = reading.word(&mode, &modes).unwrap_or_default();
    }
    access.paths = reading.templates(&mut table, "paths", Role::Any, Place::Path);
    if !access.paths.is_empty() && access.mode != AccessMode::Copy {
        reading.source.error(table.line, FORM, "access has paths, which only mode = \"copy\" uses");
    }
    access.exact = table.flag("exact");
    table.finish();
    access
}

pub(super) fn checks(reading: &Reading<'_>, table: &mut Table<'_, '_>) -> Vec<(Role, Template)> {
    let mut checks = Vec::new();
    let Some(mut table) = table.table("check") else { return checks };
    let mut take = |table: &mut Table<'_, '_>, role| {
        let templates = reading.templates(table, "exists", role, Place::Path);
        checks.extend(templates.into_iter().map(|template| (role, template)));
    };
    take(&mut table, Role::Any);
    for (key, role) in [("host", Role::Host), ("target", Role::Target)] {
        if let Some(mut part) = table.table(key) {
            take(&mut part, role);
            part.finish();
        }
    }
    table.finish();
    checks
}

pub(super) fn reaches(reading: &Reading<'_>, table: &mut Table<'_, '_>) -> Vec<Reach> {
    let mut reaches = Vec::new();
    for mut entry in table.tables("reaches") {
        let host = entry.need("host").and_then(|host| host.text());
        let remedy = entry.need("remedy").and_then(|remedy| remedy.text());
        entry.finish();
        if let (Some(host), Some(remedy)) = (host, remedy) {
            if host.value.contains('/') {
                let message = format!("host {:?} is more than a host's name: leave scheme and path out", host.value);
                reading.source.error(host.line, FORM, message);
            }
            reaches.push(Reach { host: host.value, remedy: remedy.value });
        }
    }
    reaches
}
