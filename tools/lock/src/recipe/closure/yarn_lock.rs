//! yarn 1's offline mirror, from its `yarn.lock`.

use std::collections::BTreeMap;

use crate::{Format, Integrity, Source};

use super::super::error::RecipeError;
use super::super::expand::WantedDigest;
use super::context::{artifact, place, Context};
use super::Closure;

/// A package as the file has it.
#[derive(Default)]
struct Entry<'a> {
    line: usize,
    key: &'a str,
    version: &'a str,
    resolved: &'a str,
    integrity: &'a str,
}

pub(super) fn closure(context: &Context<'_>) -> Result<Closure, RecipeError> {
    let mut closure = Closure::default();
    if context.platform.is_some() {
        return Ok(closure);
    }
    if !context.text.contains("yarn lockfile v1") {
        let message =
            "this is no yarn.lock of yarn 1 (\"yarn lockfile v1\"): the caches of newer yarns cannot be made \
                       from packages";
        return Err(context.fail(1, message));
    }
    let mut files = BTreeMap::new();
    for entry in entries(context.text) {
        // Folders of one's own have no address.
        if entry.resolved.is_empty() {
            continue;
        }
        let address = entry.resolved.split(['#', '?']).next().unwrap_or_default();
        let integrity = Integrity::strongest(entry.integrity);
        let source = source(address, entry.version, integrity.is_some()).ok_or_else(|| {
            let message = format!(
                "{}: it comes from {address}, and only packages of a registry, or with a digest (integrity), can be \
                 laid out",
                entry.key
            );
            context.fail(entry.line, message)
        })?;
        let digest = integrity.map_or(WantedDigest::Registry, WantedDigest::Known);
        files.insert(mirror_name(address), (source, digest));
    }
    for (file, (source, digest)) in files {
        let id = context.id(file.strip_suffix(".tgz").unwrap_or(&file))?;
        closure.artifacts.push(artifact(id.clone(), source, Format::TarGz, digest));
        closure.steps.push(place(id, context.below(&file)?));
    }
    Ok(closure)
}

fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut found: Vec<Entry<'_>> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.starts_with(|c: char| !c.is_whitespace() && c != '#') {
            found.push(Entry { line: number + 1, key: line.trim_end().trim_end_matches(':'), ..Entry::default() });
            continue;
        }
        // What is deeper belongs to `dependencies`, whose names can be these words as well.
        let Some(line) = line.strip_prefix("  ").filter(|line| !line.starts_with(' ')) else { continue };
        let (Some(entry), Some((word, value))) = (found.last_mut(), line.split_once(' ')) else { continue };
        let value = value.trim().trim_matches('"');
        match word {
            "version" => entry.version = value,
            "resolved" => entry.resolved = value,
            "integrity" => entry.integrity = value,
            _ => {}
        }
    }
    found
}

/// A registry's scope, name and file in an address's path: `/@scope/name/-/name-1.0.0.tgz`.
fn parts(address: &str) -> Option<(Option<&str>, &str, &str)> {
    let (folder, file) = address.rsplit_once("/-/")?;
    let file = file.rsplit('/').next().unwrap_or(file);
    let (rest, name) = folder.rsplit_once('/')?;
    if let Some((scope, name)) = name.split_once("%2f").or_else(|| name.split_once("%2F")) {
        return Some((Some(scope), name, file));
    }
    let scope = rest.rsplit('/').next().filter(|scope| scope.starts_with('@'));
    Some((scope, name, file))
}

/// Where a tarball is.
fn source(address: &str, version: &str, has_digest: bool) -> Option<Source> {
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    if let (Some((scope, name, file)), true) = (parts(address), is_web) {
        if file == format!("{name}-{version}.tgz") {
            let scope = scope.map(|scope| format!("{}/", scope.replace('@', "%40"))).unwrap_or_default();
            return Some(Source::Purl(format!("pkg:npm/{scope}{name}@{version}")));
        }
    }
    (is_web && has_digest).then(|| Source::Urls(vec![address.to_owned()]))
}

/// The file's name in the mirror: yarn's `getTarballMirrorPath`.
fn mirror_name(address: &str) -> String {
    match parts(address) {
        Some((Some(scope), _, file)) => format!("{scope}-{file}"),
        Some((None, _, file)) => file.to_owned(),
        None => address.rsplit('/').next().unwrap_or(address).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_mirror() {
        for (address, name) in [
            ("https://r.example/is-odd/-/is-odd-3.0.1.tgz", "is-odd-3.0.1.tgz"),
            ("https://r.example/npm/@s/b/-/b-1.0.0.tgz", "@s-b-1.0.0.tgz"),
            ("https://r.example/@s%2fb/-/b-1.0.0.tgz", "@s-b-1.0.0.tgz"),
            ("https://example.org/files/c.tgz", "c.tgz"),
        ] {
            assert_eq!(mirror_name(address), name);
        }
    }

    #[test]
    fn where_tarballs_are() {
        let purl = Some(Source::Purl("pkg:npm/%40s/b@1.0.0".to_owned()));
        assert_eq!(source("https://r.example/@s/b/-/b-1.0.0.tgz", "1.0.0", false), purl);
        assert_eq!(source("https://r.example/@s%2Fb/-/b-1.0.0.tgz", "1.0.0", false), purl);
        let elsewhere = "https://example.org/c.tgz";
        assert_eq!(source(elsewhere, "1.0.0", true), Some(Source::Urls(vec![elsewhere.to_owned()])));
        assert_eq!(source(elsewhere, "1.0.0", false), None);
        assert_eq!(source("git+ssh://git@example.org/b.git", "1.0.0", true), None);
    }

    #[test]
    fn a_dependency_may_be_called_version() {
        let text = "a@^1:\n  version \"1.0.0\"\n  resolved \"u\"\n  dependencies:\n    version \"^2\"\n";
        let found = entries(text);
        assert_eq!((found[0].version, found[0].resolved, found[0].line), ("1.0.0", "u", 1));
    }
}
