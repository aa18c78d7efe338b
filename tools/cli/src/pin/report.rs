//! What changed or would change, in words and in JSON.

use std::collections::BTreeSet;

use lazytools_lock::{Lock, Name, Request};
use serde::Serialize;

/// One lock's changes.
#[derive(Debug, Serialize)]
pub struct LockReport {
    pub lock: String,
    pub changes: Vec<Change>,
    /// How many tools the lock holds afterwards.
    pub tools: usize,
}

/// One tool's change.
#[derive(Debug, Serialize)]
pub struct Change {
    pub tool: Name,
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
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
                (Some(before), Some(after)) if before.request == after.request => {
                    ("changed", Some("the same request is pinned differently".to_owned()))
                }
                (Some(before), Some(after)) => ("changed", Some(difference(&before.request, &after.request))),
            };
            let describe = |request: &Request| format!("{} {}", request.recipe, request.version).trim().to_owned();
            report.changes.push(Change {
                tool: name.clone(),
                kind,
                from: before.map(|tool| describe(&tool.request)),
                to: after.map(|tool| describe(&tool.request)),
                reason,
            });
        }
        report
    }
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
    let joined = |pairs: &std::collections::BTreeMap<Name, String>| {
        pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(", ")
    };
    part("params", joined(&from.params), joined(&to.params));
    part("files", joined(&from.files), joined(&to.files));
    let platforms =
        |request: &Request| request.platforms.iter().map(|platform| platform.name()).collect::<Vec<_>>().join(", ");
    part("platforms", platforms(from), platforms(to));
    parts.join("; ")
}

/// Says what was or would be done.
pub fn print(reports: &[LockReport], json: bool, dry_run: bool) {
    if json {
        print_json(reports);
        return;
    }
    for report in reports {
        if report.changes.is_empty() {
            println!("{} is current ({})", report.lock, super::tools(report.tools));
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
    }
}

/// Says whether locks are current.
pub fn print_check(reports: &[LockReport], json: bool) {
    if json {
        print_json(reports);
        return;
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
}

fn print_json(reports: &[LockReport]) {
    #[derive(Serialize)]
    struct Document<'a> {
        locks: &'a [LockReport],
    }
    let text = serde_json::to_string_pretty(&Document { locks: reports }).unwrap_or_default();
    println!("{text}");
}
