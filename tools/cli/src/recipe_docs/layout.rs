//! The steps of a recipe as a list, with its templates as they are: what is laid out, whatever is asked for.

use std::fmt::Write as _;

use lazytools_lock::recipe::{Content, ExtractRule, PackagesRule, Recipe, StepKind, Template};
use lazytools_lock::Role;

use super::words::{self, code};

/// A step with a condition or for somebody has that behind it.
pub fn steps(recipe: &Recipe) -> Vec<String> {
    let mut lines = Vec::new();
    for step in &recipe.layout {
        let behind = behind(step.role, &words::when(&step.when));
        for line in step_lines(&step.kind) {
            lines.push(format!("- {line}{behind}"));
        }
    }
    lines.extend(recipe.packages.iter().map(packages));
    lines
}

fn behind(role: Role, when: &str) -> String {
    let mut words = Vec::new();
    if role != Role::Any {
        words.push(format!("for {}", words::role(role)));
    }
    if !when.is_empty() {
        words.push(format!("where {when}"));
    }
    if words.is_empty() {
        String::new()
    } else {
        format!(" ({})", words.join(", "))
    }
}

fn packages(rule: &PackagesRule) -> String {
    let behind = behind(Role::Any, &words::when(&rule.when));
    let what = rule.from.laid_out();
    format!("- {} ← {what}, of those that {} names{behind}", folder(&rule.to), code(rule.file.as_str()))
}

fn file(to: &Template) -> String {
    code(&format!("{{root}}/{}", to.source()))
}

fn folder(to: &Template) -> String {
    code(&format!("{{root}}/{}/", to.source()))
}

fn step_lines(step: &StepKind) -> Vec<String> {
    match step {
        StepKind::Directory { to } => vec![format!("{}, a folder", folder(to))],
        StepKind::Place { artifact, to, mode } => {
            let program = if mode.is_executable() { ", executable" } else { "" };
            vec![format!("{} ← {}{program}", file(to), code(artifact.as_str()))]
        }
        StepKind::Repack { artifact, to, members, .. } => {
            let members: Vec<String> = members.iter().map(|(from, _)| code(from.source())).collect();
            let members = words::list(&members, "and");
            vec![format!("{} ← a tar.gz made of {members} of {}", file(to), code(artifact.as_str()))]
        }
        StepKind::Symlink { to, target } => vec![format!("{} → {}", file(to), code(target.source()))],
        StepKind::Write { to, content, .. } => vec![format!("{} ← {}", file(to), written(content))],
        StepKind::Extract(extract) => extracted(extract),
    }
}

fn written(content: &Content) -> String {
    match content {
        Content::Text(text) if text.source().is_empty() => "an empty file".to_owned(),
        Content::Text(text) if text.source().lines().count() == 1 && text.source().len() <= 100 => {
            format!("the text {}", code(text.source().trim_end()))
        }
        Content::Text(_) => "a text of the recipe".to_owned(),
        Content::Json { .. } => "a small JSON file".to_owned(),
    }
}

fn extracted(rule: &ExtractRule) -> Vec<String> {
    let mut archive = code(rule.artifact.as_str());
    let mut is_archive = true;
    if let Some((member, format)) = &rule.nested {
        archive = format!("{} in {archive}", code(member.source()));
        is_archive = format.is_archive();
    }
    let prefix = rule.to.as_ref().map(|to| to.source().to_owned());
    if !rule.pick.is_empty() {
        let to = |path: &Template| match &prefix {
            Some(folder) => format!("{{root}}/{folder}/{}", path.source()),
            None => format!("{{root}}/{}", path.source()),
        };
        let line =
            |(from, path): &(Template, Template)| format!("{} ← {} of {archive}", code(&to(path)), code(from.source()));
        return rule.pick.iter().map(line).collect();
    }
    let place = match (&prefix, is_archive) {
        (None, _) => code("{root}/"),
        (Some(to), true) => code(&format!("{{root}}/{to}/")),
        (Some(to), false) => code(&format!("{{root}}/{to}")),
    };
    let globs = |globs: &[Template], last: &str| {
        words::list(&globs.iter().map(|glob| code(glob.source())).collect::<Vec<_>>(), last)
    };
    let mut text = if rule.include.is_empty() {
        format!("{place} ← all of {archive}")
    } else {
        format!("{place} ← {} of {archive}", globs(&rule.include, "and"))
    };
    if let Some(prefix) = &rule.strip_prefix {
        let _ = write!(text, " below {}", code(prefix.source()));
    }
    match rule.strip {
        0 => {}
        1 => text.push_str(", without the first name of each path"),
        more => {
            let _ = write!(text, ", without the first {more} names of each path");
        }
    }
    if !rule.exclude.is_empty() {
        let _ = write!(text, ", but not {}", globs(&rule.exclude, "or"));
    }
    vec![text]
}
