//! Choosing versions: the newest release of a range, and what is newer than an exact version.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use lazytools_fetch::registry::Release;
use lazytools_lock::recipe::releases::JsonReleases;
use lazytools_lock::recipe::Latest;
use lazytools_lock::{Name, Request};
use lazytools_requests::Prepared;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::Value;

use super::resolve::Resolver;
use super::versions::Comparable;

/// What a release has to be.
#[derive(Clone, Copy, Debug)]
pub struct Taste {
    /// How old it has to be.
    pub min_age: Duration,
    /// Now.
    pub now: SystemTime,
    /// Whether pre-releases count.
    pub pre: bool,
    /// Whether what is pinned within a range is to move, and exact versions are looked at.
    pub latest: bool,
}

/// What `--latest` found for an exact version, which only MODULE.bazel can change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum Note {
    /// There is a newer version.
    Newer { tool: Name, from: String, to: String },
    /// Nobody can tell.
    Unknown { tool: Name, reason: String },
}

/// What is done with a tool.
enum Outcome {
    /// Its version stays.
    Keep,
    /// The range's newest version.
    Choose(String),
    Note(Note),
    Fail(String),
}

/// Chooses the versions of tools with a range; with what is newer than exact versions, and with what failed.
pub fn decide(
    resolver: &Resolver,
    prepared: &mut [Vec<Prepared>],
    wanted: impl Fn(&Name) -> bool + Sync,
    taste: Taste,
) -> (Vec<Note>, Vec<String>) {
    let mut tools: Vec<&mut Prepared> = prepared.iter_mut().flatten().filter(|tool| wanted(&tool.name)).collect();
    let outcomes: Vec<Outcome> = tools.par_iter().map(|tool| look(resolver, tool, taste)).collect();
    let (mut notes, mut failures) = (Vec::new(), Vec::new());
    for (tool, outcome) in tools.iter_mut().zip(outcomes) {
        match outcome {
            Outcome::Keep => {}
            Outcome::Note(note) => notes.push(note),
            Outcome::Fail(message) => {
                failures.extend(message.lines().map(|line| format!("tool {}: {line}", tool.name)));
            }
            Outcome::Choose(version) => {
                tool.stale.get_or_insert_with(|| format!("version {version} is the newest of its range"));
                tool.version = Some(version);
                if let Err(error) = tool.recipe.choose(&tool.exact()) {
                    failures.extend(error.to_string().lines().map(|line| format!("tool {}: {line}", tool.name)));
                }
            }
        }
    }
    (notes, failures)
}

fn look(resolver: &Resolver, tool: &Prepared, taste: Taste) -> Outcome {
    let request = &tool.request.request;
    let open = tool.range.is_some() && tool.version.is_none();
    let exact = tool.range.is_none() && !request.version.is_empty();
    if !(open || taste.latest && (tool.range.is_some() || exact)) {
        return Outcome::Keep;
    }
    let releases = match releases(resolver, tool, request) {
        Ok(Some(releases)) => releases,
        Ok(None) if exact => {
            let reason = format!("recipe {} does not say where its releases are listed", tool.recipe.name);
            return Outcome::Note(Note::Unknown { tool: tool.name.clone(), reason });
        }
        Ok(None) => {
            return Outcome::Fail(format!(
                "recipe {} does not say where its releases are listed, which version_range needs: add a [latest] to the \
                 recipe, or give the tool a version (LT357)",
                tool.recipe.name
            ));
        }
        Err(message) => return Outcome::Fail(message),
    };
    let in_range = |version: &str| {
        tool.range.as_ref().is_none_or(|range| range.contains(version))
            && tool.recipe.versions.as_ref().is_none_or(|range| range.contains(version))
    };
    let newest = newest(&releases, &in_range, taste);
    if let Some(current) = tool.version.as_deref() {
        let newer = |newest: &&str| Comparable::parse(newest) > Comparable::parse(current);
        // What upstream took back is left, even for something older.
        let yanked = tool.range.is_some() && releases.iter().any(|it| it.yanked && bare(&it.version) == current);
        return match newest.filter(|newest| yanked && *newest != current || newer(newest)) {
            None => Outcome::Keep,
            Some(to) if exact => {
                let (from, to) = (current.to_owned(), to.to_owned());
                Outcome::Note(Note::Newer { tool: tool.name.clone(), from, to })
            }
            Some(to) => Outcome::Choose(to.to_owned()),
        };
    }
    match newest {
        Some(newest) => Outcome::Choose(newest.to_owned()),
        None => Outcome::Fail(why_none(&releases, &in_range, request, taste)),
    }
}

/// A version without the `v` that Go and many tags put before it.
fn bare(version: &str) -> &str {
    version.strip_prefix('v').unwrap_or(version)
}

