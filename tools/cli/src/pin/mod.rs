//! `lazytools pin`.

mod changed;
mod latest;
mod local;
mod progress;
mod publishers;
mod resolve;
mod secrets;
mod signature;
mod tool;
mod versions;
mod write;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use anyhow::{anyhow, bail, Context as _, Result};
use lazytools_fetch::{Client, ClientOptions, HelperFlag, Store};
use lazytools_lock::{Lock, Name, Tool};
use lazytools_requests::targets::{self, Reading};
use lazytools_requests::{current, report, LockReport, Prepared, Target};

use crate::sbom;

/// How many things are asked for at a time. They wait for servers, not for a processor.
const SIDE_BY_SIDE: usize = 32;

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
    /// Moves tools with a `version_range` to the newest release in it, and says what is newer than exact versions.
    #[arg(long, conflicts_with = "check")]
    latest: bool,
    /// How old a release has to be before a `version_range` takes it: 36h, 3d, 0.
    #[arg(long, value_name = "AGE", default_value = "24h", value_parser = humantime::parse_duration)]
    min_age: Duration,
    /// Lets a `version_range` take pre-releases.
    #[arg(long)]
    pre: bool,
    /// Writes a bill of what the locks pin, too: cyclonedx=FILE (1.6) or spdx=FILE (2.3), in JSON. With --check it is
    /// written without a network, if the locks are current.
    #[arg(long, value_name = "FORMAT=FILE", conflicts_with = "dry_run")]
    sbom: Vec<sbom::Wanted>,
    /// The moment that ages are counted from, for tests.
    #[arg(long, hide = true, value_parser = humantime::parse_rfc3339)]
    now: Option<SystemTime>,
    /// The folder that paths in the requests start from.
    #[arg(long, env = "BUILD_WORKSPACE_DIRECTORY", default_value = ".", value_name = "DIR")]
    workspace: PathBuf,
    /// Fetches addresses that begin with FROM at TO instead: for a mirror that the lock is not to name.
    #[arg(long, value_name = "FROM=TO", env = "LAZYTOOLS_REWRITE", value_delimiter = ' ')]
    rewrite: Vec<String>,
    /// Takes a tool's files as they are now, where an address gives another file than the one that the lock has for it.
    #[arg(long, value_name = "TOOL")]
    accept_changed: Vec<Name>,
    /// A program to ask for credentials, as Bazel's flag of this name. Those of .bazelrc are asked, too; of two for one
    /// host this one.
    #[arg(long = "credential_helper", value_name = "[PATTERN=]PROGRAM")]
    credential_helper: Vec<HelperFlag>,
    /// How long a server may be silent.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout: u64,
    /// How many things are asked for at a time, for measuring.
    #[arg(long, value_name = "NUMBER", default_value_t = SIDE_BY_SIDE, hide = true)]
    side_by_side: usize,
    /// The pause before a failed request is sent again; each further one is twice as long.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 500, hide = true)]
    pause: u64,
}

impl Arguments {
    fn client_options(&self, workspace: &Path, store: &Store) -> Result<ClientOptions> {
        let mut options = ClientOptions {
            rewrites: rewrites(&self.rewrite)?,
            helpers: self.helpers(workspace)?,
            workspace: Some(workspace.to_owned()),
            store: Some(store.clone()),
            ..ClientOptions::default()
        };
        options.stall = Duration::from_secs(self.timeout.max(1));
        options.connect = options.connect.min(options.stall);
        options.patience.pause = Duration::from_millis(self.pause);
        Ok(options)
    }

    /// The credential helpers: Bazel's own settings, then the command line's.
    fn helpers(&self, workspace: &Path) -> Result<Vec<HelperFlag>> {
        let mut helpers = Vec::new();
        for text in lazytools_fetch::bazelrc::credential_helpers(workspace) {
            let wrong = |what: String| anyhow!("--credential_helper in .bazelrc: {what} (LT336)");
            helpers.push(text.parse::<HelperFlag>().map_err(wrong)?);
        }
        helpers.extend(self.credential_helper.iter().cloned());
        Ok(helpers)
    }

    fn taste(&self) -> latest::Taste {
        let now = self.now.unwrap_or_else(SystemTime::now);
        latest::Taste { min_age: self.min_age, now, pre: self.pre, latest: self.latest }
    }

