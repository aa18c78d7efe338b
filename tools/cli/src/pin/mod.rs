//! `lazytools pin`.

mod current;
mod progress;
mod publishers;
mod report;
mod resolve;
mod tool;
mod write;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{bail, Context as _, Result};
use lazytools_fetch::{Client, ClientOptions, Store};
use lazytools_lock::{Lock, Name, Tool};

use crate::requests::{Requests, ToolRequest};
use current::Prepared;
use report::{Change, LockReport};

/// How many things are asked for at a time. They wait for servers, not for a processor.
const SIDE_BY_SIDE: usize = 16;

#[derive(clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "they are flags")]
#[command(after_help = "Exit status: 0 the lock is written or was current, 1 something failed or (--check) the lock \
                        is not current, 2 wrong use.")]
pub struct Arguments {
    /// What is to be pinned, as the module extension wrote it. Once for each hub.
    #[arg(long, required = true, value_name = "FILE")]
    requests: Vec<PathBuf>,
    /// Says whether the lock is current, without a network, and writes nothing.
    #[arg(long, conflicts_with_all = ["dry_run", "refresh"])]
    check: bool,
    /// Resolves everything, says what would change, and writes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Says the outcome in JSON.
    #[arg(long)]
    json: bool,
    /// Pins only these tools and keeps the others as they are.
    #[arg(long, value_name = "TOOL")]
    only: Vec<Name>,
    /// Resolves again what is current, too.
    #[arg(long)]
    refresh: bool,
    /// The folder that paths in the requests start from.
    #[arg(long, env = "BUILD_WORKSPACE_DIRECTORY", default_value = ".", value_name = "DIR")]
    workspace: PathBuf,
    /// Fetches addresses that begin with FROM at TO instead: for a mirror that the lock is not to name.
    #[arg(long, value_name = "FROM=TO", env = "LAZYTOOLS_REWRITE", value_delimiter = ' ')]
    rewrite: Vec<String>,
    /// How long a server may be silent.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout: u64,
    /// The pause before a failed request is sent again; each further one is twice as long.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 500, hide = true)]
    pause: u64,
}

impl Arguments {
    fn client_options(&self) -> Result<ClientOptions> {
        let mut options = ClientOptions { rewrites: rewrites(&self.rewrite)?, ..ClientOptions::default() };
        options.stall = Duration::from_secs(self.timeout.max(1));
        options.connect = options.connect.min(options.stall);
        options.patience.pause = Duration::from_millis(self.pause);
        Ok(options)
    }
}

/// A lock file with what is asked of it.
struct Target {
    path: PathBuf,
    old: Lock,
    tools: BTreeMap<Name, (ToolRequest, BTreeMap<String, String>)>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let workspace = std::path::absolute(&arguments.workspace)?;
    let targets = read_targets(arguments, &workspace)?;
    let mut failures = Vec::new();
    let mut prepared = Vec::new();
    for target in &targets {
        let (ready, failed) = current::prepare(&target.old, &target.tools);
        prepared.push(ready);
        failures.extend(failed);
    }
    give_up_on(&failures)?;
    if arguments.check {
        return Ok(check(arguments, &workspace, &targets, &prepared));
    }
    let locks = resolve_all(arguments, &workspace, &targets, &prepared)?;
    let reports: Vec<LockReport> = targets
        .iter()
        .zip(&locks)
        .map(|(target, new)| LockReport::between(&shown(&workspace, &target.path), &target.old, new))
        .collect();
    if !arguments.dry_run {
        let files: Vec<(PathBuf, String)> =
            targets.iter().zip(&locks).map(|(target, lock)| (target.path.clone(), lock.render())).collect();
        write::all(&files)?;
    }
    report::print(&reports, arguments.json, arguments.dry_run);
    Ok(ExitCode::SUCCESS)
}

fn read_targets(arguments: &Arguments, workspace: &Path) -> Result<Vec<Target>> {
    let mut targets: BTreeMap<PathBuf, Target> = BTreeMap::new();
    for file in &arguments.requests {
        let requests = Requests::read(file, workspace)?;
        let path = requests.lock.clone();
        if !targets.contains_key(&path) {
            let old = read_lock(&path, workspace, arguments.check)?;
            targets.insert(path.clone(), Target { path: path.clone(), old, tools: BTreeMap::new() });
        }
        let Some(target) = targets.get_mut(&path) else { continue };
        for (name, request) in requests.tools {
            if let Some((other, _)) = target.tools.get(&name) {
                if other.request != request.request {
                    bail!(
                        "two hubs ask for different things under the name {name}, and share {} (LT310)",
                        path.display()
                    );
                }
            }
            target.tools.insert(name, (request, requests.registries.clone()));
        }
    }
    for only in &arguments.only {
        if !targets.values().any(|target| target.tools.contains_key(only)) {
            let known = targets.values().flat_map(|target| target.tools.keys()).map(Name::as_str);
            let hint = lazytools_lock::recipe::error::suggestion(only.as_str(), known);
            eprintln!("lazytools: --only {only}: MODULE.bazel declares no such tool: {hint}");
            std::process::exit(2);
        }
    }
    Ok(targets.into_values().collect())
}

