//! Builds where nothing can be reached, and says what was tried all the same.

mod holdings;
mod jail;
mod replay;
mod report;
mod run;
mod said;
mod scratch;
mod wants;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use lazytools_jail::programs::Program;

use crate::bazel_flags::{self, Flags};
use crate::cache::RepositoryCache;
use crate::collect::{show_command, Bazel, Jailed};
use crate::collection::Version;
use crate::rules_log::{Event, RulesLog};
use crate::{files, install, AirgapError, Result};

pub use holdings::{State, Wanted};
pub use report::{Address, Asker, Lookup, Outcome, Report, Served};
pub use wants::Want;

use holdings::Holdings;
use jail::{Jail, Observed};
use replay::Replay;
use run::{End, Held};
use said::Said;
use scratch::Scratch;
use wants::Evidence;

/// What is to be built.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "they are flags")]
pub struct Options {
    /// The workspace.
    pub workspace: PathBuf,
    /// A folder in which one is made that is new and goes with the run.
    pub scratch: PathBuf,
    /// The folder for Bazel's output root, which stays, and must not be there or be empty; none for one in `scratch`.
    pub keep: Option<PathBuf>,
    /// The bundle, by which missing files are named; none for the one that is installed.
    pub bundle: Option<PathBuf>,
    /// The file that `install` writes, from the workspace.
    pub fragment: PathBuf,
    /// The targets, as `bazel build` takes them.
    pub targets: Vec<String>,
    /// The platforms to build for, one after the other; none for the one that Bazel takes by itself.
    pub platforms: Vec<String>,
    /// The platform that builds, where it is not this machine's.
    pub host_platform: Option<String>,
    /// More flags for Bazel.
    pub flags: Vec<String>,
    /// Run tests, too.
    pub test: bool,
    /// Let programs of the build talk to each other over the loopback.
    pub allow_loopback: bool,
    /// Serve the bundle's downloads in the namespace, as `lazytools airgap serve` does: requests to it are no failure.
    pub serve: bool,
    /// Let repository rules see the HOME of whoever runs this, and not an empty one.
    pub own_home: bool,
}

/// Builds in namespaces of its own, with an output root that is new and no server.
///
/// This process enters the namespaces, so it must have one thread, and no further use for a network; and it takes its own
/// signals, by which it ends Bazel and all that Bazel has started. Works as any user that may make user namespaces.
/// `say` hears what is being done, and what an operator should know before it is.
pub fn prove(options: &Options, bazel: &Bazel, say: &dyn Fn(&str)) -> Result<Report> {
    let version = bazel.version()?.supported()?;
    let workspace = crate::workspace::find(&options.workspace)?;
    let holdings = installed(options, &workspace, say)?;
    if options.serve && holdings.is_none() {
        let message = "no bundle is installed that --serve could serve: name one with --bundle".to_owned();
        return Err(AirgapError::Place { path: workspace, message });
    }
    let keep = options.keep.as_deref().map(|keep| new_folder(keep, &workspace)).transpose()?;
    let scratch = Scratch::new(&options.scratch).map_err(AirgapError::io("making", &options.scratch))?;
    if scratch.path().starts_with(&workspace) {
        let message = "it is inside the workspace: name another folder with --scratch".to_owned();
        return Err(AirgapError::Place { path: scratch.path().to_owned(), message });
    }
    let root = keep.unwrap_or_else(|| scratch.path().join("root"));
    let home = scratch.path().join("home");
    fs::create_dir(&home).map_err(AirgapError::io("making", &home))?;

    let hosts = scratch.path().join("hosts");
    fs::write(&hosts, fs::read("/etc/hosts").unwrap_or_default()).map_err(AirgapError::io("writing", &hosts))?;

    let held = Held::hold().map_err(AirgapError::io("holding back signals of", Path::new("this process")))?;
    let jail = Jail::enter(&scratch.path().join("etc"))?;
    // Only now: a process with several threads cannot enter a user namespace.
    let signals = held.take();
    let bundle = holdings.as_ref().filter(|_| options.serve).map(Holdings::bundle);
    let serving = bundle.map(|bundle| Replay::start(bundle, scratch.path(), version)).transpose()?;
    let platforms: Vec<Option<&String>> = match options.platforms.as_slice() {
        [] => vec![None],
        some => some.iter().map(Some).collect(),
    };
    let mut builds = Builds { built: true, ..Builds::default() };
    for (number, platform) in platforms.into_iter().enumerate() {
        let mut flags = serving.iter().flat_map(Replay::flags).collect::<Vec<_>>();
        flags.extend(platform.map(|platform| format!("--platforms={platform}")));
        flags.extend(options.host_platform.iter().map(|platform| format!("--host_platform={platform}")));
        if !options.own_home {
            flags.push(format!("--repo_env=HOME={}", home.display()));
        }
        if version.has_repo_contents_cache() {
            // It would stand for downloads, and so hide them.
            flags.push("--repo_contents_cache=".to_owned());
        }
        flags.extend(options.flags.iter().cloned());
        let run = Jailed {
            command: command(options),
            root: &root,
            hosts: &hosts,
            log: &scratch.path().join(format!("rules-{number}.log")),
            events: &scratch.path().join(format!("events-{number}.json")),
            flags: &flags,
            targets: &options.targets,
        };
        let shown = platform.map(|platform| format!(" --platforms={platform}")).unwrap_or_default();
        say(&format!(
            "bazel {} {}{shown}, where the loopback is the only network",
            run.command,
            options.targets.join(" ")
        ));
        match run::run(bazel.jailed(&run), &signals).map_err(|error| bazel.not_run(&run, &error))? {
            End::Interrupted => {
                return Err(AirgapError::Interrupted(match &options.keep {
                    Some(keep) => format!("its output root {} is kept", keep.display()),
                    None => "its output root is removed".to_owned(),
                }))
            }
            End::Exited(status) => builds.note(&run, status)?,
        }
    }
    let observed = jail.finish()?;
    let served = serving.map(|serving| serving.served(&observed.seen));
    Ok(report(options, &version.to_string(), &workspace, &root, builds, observed, holdings.as_ref(), served))
}