    fn wants(&self, tool: &Name) -> bool {
        self.only.is_empty() || self.only.contains(tool)
    }
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let workspace = std::path::absolute(&arguments.workspace)?;
    let reading = if arguments.check { Reading::Strict } else { Reading::Lenient };
    let (targets, warnings) = targets::read(&arguments.requests, &workspace, reading)?;
    for warning in warnings {
        eprintln!("lazytools: pinned anew: {warning}");
    }
    check_named(arguments, &targets);
    let mut failures = Vec::new();
    let mut prepared = Vec::new();
    for target in &targets {
        let (ready, failed) = current::prepare(&target.old, &target.tools);
        prepared.push(ready);
        failures.extend(failed);
    }
    give_up_on(&failures)?;
    if arguments.check {
        let reports = lazytools_requests::check::reports(&targets, &prepared);
        let current = report::print_check(&reports, arguments.json);
        if current {
            write::all(&bills(arguments, &targets, targets.iter().map(|target| &target.old))?)?;
        }
        return Ok(if current { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let store = Store::of_user();
    store.tidy();
    let client = Client::new(arguments.client_options(&workspace, &store)?);
    let resolver = resolve::Resolver::new(client, store, workspace);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(arguments.side_by_side).build()?;
    let (notes, failures) =
        pool.install(|| latest::decide(&resolver, &mut prepared, |tool| arguments.wants(tool), arguments.taste()));
    give_up_on(&failures)?;
    let locks = pool.install(|| resolve_all(arguments, &resolver, &targets, &prepared))?;
    let reports: Vec<LockReport> =
        targets.iter().zip(&locks).map(|(target, new)| LockReport::between(&target.shown, &target.old, new)).collect();
    if !arguments.dry_run {
        let mut files: Vec<(PathBuf, String)> =
            targets.iter().zip(&locks).map(|(target, lock)| (target.path.clone(), lock.render())).collect();
        files.extend(bills(arguments, &targets, locks.iter())?);
        write::all(&files)?;
    }
    report::print(&reports, &notes, arguments.json, arguments.dry_run);
    if !arguments.json {
        latest::print(&notes);
    }
    Ok(ExitCode::SUCCESS)
}

/// The bills of materials with their files.
fn bills<'a>(
    arguments: &Arguments,
    targets: &'a [Target],
    locks: impl Iterator<Item = &'a Lock>,
) -> Result<Vec<(PathBuf, String)>> {
    let locks: Vec<(&str, &Lock)> = targets.iter().map(|target| target.shown.as_str()).zip(locks).collect();
    sbom::documents(&arguments.sbom, &locks)
}

/// `--only` and `--accept-changed` have to name tools that there are.
fn check_named(arguments: &Arguments, targets: &[Target]) {
    let named = arguments.only.iter().map(|name| ("--only", name));
    for (flag, only) in named.chain(arguments.accept_changed.iter().map(|name| ("--accept-changed", name))) {
        if !targets.iter().any(|target| target.tools.contains_key(only)) {
            let known = targets.iter().flat_map(|target| target.tools.keys()).map(Name::as_str);
            let hint = lazytools_lock::recipe::error::suggestion(only.as_str(), known);
            eprintln!("lazytools: {flag} {only}: MODULE.bazel declares no such tool: {hint}");
            std::process::exit(2);
        }
    }
}

fn resolve_all(
    arguments: &Arguments,
    resolver: &resolve::Resolver,
    targets: &[Target],
    prepared: &[Vec<Prepared>],
) -> Result<Vec<Lock>> {
    let mut work = Vec::new();
    for (index, tools) in prepared.iter().enumerate() {
        for tool in tools.iter().filter(|tool| arguments.wants(&tool.name)) {
            if arguments.refresh || tool.stale.is_some() || arguments.accept_changed.contains(&tool.name) {
                work.push((index, tool));
            }
        }
    }
    let (tools, mut failures) = tool::resolve(resolver, &work);
    for (index, name, tool) in &tools {
        if !arguments.accept_changed.contains(name) {
            failures.extend(changed::under_the_same_address(&targets[*index].old, name, tool));
        }
    }
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

pub fn rewrites(texts: &[String]) -> Result<Vec<(String, String)>> {
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

/// A tool that was resolved: the target's index, its name, what the lock holds.
type Resolved = (usize, Name, Tool);
