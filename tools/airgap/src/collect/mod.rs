//! Finds out by Bazel itself what targets need from elsewhere.

mod bazel;
mod chains;
mod classify;
mod commands;
mod exceptions;
mod filter;
mod git_commands;
mod git_mirror;
mod git_take;
#[cfg(target_os = "linux")]
mod jailed;
mod lazy_tools;
mod left_out;
mod queries;
mod raw;
mod registry_files;
mod replay_take;
mod session;
mod target_graph;
mod vendor;
mod vendor_copy;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use lazytools_fetch::Client;

use crate::collection::{Collection, Folder, Item, COLLECTION_VERSION};
use crate::manifest::FileKind;
use crate::module_graph;
use crate::registry::{RegistryUrl, CENTRAL};
use crate::rules_log::RulesLog;
use crate::tree::Tree;
use crate::{files, AirgapError, Result};

pub use bazel::Bazel;
#[cfg(target_os = "linux")]
pub(crate) use commands::{kind as command_kind, show as show_command, Kind as CommandKind};
pub use filter::RepositoryPattern;
#[cfg(target_os = "linux")]
pub(crate) use jailed::Jailed;

use classify::Classified;
pub use exceptions::{Exceptions, Git, Vendor};
use registry_files::RegistryFiles;
use session::Session;

/// What is to be collected.
#[derive(Clone, Debug)]
pub struct Options {
    /// The workspace.
    pub workspace: PathBuf,
    /// The folder of the collection. It must not be inside the workspace.
    pub output: PathBuf,
    /// The targets, as `bazel build` takes them.
    pub targets: Vec<String>,
    /// The platforms to build for, each in a run of its own; none for the one that Bazel takes by itself.
    pub platforms: Vec<String>,
    /// The platform that builds, where it is not this machine's.
    pub host_platform: Option<String>,
    /// Repositories that are not fetched, and not needed for the chosen platforms.
    pub without: Vec<RepositoryPattern>,
    /// Repositories that are fetched by their names, whether or not a target needs them here.
    pub repositories: Vec<String>,
    /// More flags for `bazel build`, as `--config=ci`.
    pub flags: Vec<String>,
    /// What is taken along of that which no repository cache can hold.
    pub exceptions: Exceptions,
}

/// Collects: writes the folder `options.output` and says what is in it.
///
/// Bazel runs once for each platform with an output root of its own, so that it fetches everything anew, and with the
/// folder's repository cache, which is kept: what an earlier run has downloaded is not downloaded again. `say` hears
/// what is being done.
pub fn collect(options: &Options, bazel: &Bazel, client: &Client, say: &dyn Fn(&str)) -> Result<Collection> {
    let session = Session::start(options, bazel, say)?;
    let (folder, work) = (&session.folder, session.work.path());
    let own = [work, session.workspace.as_path()];
    let mut left_out = session.leave_out()?;
    let mut trees = Vec::new();
    if !options.without.is_empty() {
        trees.push(stub(folder)?);
    }
    let names: BTreeSet<String> = left_out.repositories().cloned().collect();
    let overrides = filter::overrides(&names, &folder.tree(&filter::stub_path()).display().to_string());

    let mut classified = Classified::default();
    let mut chains = chains::Chains::new();
    let (mut registries, mut lock_counts, mut bases) = (Vec::new(), true, Vec::new());
    // One server at a time: that of the last run answers what is asked after the runs.
    let mut server = None;
    for (number, platform) in session.platforms().into_iter().enumerate() {
        let run = session.run(number, platform, &overrides);
        server = Some(bazel.server(&run, work));
        let flags = session.build(&run, &mut left_out)?;
        read_log(&run.log(work), &mut classified, platform, &own)?;
        bases.push(vendor::Base { platform: platform.map(str::to_owned), path: run.base(work) });
        lock_counts &= flags.lockfile_mode.as_deref() != Some("off");
        add_registries(flags.registries, &mut registries)?;
        session.add_chains(&run, &mut chains);
    }
    let run = session.run(bases.len() - 1, None, &overrides);
    if !options.repositories.is_empty() {
        say(&format!("bazel fetch {}", options.repositories.join(" ")));
        let log = work.join("rules-by-name.log");
        bazel.fetch(&run, work, &log, &options.repositories)?;
        read_log(&log, &mut classified, None, &own)?;
    }
    say("reading the files of registries");
    let mut found = RegistryFiles::new(&registries, client, folder);
    let from_lock = lock_counts && found.add_from_lock(&session.workspace.join("MODULE.bazel.lock"))?;
    if !from_lock {
        found.add_from_graph(&bazel.module_graph(&run, work, &module_graph::FLAGS)?)?;
    }
    drop(server);
    let raw = std::mem::take(&mut classified.raw);
    let mut items = classified.items(&folder.cache(), &mut found)?;
    trees.extend(session.caches.take(folder, &mut items)?);
    add_earlier_sources(folder, &mut items);
    items.extend(found.items());
    items.extend(left_out.items());
    let of_files = registries.iter().filter(|registry| registry.is_file());
    items.extend(of_files.map(|registry| Item::Host {
        what: format!("the registry {registry}"),
        needed_by: BTreeSet::from(["module resolution".to_owned()]),
    }));
    let from = exceptions::From { raw, bases: &bases, own: &own, folder, client, say };
    trees.extend(exceptions::take(&options.exceptions, &mut items, &from)?);
    items.sort();
    trees.sort();
    let needed_by = items.iter().flat_map(Item::needed_by).chain(trees.iter().flat_map(|tree| &tree.needed_by));
    let chains = chains::needed(&chains, &needed_by.cloned().collect());
    let collection = Collection {
        collection_version: COLLECTION_VERSION,
        bazel: session.version.to_string(),
        targets: options.targets.iter().cloned().collect(),
        platforms: options.platforms.iter().cloned().collect(),
        registries,
        items,
        trees,
        chains,
    };
    folder.write(&collection)?;
    Ok(collection)
}