fn command(options: &Options) -> &'static str {
    if options.test {
        "test"
    } else {
        "build"
    }
}

/// The bundle in force, and a word where none seems to be.
fn installed(options: &Options, workspace: &Path, say: &dyn Fn(&str)) -> Result<Option<Holdings>> {
    let fragment = workspace.join(&options.fragment);
    let name = options.fragment.display();
    if !fragment.exists() {
        let bundle = options.bundle.as_deref().unwrap_or(Path::new("BUNDLE")).display();
        say(&format!(
            "there is no {name} in the workspace, so no bundle is installed: `lazytools airgap install {bundle}` writes it"
        ));
    } else if !install::imports(workspace, &fragment) {
        say(&format!(
            "{name} is not imported by .bazelrc, so no bundle is in force: add the line `try-import %workspace%/{name}`"
        ));
    }
    let installed = Holdings::installed(workspace, &fragment);
    let Some(bundle) = &options.bundle else { return installed };
    let named = Holdings::of(bundle)?;
    if let Ok(Some(installed)) = installed {
        if installed.bundle() != named.bundle() {
            say(&format!(
                "{name} names another bundle than --bundle: {}, and not {}",
                installed.bundle().display(),
                named.bundle().display()
            ));
        }
    }
    Ok(Some(named))
}

/// Makes a folder for an output root that stays.
fn new_folder(path: &Path, workspace: &Path) -> Result<PathBuf> {
    files::folder(path).map_err(AirgapError::io("making", path))?;
    let path = fs::canonicalize(path).map_err(AirgapError::io("finding", path))?;
    let mut entries = fs::read_dir(&path).map_err(AirgapError::io("reading", &path))?;
    let message = if entries.next().is_some() {
        "it is not empty, and what is in it could hide what the build needs: name a new folder with --keep"
    } else if path.starts_with(workspace) {
        "it is inside the workspace, where //... would take it for packages: name another folder with --keep"
    } else {
        return Ok(path);
    };
    Err(AirgapError::Place { path, message: message.to_owned() })
}

/// What the builds have left of themselves.
#[derive(Default)]
struct Builds {
    built: bool,
    events: Vec<Event>,
    text: String,
    error: Option<String>,
    cached: u64,
    flags: Option<Flags>,
}

impl Builds {
    fn note(&mut self, run: &Jailed<'_>, status: i32) -> Result<()> {
        self.built &= status == 0;
        if status != 0 {
            self.error.get_or_insert(format!("bazel {} ended with status {status}", run.command));
        }
        // A run that failed early may have left neither; one that was killed may have left a part.
        if let Ok(log) = File::open(run.log) {
            self.events.extend(RulesLog::new(BufReader::new(log)).map_while(std::result::Result::ok));
        }
        let open = || File::open(run.events).ok().map(BufReader::new);
        let read = AirgapError::io("reading", run.events);
        let Some(events) = open() else { return Ok(()) };
        let said = Said::read(events).map_err(read)?;
        self.text.push_str(&wants::failures(&said.text));
        if let Some(error) = said.first_error().filter(|_| status != 0) {
            self.error = Some(error.to_owned());
        }
        self.cached += said.cached;
        let flags = open().and_then(|events| bazel_flags::read(events).ok().flatten());
        self.flags = flags.or(self.flags.take());
        Ok(())
    }
}