fn read_lock(path: &Path, workspace: &Path, check: bool) -> Result<Lock> {
    match std::fs::read_to_string(path) {
        Ok(text) if check => Ok(Lock::parse(&text, &shown(workspace, path))?),
        Ok(text) => {
            // What cannot be read of it is pinned anew: a wrong pin never stands in the way of a right one.
            let (lock, errors) = Lock::parse_what_is_good(&text, &shown(workspace, path))?;
            for error in errors {
                eprintln!("lazytools: pinned anew: {error}");
            }
            Ok(lock)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !check => Ok(Lock::empty()),
        Err(error) => Err(error).with_context(|| format!("lock {} (LT310)", path.display())),
    }
}

fn check(arguments: &Arguments, workspace: &Path, targets: &[Target], prepared: &[Vec<Prepared>]) -> ExitCode {
    let reports: Vec<LockReport> = targets
        .iter()
        .zip(prepared)
        .map(|(target, prepared)| {
            let mut report = LockReport::new(&shown(workspace, &target.path));
            report.changes.extend(
                prepared
                    .iter()
                    .filter_map(|tool| tool.stale.as_ref().map(|why| Change::stale(tool.name.clone(), why.clone()))),
            );
            report.changes.extend(current::removed(&target.old, &target.tools).map(|name| {
                Change::stale(name.clone(), "it is in the lock, and MODULE.bazel no longer asks for it".to_owned())
            }));
            report.changes.sort_by(|a, b| a.tool.cmp(&b.tool));
            report
        })
        .collect();
    report::print_check(&reports, arguments.json);
    if reports.iter().all(|report| report.changes.is_empty()) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn resolve_all(
    arguments: &Arguments,
    workspace: &Path,
    targets: &[Target],
    prepared: &[Vec<Prepared>],
) -> Result<Vec<Lock>> {
    let client = Client::new(arguments.client_options()?);
    let resolver = resolve::Resolver::new(client, Store::of_user(), workspace.to_owned());
    let wanted = |name: &Name| arguments.only.is_empty() || arguments.only.contains(name);
    let mut work = Vec::new();
    for (index, tools) in prepared.iter().enumerate() {
        for tool in tools.iter().filter(|tool| wanted(&tool.name)) {
            if arguments.refresh || tool.stale.is_some() {
                work.push((index, tool));
            }
        }
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(SIDE_BY_SIDE).build()?;
    let (tools, failures) = pool.install(|| tool::resolve(&resolver, &work));
    give_up_on(&failures)?;
    let mut locks: Vec<Lock> = targets
        .iter()
        .map(|target| {
            let mut lock = target.old.clone();
            if arguments.only.is_empty() {
                lock.tools.retain(|name, _| target.tools.contains_key(name));
            }
            lock
        })
        .collect();
    for (index, name, tool) in tools {
        locks[index].tools.insert(name, tool);
    }
    Ok(locks)
}

fn rewrites(texts: &[String]) -> Result<Vec<(String, String)>> {
    let parse = |text: &String| {
        let (from, to) = text.split_once('=').with_context(|| format!("--rewrite {text} is not FROM=TO"))?;
        Ok((from.to_owned(), to.to_owned()))
    };
    texts.iter().filter(|text| !text.is_empty()).map(parse).collect()
}

/// All failures in one message, sorted, so that two runs say the same.
fn give_up_on(failures: &[String]) -> Result<()> {
    if failures.is_empty() {
        return Ok(());
    }
    let mut failures = failures.to_vec();
    failures.sort();
    failures.dedup();
    bail!("nothing was written, because {} failed:\n{}", count(failures.len()), failures.join("\n"));
}

fn count(number: usize) -> String {
    if number == 1 {
        "one thing".to_owned()
    } else {
        format!("{number} things")
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

fn shown(workspace: &Path, path: &Path) -> String {
    path.strip_prefix(workspace).unwrap_or(path).display().to_string()
}

/// A tool that was resolved: the target's index, its name, what the lock holds.
type Resolved = (usize, Name, Tool);
