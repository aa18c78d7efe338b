//! `[[artifacts]]` and `[[lookups]]`.

use std::collections::BTreeMap;

use crate::step::Encoding;
use crate::{Algorithm, Format, Name, Role};

use super::check::Place;
use super::error::{FORM, INTEGRITY, REFERENCE};
use super::parse::Reading;
use super::reader::Table;
use super::{ArtifactRule, DigestRule, Lookup, SourceRule};

const ALGORITHMS: &[(&str, Algorithm)] =
    &[("sha256", Algorithm::Sha256), ("sha384", Algorithm::Sha384), ("sha512", Algorithm::Sha512)];
const ENCODINGS: &[(&str, Encoding)] = &[("base64", Encoding::Base64), ("hex", Encoding::Hex)];

pub(super) fn lookups(reading: &Reading<'_>, table: &mut Table<'_, '_>) -> BTreeMap<Name, Lookup> {
    let mut lookups = BTreeMap::new();
    for mut entry in table.tables("lookups") {
        let id = entry.need("id");
        let id = reading.name(id);
        let source = source(reading, &mut entry, Role::Any);
        let format = format(reading, &mut entry);
        let member = reading.take_template(&mut entry, "member", Role::Any, Place::Artifact);
        let line = entry.line;
        if let Some(format) = format {
            let wrong = match (&member, format) {
                (None, Format::File) | (Some(_), Format::TarGz | Format::Tar) => None,
                (None, _) => Some("has no member: say which file of the archive is the table"),
                (Some(_), _) => Some("has a member, and tables are read only from tar, tar.gz and plain files"),
            };
            if let Some(wrong) = wrong {
                reading.source.error(line, FORM, format!("this lookup {wrong}"));
            }
        }
        entry.finish();
        if let (Some(id), Some(source), Some(format)) = (id, source, format) {
            let id_text = id.to_string();
            if lookups.insert(id, Lookup { source, format, member, line }).is_some() {
                reading.source.error(line, FORM, format!("there is another lookup {id_text}"));
            }
        }
    }
    lookups
}

pub(super) fn artifacts(reading: &Reading<'_>, table: &mut Table<'_, '_>) -> Vec<ArtifactRule> {
    let mut rules: Vec<ArtifactRule> = Vec::new();
    for mut entry in table.tables("artifacts") {
        if let Some(rule) = artifact(reading, &mut entry) {
            if let Some(other) = rules.iter().find(|other| other.id == rule.id) {
                let message = format!("artifact {} is already on line {}: ids are unique", rule.id, other.line);
                reading.source.error(rule.line, FORM, message);
            }
            rules.push(rule);
        }
        entry.finish();
    }
    rules
}

fn artifact(reading: &Reading<'_>, entry: &mut Table<'_, '_>) -> Option<ArtifactRule> {
    let line = entry.line;
    let id = entry.need("id");
    let id = reading.name(id);
    let role = reading.role(entry).unwrap_or_default();
    let source = source(reading, entry, role);
    let tool_url = reading.take_template(entry, "tool_url", role, Place::Artifact);
    let format = format(reading, entry);
    let when = super::sections::when(reading, entry);
    let digest = digest(reading, entry, role, source.as_ref(), id.as_ref());
    let signature = super::signature::signature(reading, entry, role, source.as_ref(), digest.as_ref());
    let shared = entry.flag("shared");
    let ask_size = match entry.take("size") {
        Some(size) => reading.word(&size, &[("ask", true), ("unknown", false)]).unwrap_or(true),
        None => true,
    };
    Some(ArtifactRule {
        id: id?,
        role,
        source: source?,
        tool_url,
        format: format?,
        when,
        digest: digest?,
        signature,
        shared,
        ask_size,
        line,
    })
}

