//! `lazytools recipe show`: what would be laid out, before anything is fetched.

mod stand_in;
mod tree;
pub mod words;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{anyhow, Context as _, Result};
use lazytools_lock::recipe::{Recipe, Wanted, WantedValue};
use lazytools_lock::{Algorithm, Name, Part, Platform, Request, Role, Tool};
use lazytools_requests::{files, recipes};

/// More than any input file has.
const MAX_BYTES: u64 = 256 << 20;

#[derive(clap::Args)]
pub struct Arguments {
    /// A recipe's file, or the name of a built-in recipe.
    recipe: String,
    /// The platform that the tool runs on and that is built for, as in `linux_x86_64`.
    #[arg(long)]
    platform: Platform,
    /// The platform that is built for, where it is another one.
    #[arg(long, value_name = "PLATFORM")]
    target: Option<Platform>,
    /// The tool's version.
    #[arg(long, default_value = "")]
    version: String,
    /// A parameter.
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = pair)]
    params: Vec<(Name, String)>,
    /// A file that the recipe reads.
    #[arg(long = "file", value_name = "NAME=FILE", value_parser = pair)]
    files: Vec<(Name, String)>,
}

fn pair(text: &str) -> Result<(Name, String)> {
    let (name, value) = text.split_once('=').context("it is not NAME=VALUE")?;
    Ok((name.parse()?, value.to_owned()))
}

pub fn run(arguments: &Arguments, start: &Path) -> Result<ExitCode> {
    let recipe = find(&arguments.recipe, start)?;
    let mut texts = BTreeMap::new();
    for (name, file) in &arguments.files {
        let path = start.join(file);
        let text =
            files::read(&path, MAX_BYTES).map_err(|error| anyhow!("{name} {}: {error} (LT310)", path.display()))?;
        texts.insert(name.clone(), text);
    }
    print!("{}", show(&recipe, arguments, &texts)?);
    Ok(ExitCode::SUCCESS)
}

fn find(name: &str, start: &Path) -> Result<Recipe> {
    let path: PathBuf = start.join(name);
    if recipes::names().contains(&name) && !path.is_file() {
        return Ok(recipes::built_in(name)?);
    }
    if path.is_file() || name.contains(['/', '\\']) || name.contains(".toml") {
        return Ok(recipes::in_file(&path)?);
    }
    Ok(recipes::built_in(name)?)
}

fn show(recipe: &Recipe, arguments: &Arguments, files: &BTreeMap<Name, String>) -> Result<String> {
    let target = arguments.target.unwrap_or(arguments.platform);
    let mut platforms = vec![arguments.platform, target];
    platforms.sort_unstable();
    platforms.dedup();
    let request = Request {
        recipe: recipe.name.to_string(),
        version: arguments.version.clone(),
        version_from: String::new(),
        version_package: String::new(),
        version_range: String::new(),
        params: arguments.params.iter().cloned().collect(),
        files: files.keys().map(|name| (name.clone(), String::new())).collect(),
        artifact_files: BTreeMap::new(),
        platforms,
    };
    let expanded = Expanded::of(recipe, &request, arguments.platform, target, files)?;
    Ok(expanded.explain(&render(recipe, arguments, target, &expanded)?))
}

/// A request's tool with all that is not known before fetching made up.
pub struct Expanded {
    wanted: Vec<(Role, Wanted)>,
    tool: Tool,
    platform: Platform,
    target: Platform,
    known: stand_in::StandIns,
    values: Vec<WantedValue>,
}

