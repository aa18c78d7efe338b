//! `[[layout]]`.

use crate::step::{DEFAULT_MAX_BYTES, DEFAULT_MAX_MEMBERS};
use crate::{FileMode, Format, Name, Role};

use super::check::Place;
use super::error::{suggestion, FORM, REFERENCE};
use super::json::Json;
use super::parse::Reading;
use super::reader::Table;
use super::template::Seen;
use super::variables::Variable;
use super::{ArtifactRule, Content, ExtractRule, StepKind, StepRule, Template};

#[derive(Clone, Copy)]
enum Kind {
    Directory,
    Extract,
    Place,
    Repack,
    Symlink,
    Write,
}

const KINDS: &[(&str, Kind)] = &[
    ("directory", Kind::Directory),
    ("extract", Kind::Extract),
    ("place", Kind::Place),
    ("repack", Kind::Repack),
    ("symlink", Kind::Symlink),
    ("write", Kind::Write),
];

/// The keys of all steps.
const KEYS: &[&str] = &[
    "artifact",
    "exclude",
    "include",
    "json",
    "max_bytes",
    "max_members",
    "members",
    "mode",
    "modes",
    "nested",
    "newline",
    "pick",
    "strip",
    "strip_prefix",
    "target",
    "text",
    "to",
];

pub(super) fn layout(reading: &Reading<'_>, table: &mut Table<'_, '_>, artifacts: &[ArtifactRule]) -> Vec<StepRule> {
    let mut rules = Vec::new();
    for mut entry in table.tables("layout") {
        let kind = entry.need("step").and_then(|step| reading.word(&step, KINDS).map(|kind| (kind, step.text())));
        let Some((kind, word)) = kind else { continue };
        entry.what = format!("step {:?}", word.map(|word| word.value).unwrap_or_default());
        match step(reading, &mut entry, kind, artifacts) {
            Some(rule) => rules.push(rule),
            None => entry.skip(KEYS),
        }
        entry.finish();
    }
    rules
}

fn step(reading: &Reading<'_>, entry: &mut Table<'_, '_>, kind: Kind, artifacts: &[ArtifactRule]) -> Option<StepRule> {
    let line = entry.line;
    let when = super::sections::when(reading, entry);
    let said = reading.role(entry);
    let artifact = match kind {
        Kind::Extract | Kind::Place | Kind::Repack => Some(artifact(reading, entry, artifacts)?),
        Kind::Directory | Kind::Symlink | Kind::Write => None,
    };
    let (content, named) = match kind {
        Kind::Write => {
            let content = content(reading, entry)?;
            let named = named_artifact(&content, artifacts);
            (Some(content), named)
        }
        _ => (None, None),
    };
    let role = said.or(artifact.or(named).map(|artifact| artifact.role)).unwrap_or_default();
    if let Some(artifact) = artifact.filter(|artifact| artifact.role != role) {
        let message = format!(
            "the step is for {} and artifact {} is for {}: a step's artifact has to be in the same part",
            role.name(),
            artifact.id,
            artifact.role.name()
        );
        reading.source.error(line, REFERENCE, message);
    }
    if let Some(artifact) = artifact {
        same_format(reading, entry, artifact);
    }
    let mut path = |key| reading.need_template(entry, key, role, Place::Path);
    let kind = match kind {
        Kind::Directory => StepKind::Directory { to: path("to")? },
        Kind::Symlink => StepKind::Symlink { to: path("to")?, target: path("target")? },
        Kind::Place => {
            let to = path("to")?;
            StepKind::Place { artifact: artifact?.id.clone(), to, mode: mode(reading, entry) }
        }
        Kind::Write => {
            let to = path("to")?;
            let content = content?;
            // Templates of a text are checked for the step's part, which is known only now.
            content.visit(&mut |template| reading.note(template, role, Place::Text));
            StepKind::Write { to, content, mode: mode(reading, entry) }
        }
        Kind::Repack => {
            let to = path("to")?;
            let members = reading.template_pairs(entry, "members", role, Place::Path);
            if members.is_empty() {
                reading.source.error(line, FORM, "a repack step needs members = { \"in the archive\" = \"new name\" }");
            }
            let max_bytes = entry.number("max_bytes").unwrap_or(DEFAULT_MAX_BYTES);
            archive(reading, line, artifact?);
            StepKind::Repack { artifact: artifact?.id.clone(), to, members, max_bytes }
        }
        Kind::Extract => StepKind::Extract(Box::new(extract(reading, entry, artifact?, role))),
    };
    Some(StepRule { role, when, kind, line })
}

