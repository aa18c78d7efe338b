//! A recipe's page: a template file, filled in.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use lazytools_lock::recipe::{Example, Recipe};
use lazytools_lock::{Name, Platform, Role};

use super::layout;
use super::proofs::Proof;
use super::words::{self, cell, code};
use crate::recipe_show::Expanded;

/// The page. `proofs` are the recipe's, the best one first.
pub fn page(template: &str, recipe: &Recipe, proofs: &[&Proof]) -> String {
    let documentation = &recipe.documentation;
    let home = recipe.homepage.as_ref().map(|home| format!(" [The tool's own page.]({home})")).unwrap_or_default();
    let values: BTreeMap<&str, String> = BTreeMap::from([
        ("name", recipe.name.to_string()),
        ("description", format!("{}{home}", super::index::description(recipe))),
        ("proved", proved(proofs)),
        ("example", documentation.example.as_ref().map(|example| call(recipe, example)).unwrap_or_default()),
        ("given", documentation.example.as_ref().map(|example| given(recipe, example)).unwrap_or_default()),
        ("doc", documentation.doc.clone()),
        ("proofs", proofs.iter().map(|proof| proof_line(proof)).collect::<Vec<_>>().join("\n")),
        ("params", params(recipe)),
        ("files", files(recipe)),
        ("version", version(recipe)),
        ("platforms", platforms(recipe)),
        ("fetched", fetched(recipe)),
        ("tree", documentation.example.as_ref().and_then(|example| tree(recipe, example)).unwrap_or_default()),
        ("steps", layout::steps(recipe).join("\n")),
        ("set", set(recipe)),
        ("cleared", cleared(recipe)),
        ("runtime_files", runtime_files(recipe)),
        ("access", words::access(&recipe.access)),
        ("reaches", reaches(recipe)),
    ]);
    super::template::fill(template, &values)
}

fn proved(proofs: &[&Proof]) -> String {
    let Some(best) = proofs.first() else { return String::new() };
    format!("Proof: [{}](#how-it-is-proved), {}.", best.grade.name(), best.does)
}

fn proof_line(proof: &Proof) -> String {
    let package = proof.file.rsplit_once('/').map_or("", |(package, _)| package);
    format!("- **{}**: {}. [{package}](../../{})", proof.grade.name(), proof.does, proof.file)
}

/// The call as one would write it.
fn call(recipe: &Recipe, example: &Example) -> String {
    let request = &example.request;
    let mut out = format!(
        "lazy_tools.tool(\n    name = {:?},\n    recipe = {:?},\n",
        example.name.as_str(),
        recipe.name.as_str()
    );
    let versions = [
        ("version", &request.version),
        ("version_from", &request.version_from),
        ("version_range", &request.version_range),
    ];
    for (key, value) in versions.into_iter().filter(|(_, value)| !value.is_empty()) {
        let _ = writeln!(out, "    {key} = {value:?},");
    }
    let pairs = |key: &str, pairs: Vec<String>| match pairs.as_slice() {
        [] => String::new(),
        [one] => format!("    {key} = {{{one}}},\n"),
        more => format!("    {key} = {{\n        {},\n    }},\n", more.join(",\n        ")),
    };
    out += &pairs(
        "params",
        request.params.iter().map(|(name, value)| format!("{:?}: {value:?}", name.as_str())).collect(),
    );
    out +=
        &pairs("files", request.files.iter().map(|(name, label)| format!("{label:?}: {:?}", name.as_str())).collect());
    let platforms: Vec<String> = request.platforms.iter().map(|platform| format!("{:?}", platform.name())).collect();
    let _ = write!(out, "    platforms = [{}],\n)", platforms.join(", "));
    out
}

/// Whether something of a recipe is for somebody.
fn is_for(recipe: &Recipe, role: Role) -> bool {
    recipe.artifacts.iter().any(|artifact| artifact.role == role)
        || recipe.layout.iter().any(|step| step.role == role)
        || recipe.environment.get(&role).is_some_and(|it| !it.set.is_empty())
}

/// How the cache is given to a tool.
fn given(recipe: &Recipe, example: &Example) -> String {
    let label = code(&format!("@lazy_tools//:{}", example.name));
    let (host, target) = (is_for(recipe, Role::Host), is_for(recipe, Role::Target));
    match (host, target) {
        (false, true) => format!("{label} is for the platform that is built for: `caches` of `tool_run` takes it."),
        (true, true) => format!(
            "{label} has parts for the platform that the tool runs on and for the one that is built for: `caches` of \
             `tool_run` takes it."
        ),
        (true, false) => {
            format!("{label} is for the platform that the tool runs on: `exec_caches` of `tool_run` takes it.")
        }
        (false, false) => {
            format!("{label} goes into `exec_caches` of `tool_run`, or into `caches` of a `tool_binary`.")
        }
    }
}

fn table(head: &[&str], rows: Vec<Vec<String>>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let mut lines =
        vec![line(head.iter().map(ToString::to_string).collect()), line(vec!["---".to_owned(); head.len()])];
    lines.extend(rows.into_iter().map(|row| line(row.iter().map(|text| cell(text)).collect())));
    lines.join("\n")
}

fn params(recipe: &Recipe) -> String {
    let rows = recipe.params.iter().map(|(name, param)| {
        let default = match &param.default {
            None => "required".to_owned(),
            Some(default) if default.source().is_empty() => "empty".to_owned(),
            Some(default) => code(default.source()),
        };
        let choices: Vec<String> = param.choices.iter().map(|choice| code(choice)).collect();
        vec![code(name.as_str()), default, choices.join(", "), param.doc.clone()]
    });
    table(&["parameter", "default", "choices", "what it is"], rows.collect())
}