impl Expanded {
    /// Expands a request for a platform that the tool runs on and one that is built for.
    pub fn of(
        recipe: &Recipe,
        request: &Request,
        platform: Platform,
        target: Platform,
        files: &BTreeMap<Name, String>,
    ) -> Result<Self> {
        let chosen = recipe.choose(request)?;
        let values = chosen.wanted_values().map_err(|error| anyhow!("{error}"))?;
        let chosen = chosen.with_values(values.iter().map(stand_in::value).collect());
        let parts = [(Role::Any, None), (Role::Host, Some(platform)), (Role::Target, Some(target))];
        let mut wanted: Vec<(Role, Wanted)> = Vec::new();
        let mut known = stand_in::StandIns::default();
        for (role, platform) in chosen.parts() {
            for artifact in chosen.wanted(role, platform, files).map_err(|error| anyhow!("{error}"))? {
                known.add(role, platform, &artifact);
                if parts.contains(&(role, platform)) {
                    wanted.push((role, artifact));
                }
            }
        }
        let inputs =
            files.iter().map(|(name, text)| (name.clone(), Algorithm::Sha256.digest(text.as_bytes()))).collect();
        let tool = chosen
            .tool(request, files, &inputs, |role, platform| known.of(role, platform))
            .map_err(|errors| anyhow!(errors.join("\n")))?;
        Ok(Self { wanted, tool, platform, target, known, values })
    }

    /// A text with what is made up named for what it stands for.
    fn explain(&self, text: &str) -> String {
        stand_in::explain_values(&self.known.explain(text), &self.values)
    }

    /// The parts of the tool that the two platforms have.
    fn parts(&self) -> Vec<&Part> {
        let tool = &self.tool;
        [Some(&tool.any), tool.host.get(&self.platform), tool.target.get(&self.target)].into_iter().flatten().collect()
    }

    /// The folder, as a tree.
    pub fn tree(&self) -> String {
        let parts = self.parts();
        self.explain(&tree::render(parts.iter().flat_map(|part| &part.layout), &|text| self.explain(text)))
    }
}

fn render(recipe: &Recipe, arguments: &Arguments, target: Platform, expanded: &Expanded) -> Result<String> {
    let Expanded { wanted, tool, .. } = expanded;
    let mut out = String::new();
    let version = if arguments.version.is_empty() { String::new() } else { format!(" {}", arguments.version) };
    write!(out, "{}{version} on {}", recipe.name, arguments.platform)?;
    if target != arguments.platform {
        write!(out, ", building for {target}")?;
    }
    writeln!(out, "\n\nfetched")?;
    if wanted.is_empty() {
        writeln!(out, "  nothing")?;
    }
    for (role, artifact) in wanted {
        writeln!(
            out,
            "  {} (for {}): {}, {}",
            artifact.id,
            role.name(),
            words::source(&artifact.source),
            artifact.format
        )?;
        writeln!(out, "    its digest: {}", words::digest(&artifact.digest))?;
    }
    let parts = expanded.parts();
    writeln!(out, "\nlaid out")?;
    out.push_str(&expanded.tree());
    let checks: Vec<&str> = parts.iter().flat_map(|part| &part.check).map(lazytools_lock::CachePath::as_str).collect();
    if !checks.is_empty() {
        writeln!(out, "\nhas to be there in the end\n  {}", checks.join("\n  "))?;
    }
    writeln!(out, "\nvariables")?;
    let mut lines: Vec<String> = Vec::new();
    for part in &parts {
        lines.extend(part.environment.set.iter().map(|(name, value)| format!("{name}={value}")));
        lines.extend(part.environment.clear.iter().map(|name| format!("{name} is cleared")));
    }
    lines.sort();
    writeln!(out, "  {}", if lines.is_empty() { "none".to_owned() } else { lines.join("\n  ") })?;
    for file in parts.iter().flat_map(|part| &part.runtime_files) {
        writeln!(out, "\nwritten just before it runs: {}\n{}", file.to, words::indent(&file.text))?;
    }
    writeln!(out, "\naccess: {}", words::access(&tool.access))?;
    if !tool.reaches.is_empty() {
        writeln!(out, "\nreaches, when something is missing")?;
    }
    for reach in &tool.reaches {
        writeln!(out, "  {}: {}", reach.host, reach.remedy)?;
    }
    Ok(out)
}