fn extract(reading: &Reading<'_>, entry: &mut Table<'_, '_>, artifact: &ArtifactRule, role: Role) -> ExtractRule {
    let line = entry.line;
    let extract = ExtractRule {
        artifact: artifact.id.clone(),
        to: reading.take_template(entry, "to", role, Place::Path),
        nested: nested(reading, entry, artifact, role),
        strip: entry.number("strip").and_then(|strip| u32::try_from(strip).ok()).unwrap_or(0),
        strip_prefix: reading.take_template(entry, "strip_prefix", role, Place::Path),
        include: reading.templates(entry, "include", role, Place::Path),
        exclude: reading.templates(entry, "exclude", role, Place::Path),
        pick: reading.template_pairs(entry, "pick", role, Place::Path),
        modes: modes(reading, entry, role),
        max_bytes: entry.number("max_bytes").unwrap_or(DEFAULT_MAX_BYTES),
        max_members: entry.number("max_members").unwrap_or(DEFAULT_MAX_MEMBERS),
    };
    if artifact.format == Format::File {
        let message = format!("artifact {} is a plain file: use step = \"place\"", artifact.id);
        reading.source.error(line, FORM, message);
    }
    let (what, format) = match &extract.nested {
        Some((_, format)) => ("the nested file".to_owned(), *format),
        None => (format!("artifact {}", artifact.id), artifact.format),
    };
    let of_members = extract.strip > 0
        || extract.strip_prefix.is_some()
        || !(extract.include.is_empty() && extract.exclude.is_empty() && extract.pick.is_empty());
    if !format.is_archive() && format != Format::File {
        if of_members {
            let message = format!("{what} is a single file in {format}: it has no members");
            reading.source.error(line, FORM, message);
        }
        if extract.to.is_none() {
            reading.source.error(line, FORM, "a single compressed file needs to: the file's path");
        }
    }
    if let Some(prefix) = extract.strip_prefix.as_ref().and_then(Template::plain) {
        if !prefix.ends_with('/') {
            reading.source.error(line, FORM, format!("strip_prefix {prefix:?} has to end in /"));
        }
    }
    extract
}

/// `nested = { member = "…", format = "tar.br" }`: an archive's member that is to be extracted itself.
fn nested(
    reading: &Reading<'_>,
    entry: &mut Table<'_, '_>,
    artifact: &ArtifactRule,
    role: Role,
) -> Option<(Template, Format)> {
    let mut table = entry.table("nested")?;
    let member = reading.need_template(&mut table, "member", role, Place::Path);
    let text = table.need("format").and_then(|format| format.text());
    let format = text.and_then(|text| text.parse::<Format>(reading.source, FORM));
    if format == Some(Format::File) {
        let message = "nested is a plain file: name it in pick instead";
        reading.source.error(table.line, FORM, message);
    }
    if !artifact.format.is_archive() {
        let message =
            format!("artifact {} is a single file in {}: nothing is nested in it", artifact.id, artifact.format);
        reading.source.error(table.line, FORM, message);
    }
    table.finish();
    member.zip(format)
}

/// A step may repeat its artifact's format, and not change it.
fn same_format(reading: &Reading<'_>, entry: &mut Table<'_, '_>, artifact: &ArtifactRule) {
    let Some(text) = entry.text("format") else { return };
    if text.value != artifact.format.name() {
        let message = format!("artifact {} is {}, and the step says {:?}", artifact.id, artifact.format, text.value);
        reading.source.error(text.line, FORM, message);
    }
}

fn archive(reading: &Reading<'_>, line: usize, artifact: &ArtifactRule) {
    if !artifact.format.is_archive() {
        let message = format!("artifact {} is {}, and no archive with members", artifact.id, artifact.format);
        reading.source.error(line, FORM, message);
    }
}

/// The artifact that a step names.
fn artifact<'a>(
    reading: &Reading<'_>,
    entry: &mut Table<'_, '_>,
    artifacts: &'a [ArtifactRule],
) -> Option<&'a ArtifactRule> {
    let id = entry.need("artifact")?.text()?;
    let found = artifacts.iter().find(|artifact| artifact.id.as_str() == id.value);
    if found.is_none() {
        let hint = suggestion(&id.value, artifacts.iter().map(|artifact| artifact.id.as_str()));
        reading.source.error(id.line, REFERENCE, format!("there is no artifact {:?}: {hint}", id.value));
    }
    found
}

/// The first artifact that a text names.
fn named_artifact<'a>(content: &Content, artifacts: &'a [ArtifactRule]) -> Option<&'a ArtifactRule> {
    let mut named: Option<Name> = None;
    content.visit(&mut |template| {
        template.visit(&mut |seen| match seen {
            Seen::Member(id) | Seen::Variable(Variable::Artifact(id, _)) => {
                named.get_or_insert_with(|| id.clone());
            }
            Seen::Variable(_) => {}
        });
    });
    let named = named?;
    artifacts.iter().find(|artifact| artifact.id == named)
}

fn content(reading: &Reading<'_>, entry: &mut Table<'_, '_>) -> Option<Content> {
    let line = entry.line;
    let newline = entry.flag("newline");
    let text = entry.text("text");
    let json = entry.take("json");
    match (text, json) {
        (Some(text), None) => {
            if newline {
                reading.source.error(line, FORM, "newline is for json: a text says itself how it ends");
            }
            Some(Content::Text(reading.unchecked(&text)?))
        }
        (None, Some(value)) => Some(Content::Json { value: Json::read(reading, &value)?, newline }),
        (text, _) => {
            let has = if text.is_some() { "both text and json" } else { "neither text nor json" };
            reading.source.error(line, FORM, format!("the step has {has}: it needs one of them"));
            None
        }
    }
}

fn mode(reading: &Reading<'_>, entry: &mut Table<'_, '_>) -> FileMode {
    entry.text("mode").and_then(|mode| mode.parse(reading.source, FORM)).unwrap_or(FileMode::FILE)
}

fn modes(reading: &Reading<'_>, entry: &mut Table<'_, '_>, role: Role) -> Vec<(Template, FileMode)> {
    let Some(mut table) = entry.table("modes") else { return Vec::new() };
    table
        .take_rest()
        .into_iter()
        .filter_map(|(glob, mode)| {
            Some((reading.template(&glob, role, Place::Path)?, mode.text()?.parse(reading.source, FORM)?))
        })
        .collect()
}