/// Whether a release is old enough; one of which nobody knows when it was published is not, unless any age will do.
fn old_enough(release: &Release, taste: Taste) -> bool {
    taste.min_age.is_zero() || release.published.is_some_and(|then| then + taste.min_age <= taste.now)
}

fn newest<'a>(releases: &'a [Release], in_range: &dyn Fn(&str) -> bool, taste: Taste) -> Option<&'a str> {
    releases
        .iter()
        .filter(|release| !release.yanked && in_range(&release.version) && old_enough(release, taste))
        .filter_map(|release| Some((Comparable::parse(&release.version)?, bare(&release.version))))
        .filter(|(comparable, _)| taste.pre || !comparable.is_prerelease())
        .max()
        .map(|(_, version)| version)
}

fn why_none(releases: &[Release], in_range: &dyn Fn(&str) -> bool, request: &Request, taste: Taste) -> String {
    let range = &request.version_range;
    let any_age = Taste { min_age: Duration::ZERO, ..taste };
    if let Some(version) = newest(releases, in_range, any_age) {
        let release = releases.iter().find(|release| bare(&release.version) == version);
        let since = release.and_then(|release| release.published).map_or_else(
            || "the registry does not say when it was published".to_owned(),
            |then| format!("it was published at {}", humantime::format_rfc3339_seconds(then)),
        );
        return format!(
            "no release in the range {range} is {} old; the newest is {version}, and {since}: wait, or say \
             --min-age 0 (LT356)",
            humantime::format_duration(taste.min_age)
        );
    }
    let newest = newest(releases, &|_| true, any_age)
        .map_or_else(|| "there is none at all".to_owned(), |version| format!("the newest of all is {version}"));
    format!(
        "no release is in the range {range}; {newest}: change version_range in MODULE.bazel. Pre-releases count with \
         --pre, and what upstream took back never does (LT356)"
    )
}

fn releases(resolver: &Resolver, tool: &Prepared, request: &Request) -> Result<Option<Vec<Release>>, String> {
    match tool.recipe.latest(request).map_err(|error| error.to_string())? {
        None => Ok(None),
        Some(Latest::Purl(purl)) => resolver.releases(&with_version(&purl), &tool.registries).map(Some),
        Some(Latest::Json(list)) => json(resolver, &list).map(Some),
    }
}

/// The registries' purls name a version, which does not matter here.
fn with_version(purl: &str) -> String {
    let version = if purl.starts_with("pkg:golang/") { "v0.0.0" } else { "0.0.0" };
    match purl.split_once('?') {
        Some((package, qualifiers)) => format!("{package}@{version}?{qualifiers}"),
        None => format!("{purl}@{version}"),
    }
}

fn json(resolver: &Resolver, list: &JsonReleases<String>) -> Result<Vec<Release>, String> {
    let shown = lazytools_fetch::redact::redact(&list.url);
    let wrong = |message: String| format!("{shown}: {message} (LT307)");
    let text = resolver.text(&list.url)?;
    let document: Value = serde_json::from_str(&text).map_err(|error| wrong(format!("it is not JSON: {error}")))?;
    let items = document.pointer(&list.items).and_then(Value::as_array);
    let items = items.ok_or_else(|| wrong(format!("there is no list at {:?}", list.items)))?;
    let mut releases = BTreeMap::new();
    for item in items {
        let text = |pointer: &String| item.pointer(pointer).and_then(Value::as_str);
        let Some(version) = text(&list.version).and_then(|version| version.strip_prefix(list.prefix.as_str())) else {
            continue;
        };
        let flagged = list.prerelease.as_ref().and_then(|pointer| item.pointer(pointer)).and_then(Value::as_bool);
        if flagged == Some(true) {
            continue;
        }
        let published = list.date.as_ref().and_then(text).and_then(moment);
        let release = Release { version: version.to_owned(), published, yanked: false };
        releases.insert(version.to_owned(), release);
    }
    if releases.is_empty() {
        return Err(wrong(format!("no item of the list has a version at {:?}", list.version)));
    }
    Ok(releases.into_values().collect())
}

/// A moment; of a day, its end.
fn moment(text: &str) -> Option<SystemTime> {
    let whole = if text.len() == 10 { format!("{text}T23:59:59Z") } else { text.to_owned() };
    humantime::parse_rfc3339_weak(&whole).ok()
}

/// Says what MODULE.bazel could name.
pub fn print(notes: &[Note]) {
    for note in notes {
        if let Note::Newer { tool, from, to } = note {
            println!(
                "{tool}: {to} is newer than {from}: write version = \"{to}\" in lazy_tools.tool(name = \"{tool}\")"
            );
        }
    }
    let unknown = notes.iter().filter_map(|note| match note {
        Note::Unknown { tool, reason } => Some(format!("{tool}: {reason}")),
        Note::Newer { .. } => None,
    });
    for line in unknown {
        println!("{line}");
    }
}
