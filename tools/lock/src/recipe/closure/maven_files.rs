//! Files of a Maven repository, from a list of their paths.

use std::collections::BTreeMap;

use crate::{Algorithm, Format, Integrity, Source};

use super::super::error::RecipeError;
use super::super::expand::WantedDigest;
use super::context::{artifact, encode, place, Context};
use super::Closure;

/// What Maven and coursier note beside the files.
const NOTES: [&str; 9] =
    [".checked", ".computed", ".lastUpdated", ".lock", ".md5", ".properties", ".repositories", ".sha1", ".xml"];

pub(super) fn closure(context: &Context<'_>) -> Result<Closure, RecipeError> {
    let mut closure = Closure::default();
    if context.platform.is_some() {
        return Ok(closure);
    }
    let repository = match context.word("form", &["repository", "coursier"])? {
        "coursier" => Some(repository(context)?),
        _ => None,
    };
    let mut files: BTreeMap<&str, (String, WantedDigest)> = BTreeMap::new();
    for (number, line) in context.text.lines().enumerate() {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let (digest, path) = match words[..] {
            [] => continue,
            [comment, ..] if comment.starts_with('#') => continue,
            [path] => (WantedDigest::Registry, path),
            [digest, path] => match Integrity::from_hex(Algorithm::Sha256, digest) {
                Some(integrity) => (WantedDigest::Known(integrity), path),
                None => return Err(fail(context, number, line)),
            },
            _ => return Err(fail(context, number, line)),
        };
        let path = path.trim_start_matches('*').trim_start_matches("./");
        if NOTES.iter().any(|note| path.ends_with(note)) {
            continue;
        }
        let purl = purl(path).ok_or_else(|| fail(context, number, line))?;
        files.insert(path, (purl, digest));
    }
    for (path, (purl, digest)) in files {
        let id = context.id(path)?;
        closure.artifacts.push(artifact(id.clone(), Source::Purl(purl), Format::File, digest));
        let to = match &repository {
            Some(repository) => context.below(&coursier(&format!("{repository}/{path}")))?,
            None => context.below(path)?,
        };
        closure.steps.push(place(id, to));
    }
    Ok(closure)
}

fn fail(context: &Context<'_>, number: usize, line: &str) -> RecipeError {
    let message = format!(
        "{line:?} is no file of a Maven repository, as in org/example/lib/1.0/lib-1.0.jar, with or without its SHA-256 \
         before it: make the list anew, by `find . -type f | sort | xargs sha256sum` in a local repository"
    );
    context.fail(number + 1, message)
}

/// The address of the repository, as coursier's paths have it: `SCHEME/HOST/PATH`.
fn repository(context: &Context<'_>) -> Result<String, RecipeError> {
    let address = context.option("repository")?.unwrap_or_default();
    let plain = |text: &str| !text.is_empty() && !text.contains(['@', '?', '#', '\\']) && !text.contains("//");
    match address.trim_end_matches('/').split_once("://") {
        Some((scheme @ ("http" | "https"), rest)) if plain(rest) => Ok(format!("{scheme}/{rest}")),
        _ => {
            let message = format!(
                "repository is {address:?}, and has to be the address of a Maven repository as the tool names it, \
                 without a password, as in \"https://repository.example/maven2\""
            );
            Err(context.bad_option("repository", message))
        }
    }
}

/// A path in coursier's cache: of an address, without `:/`, everything that coursier takes for unsafe is escaped
/// (`CachePath.escape` in coursier/coursier, modules/paths).
fn coursier(path: &str) -> String {
    let escape = |c: char| if " %$&+,:;=?@<>#".contains(c) { format!("%{:02X}", u32::from(c)) } else { c.to_string() };
    path.chars().map(escape).collect()
}

/// The package URL of a file: `GROUP/ARTIFACT/VERSION/ARTIFACT-VERSION[-CLASSIFIER].TYPE`.
fn purl(path: &str) -> Option<String> {
    let mut parts = path.rsplitn(4, '/');
    let (file, version, artifact, group) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let rest = file.strip_prefix(artifact)?.strip_prefix('-')?.strip_prefix(version)?;
    let at = rest.find(".tar.").or_else(|| rest.rfind('.'))?;
    let (classifier, kind) = (&rest[..at], &rest[at + 1..]);
    let mut qualifiers = Vec::new();
    if !classifier.is_empty() {
        qualifiers.push(format!("classifier={}", encode(classifier.strip_prefix('-')?)));
    }
    if kind != "jar" {
        qualifiers.push(format!("type={}", encode(kind)));
    }
    let mark = if qualifiers.is_empty() { "" } else { "?" };
    let group = group.replace('/', ".");
    Some(format!("pkg:maven/{group}/{artifact}@{}{mark}{}", encode(version), qualifiers.join("&")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_the_cache_of_coursier() {
        assert_eq!(
            coursier("https/repository.example/maven2/a/b/1/b-1.jar"),
            "https/repository.example/maven2/a/b/1/b-1.jar"
        );
        assert_eq!(coursier("http/localhost:8081/a/b/1+2/b-1+2.jar"), "http/localhost%3A8081/a/b/1%2B2/b-1%2B2.jar");
    }

    #[test]
    fn files_and_their_purls() {
        let found = |path: &str| purl(path).unwrap_or_default();
        assert_eq!(found("org/example/lib/1.0/lib-1.0.jar"), "pkg:maven/org.example/lib@1.0");
        assert_eq!(found("org/example/lib/1.0/lib-1.0.pom"), "pkg:maven/org.example/lib@1.0?type=pom");
        assert_eq!(
            found("org/example/lib/1.0/lib-1.0-bin.tar.gz"),
            "pkg:maven/org.example/lib@1.0?classifier=bin&type=tar.gz"
        );
        assert_eq!(found("a/b/1.0-rc.1/b-1.0-rc.1-x.jar"), "pkg:maven/a/b@1.0-rc.1?classifier=x");
        assert_eq!(purl("lib/1.0/lib-1.0.jar"), None);
        assert_eq!(purl("org/example/lib/1.0/other-1.0.jar"), None);
    }
}
