//! Resolving tools: all artifacts of all tools and platforms side by side.

use std::collections::BTreeMap;

use lazytools_lock::recipe::request::Chosen;
use lazytools_lock::recipe::{Known, Wanted};
use lazytools_lock::{Name, Platform, Role, Source, Tool};
use lazytools_requests::Prepared;
use rayon::prelude::*;

use super::progress::Progress;
use super::resolve::{Outcome, Resolver};
use super::Resolved;

/// An artifact of a part of a tool.
struct Job<'a> {
    tool: usize,
    part: (Role, Option<Platform>),
    wanted: Wanted,
    prepared: &'a Prepared,
}

/// What is known of a part's artifacts.
type KnownParts = BTreeMap<(usize, Role, Option<Platform>), BTreeMap<Name, Known>>;

/// Resolves tools; with what failed, in words.
pub fn resolve(resolver: &Resolver, work: &[(usize, &Prepared)]) -> (Vec<Resolved>, Vec<String>) {
    let mut failures = Vec::new();
    let mut jobs = Vec::new();
    let mut chosen = Vec::new();
    for (index, (_, prepared)) in work.iter().enumerate() {
        let found = choose(resolver, prepared).and_then(|one| Ok((wanted(index, prepared, &one)?, one)));
        match found {
            Ok((found, one)) => {
                jobs.extend(found);
                chosen.push(one);
            }
            Err(message) => failures.push(format!("tool {}: {message}", prepared.name)),
        }
    }
    if !failures.is_empty() {
        return (Vec::new(), failures);
    }
    let progress = Progress::new(jobs.len());
    let outcomes: Vec<_> = jobs
        .par_iter()
        .map(|job| {
            let outcome = artifact(resolver, job);
            progress.done(&label(job));
            outcome
        })
        .collect();
    progress.finish();
    let mut known = KnownParts::new();
    for (job, outcome) in jobs.iter().zip(outcomes) {
        match outcome {
            Ok(found) => {
                let (role, platform) = job.part;
                known.entry((job.tool, role, platform)).or_default().insert(job.wanted.id.clone(), found);
            }
            Err(message) => {
                failures.extend(message.lines().map(|line| format!("tool {}: {line}", label(job))));
            }
        }
    }
    failures.extend(same_bytes(&jobs, &known));
    if !failures.is_empty() {
        return (Vec::new(), failures);
    }
    let mut tools = Vec::new();
    for (index, (target, prepared)) in work.iter().enumerate() {
        match assemble(index, prepared, &chosen[index], &known) {
            Ok(tool) => tools.push((*target, prepared.name.clone(), tool)),
            Err(messages) => {
                failures.extend(messages.iter().map(|message| format!("tool {}: {message}", prepared.name)));
            }
        }
    }
    (tools, failures)
}

fn artifact(resolver: &Resolver, job: &Job<'_>) -> Outcome<Known> {
    if let Source::File(label) = &job.wanted.source {
        let file = job.prepared.local.get(label).ok_or_else(|| format!("{label} was not read (LT346)"))?;
        return super::local::resolve(&job.wanted, label, file);
    }
    resolver.resolve(&job.wanted, &job.prepared.registries)
}

fn label(job: &Job<'_>) -> String {
    let (role, platform) = job.part;
    match platform {
        Some(platform) => format!("{} {} {platform}: {}", job.prepared.name, role.name(), job.wanted.id),
        None => format!("{}: {}", job.prepared.name, job.wanted.id),
    }
}

/// A tool's request held against its recipe, with the values that are looked up.
fn choose<'a>(resolver: &Resolver, prepared: &'a Prepared) -> Result<Chosen<'a>, String> {
    let chosen = prepared.recipe.choose(&prepared.exact()).map_err(|error| error.to_string())?;
    let wanted = chosen.wanted_values().map_err(|error| error.to_string())?;
    let found = wanted.iter().map(|value| Ok((value.name.clone(), resolver.value(value, &prepared.registries)?)));
    let values = found.collect::<Result<_, String>>()?;
    Ok(chosen.with_values(values))
}

fn wanted<'a>(index: usize, prepared: &'a Prepared, chosen: &Chosen<'_>) -> Result<Vec<Job<'a>>, String> {
    let mut jobs = Vec::new();
    for part in chosen.parts() {
        let (role, platform) = part;
        for wanted in chosen.wanted(role, platform, &prepared.files).map_err(|error| error.to_string())? {
            jobs.push(Job { tool: index, part, wanted, prepared });
        }
    }
    Ok(jobs)
}

/// One digest at different addresses under two platforms is almost always an error page that every address gives.
fn same_bytes(jobs: &[Job<'_>], known: &KnownParts) -> Vec<String> {
    let mut failures = Vec::new();
    let mut seen: BTreeMap<(usize, String), (&Job<'_>, &Known)> = BTreeMap::new();
    // Who takes one file of the workspace for two platforms means it.
    let is_fetched = |job: &&Job<'_>| !matches!(job.wanted.source, Source::File(_));
    for job in jobs.iter().filter(is_fetched).filter(|job| !job.wanted.shared) {
        let (role, platform) = job.part;
        let found = known.get(&(job.tool, role, platform)).and_then(|part| part.get(&job.wanted.id));
        let Some(found) = found else { continue };
        let key = (job.tool, found.artifact.integrity.to_string());
        let (other, first) = *seen.entry(key).or_insert((job, found));
        let differs = other.part.1 != platform && first.artifact.source != found.artifact.source;
        if differs && other.wanted.id == job.wanted.id {
            failures.push(format!(
                "tool {}: artifact {} has the same digest for {} and {}, at different addresses. That is how an error \
                 page looks that a server sends for both; if the files are really the same, the recipe has to say \
                 shared = true (LT308)",
                job.prepared.name,
                job.wanted.id,
                other.part.1.map_or("any", Platform::name),
                platform.map_or("any", Platform::name),
            ));
        }
    }
    failures
}

fn assemble(index: usize, prepared: &Prepared, chosen: &Chosen<'_>, known: &KnownParts) -> Result<Tool, Vec<String>> {
    let known = |role, platform| known.get(&(index, role, platform)).cloned().unwrap_or_default();
    let mut tool = chosen.tool(&prepared.exact(), &prepared.files, &prepared.inputs, known)?;
    tool.request = prepared.request.request.clone();
    tool.version = prepared.found();
    Ok(tool)
}