/// A repository without anything in it, as it will be in the bundle.
fn stub(folder: &Folder) -> Result<Tree> {
    let path = filter::stub_path();
    let stub = folder.tree(&path);
    files::folder(&stub).map_err(AirgapError::io("making", &stub))?;
    for name in ["BUILD.bazel", "REPO.bazel"] {
        let file = stub.join(name);
        std::fs::write(&file, "").map_err(AirgapError::io("writing", &file))?;
    }
    Ok(Tree {
        path,
        kind: FileKind::LeftOut,
        sources: BTreeSet::new(),
        needed_by: BTreeSet::from(["--without".to_owned()]),
        platforms: BTreeSet::new(),
    })
}

fn read_log(log: &Path, classified: &mut Classified, platform: Option<&str>, own: &[&Path]) -> Result<()> {
    let damaged = |message| AirgapError::RulesLog { path: log.to_owned(), message };
    // Bazel writes none where nothing was fetched.
    if !log.exists() {
        return Ok(());
    }
    let file = File::open(log).map_err(AirgapError::io("reading", log))?;
    for event in RulesLog::new(BufReader::new(file)) {
        classified.note(event.map_err(|error| damaged(error.to_string()))?, platform, own);
    }
    Ok(())
}

/// A rule that finds a file in the cache may say no address of it: then an earlier run in this folder has heard one.
fn add_earlier_sources(folder: &Folder, items: &mut [Item]) {
    let Ok(earlier) = folder.read() else { return };
    let mut known = BTreeMap::new();
    for item in earlier.items {
        if let Item::Checksummed { digest, urls, .. } = item {
            known.insert(digest, urls);
        }
    }
    for item in items {
        if let Item::Checksummed { digest, urls, .. } = item {
            if let Some(earlier) = known.remove(digest).filter(|_| urls.is_empty()) {
                *urls = earlier;
            }
        }
    }
}

fn add_registries(values: Vec<String>, registries: &mut Vec<RegistryUrl>) -> Result<()> {
    let values = if values.is_empty() { vec![CENTRAL.to_owned()] } else { values };
    for value in values {
        let url: RegistryUrl = value.parse().map_err(|error: crate::registry::NoRegistryUrl| AirgapError::Bazel {
            command: format!("--registry={value}"),
            message: format!("{error}: mend the line in the bazelrc file that has it"),
        })?;
        if !registries.contains(&url) {
            registries.push(url);
        }
    }
    Ok(())
}
