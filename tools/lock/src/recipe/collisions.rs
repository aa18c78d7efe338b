//! Whether the steps of a tool can stand beside each other on every pair of platforms.

use std::collections::BTreeMap;

use crate::{Artifact, CachePath, Integrity, Name, Part, Platform, Role, Step, Tool};

use super::error::PATHS;

/// A step with what tells it from another one.
#[derive(Clone, Copy)]
struct Placed<'a> {
    part: (Role, Option<Platform>),
    step: &'a Step,
    integrity: Option<&'a Integrity>,
}

/// Checks that no two different steps write one path, also by case alone, that no file is a folder too, and that no
/// link leads out.
pub fn check(tool: &Tool) -> Result<(), Vec<String>> {
    let mut messages = Vec::new();
    let empty = Part::default();
    let or_none = |parts: &BTreeMap<Platform, Part>| -> Vec<Option<Platform>> {
        if parts.is_empty() {
            vec![None]
        } else {
            parts.keys().copied().map(Some).collect()
        }
    };
    for host in or_none(&tool.host) {
        for target in or_none(&tool.target) {
            let part = |parts: &'_ BTreeMap<Platform, Part>, platform: Option<Platform>| -> Part {
                platform.and_then(|platform| parts.get(&platform)).cloned().unwrap_or_default()
            };
            let (host_part, target_part) = (part(&tool.host, host), part(&tool.target, target));
            let parts = [
                ((Role::Any, None), &tool.any),
                ((Role::Host, host), host.map_or(&empty, |_| &host_part)),
                ((Role::Target, target), target.map_or(&empty, |_| &target_part)),
            ];
            check_parts(&parts, &mut messages);
        }
    }
    messages.sort();
    messages.dedup();
    if messages.is_empty() {
        Ok(())
    } else {
        Err(messages)
    }
}

fn check_parts(parts: &[((Role, Option<Platform>), &Part)], messages: &mut Vec<String>) {
    let mut files: BTreeMap<String, (CachePath, Placed<'_>)> = BTreeMap::new();
    let mut folders: BTreeMap<String, (CachePath, Placed<'_>)> = BTreeMap::new();
    for (part, content) in parts {
        for step in &content.layout {
            let placed = Placed { part: *part, step, integrity: integrity(&content.artifacts, step) };
            if let Step::Symlink(link) = step {
                if leads_out(&link.to, &link.target) {
                    messages.push(format!("link {} leads out of the folder: {:?} ({PATHS})", link.to, link.target));
                }
            }
            for path in written(step) {
                let mut above = path.parent();
                while let Some(folder) = above {
                    above = folder.parent();
                    folders.entry(folder.case_key()).or_insert_with(|| (folder.clone(), placed));
                }
                match files.get(&path.case_key()) {
                    Some((_, other))
                        if other.integrity == placed.integrity && anonymous(other.step) == anonymous(step) => {}
                    Some((other_path, other)) => {
                        let by_case = if *other_path == path { String::new() } else { format!(" and {other_path}") };
                        messages.push(format!(
                            "{path}{by_case} is written by {} and by {} ({PATHS})",
                            say(other),
                            say(&placed)
                        ));
                    }
                    None => {
                        files.insert(path.case_key(), (path, placed));
                    }
                }
            }
        }
    }
    for (key, (path, placed)) in &files {
        if let Some((_, other)) = folders.get(key) {
            messages.push(format!("{path} is a file of {} and a folder of {} ({PATHS})", say(placed), say(other)));
        }
    }
}

fn integrity<'a>(artifacts: &'a BTreeMap<Name, Artifact>, step: &Step) -> Option<&'a Integrity> {
    let id = match step {
        Step::Extract(step) => &step.artifact,
        Step::Place(step) => &step.artifact,
        Step::Repack(step) => &step.artifact,
        Step::Directory(_) | Step::Symlink(_) | Step::Write(_) => return None,
    };
    artifacts.get(id).map(|artifact| &artifact.integrity)
}

/// A step without its artifact's id: what counts is which bytes it has.
fn anonymous(step: &Step) -> Step {
    let mut step = step.clone();
    let id = match &mut step {
        Step::Extract(step) => &mut step.artifact,
        Step::Place(step) => &mut step.artifact,
        Step::Repack(step) => &mut step.artifact,
        Step::Directory(_) | Step::Symlink(_) | Step::Write(_) => return step,
    };
    if let Ok(none) = "artifact".parse() {
        *id = none;
    }
    step
}

/// The files that a step is known to write. What an archive holds is not known here.
fn written(step: &Step) -> Vec<CachePath> {
    match step {
        Step::Place(step) => vec![step.to.clone()],
        Step::Repack(step) => vec![step.to.clone()],
        Step::Symlink(step) => vec![step.to.clone()],
        Step::Write(step) => vec![step.to.clone()],
        Step::Extract(step) if !step.taken_from().is_archive() => step.to.iter().cloned().collect(),
        Step::Extract(step) => {
            let below = |path: &CachePath| step.to.as_ref().map_or_else(|| path.clone(), |to| to.join(path));
            step.pick.values().map(below).collect()
        }
        Step::Directory(_) => Vec::new(),
    }
}

fn say(placed: &Placed<'_>) -> String {
    let (role, platform) = placed.part;
    let step = match placed.step {
        Step::Directory(_) => "a directory step".to_owned(),
        Step::Extract(step) => format!("extracting {}", step.artifact),
        Step::Place(step) => format!("placing {}", step.artifact),
        Step::Repack(step) => format!("repacking {}", step.artifact),
        Step::Symlink(_) => "a symlink step".to_owned(),
        Step::Write(_) => "a write step".to_owned(),
    };
    match platform {
        Some(platform) => format!("{step} (for {} {platform})", role.name()),
        None => format!("{step} (for any)"),
    }
}

/// Whether a link's target leaves the folder.
fn leads_out(link: &CachePath, target: &str) -> bool {
    if target.is_empty() || target.starts_with('/') || target.contains('\\') || target.contains(':') {
        return true;
    }
    let mut depth = link.names().count() - 1;
    for name in target.split('/') {
        match name {
            "" | "." => {}
            ".." if depth == 0 => return true,
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    false
}