#[allow(clippy::too_many_arguments, reason = "it puts together all that is known")]
fn report(
    options: &Options,
    bazel: &str,
    workspace: &Path,
    root: &Path,
    builds: Builds,
    observed: Observed,
    holdings: Option<&Holdings>,
    served: Option<Served>,
) -> Report {
    let Observed { counters, seen, lookups } = observed;
    let in_force = builds.flags.and_then(|flags| flags.repository_cache);
    let cache = in_force.map(|cache| RepositoryCache::new(workspace.join(cache)));
    let cache = cache.or_else(|| holdings.map(Holdings::cache));
    let sent = counters.packets > 0 || !lookups.is_empty();
    let evidence = Evidence { events: builds.events, text: &builds.text, sent, holdings, cache, root };
    let (wants, did_without) =
        if builds.built { (BTreeSet::new(), evidence.did_without()) } else { (evidence.wants(), BTreeSet::new()) };
    let total: u64 = seen.connections.values().map(|tried| tried.times).sum();
    let tcp = seen.connections.into_iter().map(|(address, tried)| Address {
        address,
        protocol: "tcp",
        times: tried.times,
        answered: tried.answered,
    });
    let udp =
        seen.datagrams.into_iter().map(|(address, times)| Address { address, protocol: "udp", times, answered: false });
    // Name servers are asked there: what for is in the lookups.
    let all = tcp.chain(udp).filter(|one| one.address.port() != 53);
    let others = all.filter(|one| served.as_ref().is_none_or(|served| served.address != one.address));
    let of_build =
        |one: &Address| options.allow_loopback && one.is_loopback() && (one.answered || one.protocol == "udp");
    let (allowed, addresses): (Vec<_>, Vec<_>) = others.partition(of_build);
    let excused = options.allow_loopback || served.is_some();
    let quiet = lookups.is_empty()
        && addresses.is_empty()
        && if excused { counters.opened <= total } else { counters.packets == 0 && counters.opened == 0 };
    let missed = served.as_ref().is_some_and(|served| !served.missed.is_empty());
    let outcome = match (builds.built, quiet && wants.is_empty() && (builds.built || !missed)) {
        (true, true) => Outcome::Proved,
        (false, true) => Outcome::Fails,
        (_, false) => Outcome::Needs,
    };
    Report {
        report_version: Version,
        outcome,
        bazel: bazel.to_owned(),
        command: command(options),
        targets: options.targets.iter().cloned().collect(),
        platforms: options.platforms.clone(),
        built: builds.built,
        packets: counters.packets,
        opened: counters.opened,
        lookups: askers(lookups, root),
        addresses,
        allowed,
        served,
        wants,
        did_without,
        bundle: holdings.map(|holdings| holdings.bundle().to_owned()),
        cached_actions: builds.cached,
        error: builds.error,
    }
}

fn askers(lookups: BTreeMap<String, (u64, BTreeSet<Program>)>, root: &Path) -> BTreeMap<String, Lookup> {
    let named = lookups.into_iter().map(|(host, (questions, by))| {
        let by = by.into_iter().map(|program| asker(&program, root)).collect();
        (host, Lookup { questions, by })
    });
    named.collect()
}

fn asker(program: &Program, root: &Path) -> Asker {
    // As Bazel calls its own process.
    if program.arguments.first().is_some_and(|name| name.starts_with("bazel(")) {
        return Asker { program: "bazel".to_owned(), needed_by: None };
    }
    // OUTPUT_ROOT/OUTPUT_BASE/external/REPOSITORY, or …/modextwd/…, …/sandbox/…, …/execroot/….
    let inside: Vec<_> = program.folder.strip_prefix(root).into_iter().flat_map(Path::iter).skip(1).collect();
    let needed_by = match inside.iter().map(|name| name.to_str()).collect::<Option<Vec<_>>>().as_deref() {
        Some(["external", name, ..]) => Some(format!("@@{name}")),
        Some(["modextwd", name, ..]) => Some(format!("the module extension {name}")),
        Some(["sandbox" | "execroot" | "bazel-workers", ..]) => Some("an action or a test".to_owned()),
        _ => None,
    };
    Asker { program: show_command(&program.arguments, root), needed_by }
}

#[cfg(test)]
mod tests;
