//! What changed or would change, in words and in JSON.

use std::collections::{BTreeMap, BTreeSet};

use lazytools_lock::{Integrity, Lock, Name, Request, Tool};
use serde::Serialize;

use crate::local;

/// One lock's changes.
#[derive(Debug, Serialize)]
pub struct LockReport {
    /// The lock's name.
    pub lock: String,
    /// What changed, sorted by tool.
    pub changes: Vec<Change>,
    /// How many tools the lock holds afterwards.
    pub tools: usize,
}

/// One tool's change.
#[derive(Debug, Serialize)]
pub struct Change {
    /// The tool.
    pub tool: Name,
    /// `added`, `changed`, `removed` or, where something is only looked at, `stale`.
    pub kind: &'static str,
    /// The recipe and version before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The recipe and version afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Why, where the versions do not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Change {
    /// A tool that is not current, and why.
    pub fn stale(tool: Name, reason: String) -> Self {
        Self { tool, kind: "stale", from: None, to: None, reason: Some(reason) }
    }
}

impl LockReport {
    /// A report without changes.
    pub fn new(lock: &str) -> Self {
        Self { lock: lock.to_owned(), changes: Vec::new(), tools: 0 }
    }

    /// What is different between two locks.
    pub fn between(file: &str, old: &Lock, new: &Lock) -> Self {
        let names: BTreeSet<&Name> = old.tools.keys().chain(new.tools.keys()).collect();
        let mut report = Self::new(file);
        report.tools = new.tools.len();
        for name in names {
            let (before, after) = (old.tools.get(name), new.tools.get(name));
            let (kind, reason) = match (before, after) {
                (None, _) => ("added", None),
                (_, None) => ("removed", None),
                (Some(before), Some(after)) if before == after => continue,
                (Some(before), Some(after)) => ("changed", reason(before, after)),
            };
            let describe = |tool: &Tool| format!("{} {}", tool.request.recipe, tool.version()).trim().to_owned();
            let (from, to) = (before.map(describe), after.map(describe));
            report.changes.push(Change { tool: name.clone(), kind, from, to, reason });
        }
        report
    }

    /// How many tools there are of each kind, in words: `2 changed, 1 removed, 14 as they were`.
    fn summary(&self) -> String {
        let count = |kind: &str| self.changes.iter().filter(|change| change.kind == kind).count();
        let kinds = ["added", "changed", "removed"];
        let mut parts: Vec<String> = kinds
            .iter()
            .map(|kind| (count(kind), kind))
            .filter(|(n, _)| *n > 0)
            .map(|(n, kind)| format!("{n} {kind}"))
            .collect();
        let kept = self.tools.saturating_sub(count("added") + count("changed"));
        if kept > 0 {
            parts.push(format!("{kept} as before"));
        }
        parts.join(", ")
    }
}