fn source(reading: &Reading<'_>, entry: &mut Table<'_, '_>, role: Role) -> Option<SourceRule> {
    let line = entry.line;
    let purl = reading.take_template(entry, "purl", role, Place::Artifact);
    let url = reading.take_template(entry, "url", role, Place::Artifact);
    let mirrors = reading.templates(entry, "mirrors", role, Place::Artifact);
    match (purl, url) {
        (Some(purl), None) if mirrors.is_empty() => Some(SourceRule::Purl(purl)),
        (None, Some(url)) => Some(SourceRule::Urls(std::iter::once(url).chain(mirrors).collect())),
        (Some(_), None) => {
            let message =
                format!("{} has mirrors beside a purl: a registry's mirror is set where it is used", entry.what);
            reading.source.error(line, FORM, message);
            None
        }
        (purl, _) => {
            let what = if purl.is_some() { "both purl and url" } else { "neither purl nor url" };
            reading.source.error(line, FORM, format!("{} has {what}: it needs one of them", entry.what));
            None
        }
    }
}

fn format(reading: &Reading<'_>, entry: &mut Table<'_, '_>) -> Option<Format> {
    entry.need("format")?.text()?.parse(reading.source, FORM)
}

fn digest(
    reading: &Reading<'_>,
    entry: &mut Table<'_, '_>,
    role: Role,
    source: Option<&SourceRule>,
    id: Option<&Name>,
) -> Option<DigestRule> {
    let from_npm = matches!(source, Some(SourceRule::Purl(_)));
    let Some(value) = entry.take("digest") else {
        if from_npm {
            return Some(DigestRule::Npm);
        }
        if source.is_some() {
            let message = format!(
                "artifact {} does not say how its digest is learnt: add digest = {{ from = \"checksums\", … }} where \
                 upstream publishes one, or digest = {{ from = \"download\" }}",
                id.map_or("?", Name::as_str)
            );
            reading.source.error(entry.line, INTEGRITY, message);
        }
        return None;
    };
    let mut table = value.table("digest")?;
    let from = table.need("from")?;
    let words =
        [("checksums", "checksums"), ("download", "download"), ("json", "json"), ("npm", "npm"), ("text", "text")];
    let found = match reading.word(&from, &words)? {
        "npm" => {
            if !from_npm {
                reading.source.error(table.line, INTEGRITY, "only a purl of type npm has its digest from npm");
            }
            Some(DigestRule::Npm)
        }
        "download" => Some(DigestRule::Download),
        "checksums" => checksums(reading, &mut table, role),
        kind => lookup(reading, &mut table, role, kind),
    };
    table.finish();
    found
}

fn checksums(reading: &Reading<'_>, table: &mut Table<'_, '_>, role: Role) -> Option<DigestRule> {
    let url = reading.need_template(table, "url", role, Place::Artifact);
    let file = reading.take_template(table, "file", role, Place::Artifact);
    let algorithm = table.need("algorithm").and_then(|value| reading.word(&value, ALGORITHMS));
    Some(DigestRule::Checksums { url: url?, file, algorithm: algorithm? })
}

fn lookup(reading: &Reading<'_>, table: &mut Table<'_, '_>, role: Role, kind: &str) -> Option<DigestRule> {
    let line = table.line;
    let lookup = table.need("lookup");
    let lookup = reading.name(lookup);
    let algorithm = table.need("algorithm").and_then(|value| reading.word(&value, ALGORITHMS));
    let encoding = match table.take("encoding") {
        Some(value) => reading.word(&value, ENCODINGS),
        None => Some(Encoding::Hex),
    };
    let key = if kind == "json" { "pointer" } else { "after" };
    let place = reading.need_template(table, key, role, Place::Artifact);
    let (lookup, algorithm, encoding, place) = (lookup?, algorithm?, encoding?, place?);
    Some(if kind == "json" {
        if place.plain().is_some_and(|pointer| !pointer.starts_with('/')) {
            reading.source.error(line, REFERENCE, "a JSON pointer begins with /");
        }
        DigestRule::Json { lookup, pointer: place, algorithm, encoding }
    } else {
        DigestRule::Text { lookup, after: place, algorithm, encoding }
    })
}