fn files(recipe: &Recipe) -> String {
    let rows = recipe.files.iter().map(|(name, doc)| vec![code(name.as_str()), doc.clone()]);
    table(&["file", "what it is"], rows.collect())
}

fn version(recipe: &Recipe) -> String {
    let mut lines = Vec::new();
    match &recipe.versions {
        Some(range) => lines.push(format!("Versions: {}.", code(range.as_str()))),
        None if recipe.needs_version => lines.push("Any version; one has to be named.".to_owned()),
        None => lines.push("It has no version of its own: its files say what is laid out.".to_owned()),
    }
    let keys: Vec<String> = recipe
        .version_from
        .iter()
        .map(|(key, name)| words::version_key(*key, name.as_ref().map(lazytools_lock::recipe::Template::source)))
        .collect();
    if !keys.is_empty() {
        lines.push(format!("`version_from` follows {}.", keys.join("; or ")));
    }
    if recipe.latest.is_some() || recipe.version_from.keys().any(|key| is_registry(*key)) {
        lines.push("`version_range` takes the newest release in a range.".to_owned());
    }
    lines.join(" ")
}

/// Whether releases are listed where the key's package is.
fn is_registry(key: lazytools_lock::recipe::VersionKey) -> bool {
    use lazytools_lock::recipe::VersionKey;
    matches!(key, VersionKey::Golang | VersionKey::Npm | VersionKey::Pypi)
}

fn platforms(recipe: &Recipe) -> String {
    if recipe.platforms.is_empty() {
        return "Any platform; what is laid out is the same on each.".to_owned();
    }
    let names: Vec<String> = recipe.platforms.keys().map(|platform| code(platform.name())).collect();
    format!("{}.", names.join(", "))
}

fn fetched(recipe: &Recipe) -> String {
    let mut lines = Vec::new();
    for artifact in &recipe.artifacts {
        let mut line = format!("- {}, for {}", code(artifact.id.as_str()), words::role(artifact.role));
        let when = words::when(&artifact.when);
        if !when.is_empty() {
            let _ = write!(line, ", where {when}");
        }
        let digest = words::digest(&artifact.digest);
        let source = words::source(&artifact.source);
        let _ = write!(line, ":\n  {source}, {}. Digest: {digest}.", code(artifact.format.name()));
        if let Some(signature) = &artifact.signature {
            let when = words::when(&signature.when);
            let when = if when.is_empty() { when } else { format!(" where {when}") };
            let _ = write!(line, " Its signature is checked{when}.");
        }
        lines.push(line);
    }
    for packages in &recipe.packages {
        let file = code(packages.file.as_str());
        lines.push(format!("- What {file} names, each package with the digest that stands there, as far as one does."));
    }
    for (id, lookup) in &recipe.lookups {
        let member = lookup.member.as_ref().map(|member| format!("{} of ", code(member.source()))).unwrap_or_default();
        let source = words::source(&lookup.source);
        lines.push(format!("- The table {}, only when it is pinned:\n  {member}{source}.", code(id.as_str())));
        for (name, value) in recipe.values.iter().filter(|(_, value)| value.lookup == *id) {
            lines.push(format!("  - {} is looked up in it: {}.", code(&format!("{{values.{name}}}")), value.doc));
        }
    }
    lines.join("\n")
}

/// The tree of the example on its first platform, where that can be said without its files.
fn tree(recipe: &Recipe, example: &Example) -> Option<String> {
    let platform: Platform = *example.request.platforms.first()?;
    if recipe.layout.is_empty() || !recipe.files.is_empty() {
        return None;
    }
    let files: BTreeMap<Name, String> = BTreeMap::new();
    let expanded = Expanded::of(recipe, &example.request, platform, platform, &files).ok()?;
    let tree = expanded.tree();
    let lines: Vec<&str> = tree.lines().map(|line| line.strip_prefix("  ").unwrap_or(line)).collect();
    Some(format!("The call above makes this for `{platform}`:\n\n```text\n{}\n```", lines.join("\n")))
}

fn set(recipe: &Recipe) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (role, rule) in &recipe.environment {
        let of = if *role == Role::Any { String::new() } else { format!(" (for {})", words::role(*role)) };
        rows.extend(
            rule.set.iter().map(|(name, value)| vec![format!("{}{of}", code(name.source())), code(value.source())]),
        );
    }
    rows.sort();
    table(&["variable", "is set to"], rows)
}

fn cleared(recipe: &Recipe) -> String {
    let names: BTreeSet<&str> = recipe.environment.values().flat_map(|rule| &rule.clear).map(String::as_str).collect();
    let names: Vec<String> = names.into_iter().map(code).collect();
    if names.is_empty() {
        String::new()
    } else {
        format!("Cleared, because they would lead the tool elsewhere: {}.", words::list(&names, "and"))
    }
}

fn runtime_files(recipe: &Recipe) -> String {
    let file = |rule: &lazytools_lock::recipe::RuntimeFileRule| {
        format!(
            "Written just before the tool runs, {}:\n\n```text\n{}\n```",
            code(rule.to.source()),
            // As the tool finds it.
            rule.text.source().trim_end().replace("{{", "{").replace("}}", "}")
        )
    };
    recipe.runtime_files.iter().map(file).collect::<Vec<_>>().join("\n\n")
}

fn reaches(recipe: &Recipe) -> String {
    let rows = recipe.reaches.iter().map(|reach| {
        let host = match reach.host.strip_prefix("registry:") {
            Some(kind) => format!("the package registry ({kind})"),
            None => code(&reach.host),
        };
        vec![host, reach.remedy.clone()]
    });
    table(&["it reaches for", "then"], rows.collect())
}
