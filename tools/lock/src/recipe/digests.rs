//! `digest` of an artifact: where its digest is published, if it is.

use crate::step::Encoding;
use crate::{Algorithm, Role};

use super::check::Place;
use super::error::{FORM, INTEGRITY, REFERENCE};
use super::parse::Reading;
use super::reader::Table;
use super::{DigestRule, SourceRule, TableRule};

const ALGORITHMS: &[(&str, Algorithm)] =
    &[("sha256", Algorithm::Sha256), ("sha384", Algorithm::Sha384), ("sha512", Algorithm::Sha512)];
const ENCODINGS: &[(&str, Encoding)] = &[("base64", Encoding::Base64), ("hex", Encoding::Hex)];

/// The words for where a digest is from, sorted.
const SOURCES: &[(&str, &str)] = &[
    ("checksums", "checksums"),
    ("download", "download"),
    ("github", "github"),
    ("go_sum", "go_sum"),
    ("header", "header"),
    ("json", "json"),
    ("npm", "npm"),
    ("registry", "registry"),
    ("text", "text"),
];

pub(super) fn digest(
    reading: &Reading<'_>,
    mut table: Table<'_, '_>,
    role: Role,
    source: Option<&SourceRule>,
) -> Option<DigestRule> {
    let from = table.need("from")?;
    let kind = reading.word(&from, SOURCES)?;
    let wrong = |message: &str| reading.source.error(table.line, INTEGRITY, message);
    match (kind, source) {
        ("npm", Some(source)) if !begins(source, "pkg:npm/") => {
            wrong("only a purl of type npm has its digest from npm");
        }
        ("registry", Some(SourceRule::Urls(_))) => wrong("only what has a purl has its digest from a registry"),
        ("go_sum", Some(source)) if !begins(source, "pkg:golang/") => {
            wrong("only a purl of type golang has its sum in go.sum");
        }
        ("github" | "header", Some(SourceRule::Purl(_))) => {
            wrong(&format!("only what has a url has its digest from a {kind}: a purl's registry has it"));
        }
        _ => {}
    }
    let found = match kind {
        "npm" | "registry" => Some(DigestRule::Registry),
        "github" => Some(DigestRule::Github),
        "download" => Some(DigestRule::Download),
        "go_sum" => {
            let file = table.need("file");
            reading.name(file).map(|file| DigestRule::GoSum { file })
        }
        "header" => header(reading, &mut table),
        "checksums" => checksums(reading, &mut table, role),
        kind => lookup(reading, &mut table, role, kind),
    };
    table.finish();
    found
}

/// Whether a source can begin with this text; of one that begins with a variable nothing is known.
fn begins(source: &SourceRule, text: &str) -> bool {
    match source {
        SourceRule::Purl(purl) => purl.start().is_none_or(|start| start.starts_with(text)),
        SourceRule::Urls(_) => false,
    }
}

fn header(reading: &Reading<'_>, table: &mut Table<'_, '_>) -> Option<DigestRule> {
    let line = table.line;
    let name = table.need("name").and_then(|name| name.text());
    let algorithm = algorithm(reading, table);
    let encoding = encoding(reading, table);
    let name = name?.value.to_ascii_lowercase();
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
        reading.source.error(line, FORM, format!("{name:?} is no name of an HTTP header"));
    }
    Some(DigestRule::Header { name, algorithm: algorithm?, encoding: encoding? })
}

fn checksums(reading: &Reading<'_>, table: &mut Table<'_, '_>, role: Role) -> Option<DigestRule> {
    let url = reading.need_template(table, "url", role, Place::Artifact);
    let file = reading.take_template(table, "file", role, Place::Artifact);
    let algorithm = algorithm(reading, table);
    Some(DigestRule::Checksums { url: url?, file, algorithm: algorithm? })
}

fn lookup(reading: &Reading<'_>, table: &mut Table<'_, '_>, role: Role, kind: &str) -> Option<DigestRule> {
    let line = table.line;
    let url = if kind == "json" { reading.take_template(table, "url", role, Place::Artifact) } else { None };
    let lookup = table.take("lookup");
    if url.is_some() == lookup.is_some() {
        let what = match (kind, url) {
            ("json", Some(_)) => "digest has both lookup and url: it needs one of them",
            ("json", None) => "digest has neither lookup nor url: it needs one of them",
            _ => "digest has no lookup",
        };
        reading.source.error(line, FORM, what);
        return None;
    }
    let lookup = reading.name(lookup);
    let algorithm = algorithm(reading, table);
    let encoding = encoding(reading, table);
    let key = if kind == "json" { "pointer" } else { "after" };
    let place = reading.need_template(table, key, role, Place::Artifact);
    let (algorithm, encoding, place) = (algorithm?, encoding?, place?);
    if kind != "json" {
        return Some(DigestRule::Text { lookup: lookup?, after: place, algorithm, encoding });
    }
    if place.plain().is_some_and(|pointer| !pointer.starts_with('/')) {
        reading.source.error(line, REFERENCE, "a JSON pointer begins with /");
    }
    let table = match url {
        Some(url) => TableRule::Url(url),
        None => TableRule::Lookup(lookup?),
    };
    Some(DigestRule::Json { table, pointer: place, algorithm, encoding })
}

fn algorithm(reading: &Reading<'_>, table: &mut Table<'_, '_>) -> Option<Algorithm> {
    table.need("algorithm").and_then(|value| reading.word(&value, ALGORITHMS))
}

fn encoding(reading: &Reading<'_>, table: &mut Table<'_, '_>) -> Option<Encoding> {
    match table.take("encoding") {
        Some(value) => reading.word(&value, ENCODINGS),
        None => Some(Encoding::Hex),
    }
}
