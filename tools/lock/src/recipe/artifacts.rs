//! `[[artifacts]]` and `[[lookups]]`.

use std::collections::BTreeMap;

use crate::{Format, Name, Role};

use super::check::Place;
use super::error::{FORM, INTEGRITY};
use super::parse::Reading;
use super::reader::Table;
use super::template::Template;
use super::{ArtifactRule, DigestRule, Lookup, SourceRule};

/// The types of package URLs that can be pinned, sorted; `lazytools_fetch` knows what each looks like.
pub const PURL_TYPES: &[&str] = &["cargo", "deb", "golang", "maven", "npm", "pypi"];

/// The qualifiers that a type cannot do without.
const NEEDED: &[(&str, &[&str])] = &[("deb", &["arch", "distro"]), ("pypi", &["file_name"])];

/// What is wrong with a purl, whatever its expressions stand for.
fn purl_fault(purl: &Template) -> Option<String> {
    // What begins with an expression is read when that is known.
    let start = purl.start()?;
    let ty = start.strip_prefix("pkg:").map(|rest| rest.split_once('/').map_or(rest, |(ty, _)| ty));
    let Some(ty) = ty.filter(|ty| PURL_TYPES.contains(ty)) else {
        let types = PURL_TYPES.join(", ");
        return Some(format!(
            "begins with {start:?}: write it as pkg:TYPE/NAME@VERSION, with one of the types {types}"
        ));
    };
    let needed = NEEDED.iter().find(|(needs, _)| *needs == ty).map_or(&[][..], |(_, keys)| keys);
    let text = purl.literals();
    let has = |key: &str| ["?", "&"].iter().any(|before| text.contains(&format!("{before}{key}=")));
    let missing = needed.iter().find(|key| !has(key))?;
    Some(format!("names no {missing}: add {missing}=… behind a ? or &"))
}

pub(super) fn lookups(reading: &Reading<'_>, table: &mut Table<'_, '_>) -> BTreeMap<Name, Lookup> {
    let mut lookups = BTreeMap::new();
    for mut entry in table.tables("lookups") {
        let id = entry.need("id");
        let id = reading.name(id);
        let source = source(reading, &mut entry, Role::Any, Place::Lookup);
        let format = format(reading, &mut entry);
        let member = reading.take_template(&mut entry, "member", Role::Any, Place::Lookup);
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
    let source = source(reading, entry, role, Place::Artifact);
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
        // What is wrong has been told; who names the artifact is not to be told that there is none.
        source: source.unwrap_or_else(|| SourceRule::Urls(Vec::new())),
        tool_url,
        format: format.unwrap_or(Format::TarGz),
        when,
        digest: digest.unwrap_or(DigestRule::Download),
        signature,
        shared,
        ask_size,
        line,
    })
}

fn source(reading: &Reading<'_>, entry: &mut Table<'_, '_>, role: Role, place: Place) -> Option<SourceRule> {
    let line = entry.line;
    let purl = reading.take_template(entry, "purl", role, place);
    let url = reading.take_template(entry, "url", role, place);
    let mirrors = reading.templates(entry, "mirrors", role, place);
    if let Some(wrong) = purl.as_ref().and_then(purl_fault) {
        reading.source.error(line, FORM, format!("{} has a purl that {wrong}", entry.what));
    }
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

/// How an artifact's digest is learnt; for a purl, the registry knows.
fn digest(
    reading: &Reading<'_>,
    entry: &mut Table<'_, '_>,
    role: Role,
    source: Option<&SourceRule>,
    id: Option<&Name>,
) -> Option<DigestRule> {
    if let Some(value) = entry.take("digest") {
        return super::digests::digest(reading, value.table("digest")?, role, source);
    }
    match source {
        Some(SourceRule::Purl(_)) => Some(DigestRule::Registry),
        Some(SourceRule::Urls(_)) => {
            let message = format!(
                "artifact {} does not say how its digest is learnt: add digest = {{ from = \"checksums\", … }} where \
                 upstream publishes one, or digest = {{ from = \"download\" }}",
                id.map_or("?", Name::as_str)
            );
            reading.source.error(entry.line, INTEGRITY, message);
            None
        }
        None => None,
    }
}