/// Why a tool changed, where the two versions do not say it all.
fn reason(before: &Tool, after: &Tool) -> Option<String> {
    let mut reasons = Vec::new();
    let asked = difference(&before.request, &after.request);
    if !asked.is_empty() {
        reasons.push(asked);
    }
    if before.request.recipe == after.request.recipe && before.recipe.digest != after.recipe.digest {
        reasons.push(format!("recipe {} has changed", after.recipe.name));
    }
    let inputs = after.inputs.iter().filter(|(file, digest)| before.inputs.get(*file) != Some(*digest));
    reasons.extend(inputs.map(|(file, _)| format!("its input file {file} has changed")));
    let files: BTreeMap<&str, &Integrity> = local::labels(before).collect();
    let changed: BTreeSet<&str> = local::labels(after)
        .filter(|(label, now)| files.get(label).is_some_and(|before| before != now))
        .map(|(label, _)| label)
        .collect();
    reasons.extend(changed.iter().map(|label| format!("its file {label} has changed")));
    if reasons.is_empty() && before.version() == after.version() {
        let (old, new) = (artifacts(before), artifacts(after));
        let changed: Vec<&str> = new
            .iter()
            .filter(|(key, digest)| old.get(*key).is_some_and(|it| it != *digest))
            .map(|(key, _)| key.as_str())
            .collect();
        reasons.push(match changed.len() {
            0 => "what upstream says of its artifacts has changed".to_owned(),
            1..=3 => format!("upstream changed the bytes of {}", changed.join(", ")),
            more => {
                format!("upstream changed the bytes of {} and {} more artifacts", changed[..3].join(", "), more - 3)
            }
        });
    }
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

/// The digests of a tool's artifacts, by where each stands.
fn artifacts(tool: &Tool) -> BTreeMap<String, String> {
    let all = tool.parts().flat_map(|(role, platform, part)| {
        let place = platform.map_or_else(|| role.name().to_owned(), |platform| format!("{} {platform}", role.name()));
        part.artifacts.iter().map(move |(id, artifact)| (format!("{id} ({place})"), artifact.integrity.to_string()))
    });
    all.collect()
}

/// What is different between two requests, from the first to the second.
pub fn difference(from: &Request, to: &Request) -> String {
    let mut parts = Vec::new();
    let mut part = |what: &str, from: String, to: String| {
        if from != to {
            let none = |text: String| if text.is_empty() { "none".to_owned() } else { text };
            parts.push(format!("{what} {} instead of {}", none(to), none(from)));
        }
    };
    part("recipe", from.recipe.clone(), to.recipe.clone());
    part("version", from.version.clone(), to.version.clone());
    part("version_from", from.version_from.clone(), to.version_from.clone());
    part("version_package", from.version_package.clone(), to.version_package.clone());
    part("version_range", from.version_range.clone(), to.version_range.clone());
    let joined = |pairs: &BTreeMap<Name, String>| {
        pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(", ")
    };
    part("params", joined(&from.params), joined(&to.params));
    part("files", joined(&from.files), joined(&to.files));
    let slots = |request: &Request| {
        request.artifact_files.iter().map(|(slot, label)| format!("{slot}={label}")).collect::<Vec<_>>().join(", ")
    };
    let platforms =
        |request: &Request| request.platforms.iter().map(|platform| platform.name()).collect::<Vec<_>>().join(", ");
    part("artifact_files", slots(from), slots(to));
    part("platforms", platforms(from), platforms(to));
    parts.join("; ")
}

/// Says what was or would be done. `notes` are what else there is to say in JSON.
pub fn print(reports: &[LockReport], notes: &[impl Serialize], json: bool, dry_run: bool) {
    if json {
        print_json(reports, notes);
        return;
    }
    for report in reports {
        if report.changes.is_empty() {
            println!("{} is current ({})", report.lock, tools(report.tools));
            continue;
        }
        println!("{} {}:", report.lock, if dry_run { "would change" } else { "is written" });
        for change in &report.changes {
            let versions = match (&change.from, &change.to) {
                (Some(from), Some(to)) if from != to => format!(" {from} -> {to}"),
                (_, Some(to)) => format!(" {to}"),
                (Some(from), None) => format!(" {from}"),
                (None, None) => String::new(),
            };
            let reason = change.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
            println!("  {} {}{versions}{reason}", change.kind, change.tool);
        }
        println!("{}", report.summary());
    }
}

/// A number of tools, in words.
fn tools(number: usize) -> String {
    if number == 1 {
        "1 tool".to_owned()
    } else {
        format!("{number} tools")
    }
}

/// Says whether locks are current; true if all are.
pub fn print_check(reports: &[LockReport], json: bool) -> bool {
    let current = reports.iter().all(|report| report.changes.is_empty());
    if json {
        print_json(reports, &[(); 0]);
        return current;
    }
    for report in reports {
        if report.changes.is_empty() {
            println!("{} is current", report.lock);
            continue;
        }
        eprintln!("{} is not current: run `bazel run //tools:update_pins` (LT309)", report.lock);
        for change in &report.changes {
            eprintln!("  {}: {}", change.tool, change.reason.as_deref().unwrap_or_default());
        }
    }
    current
}

fn print_json<N: Serialize>(reports: &[LockReport], notes: &[N]) {
    #[derive(Serialize)]
    struct Document<'a, N> {
        locks: &'a [LockReport],
        #[serde(skip_serializing_if = "<[N]>::is_empty")]
        notes: &'a [N],
    }
    let text = serde_json::to_string_pretty(&Document { locks: reports, notes }).unwrap_or_default();
    println!("{text}");
}
