//! Finds out by Bazel itself what targets need from elsewhere.

mod bazel;
mod classify;
mod commands;
mod exceptions;
mod git_commands;
mod git_mirror;
mod git_take;
mod raw;
mod registry_files;
mod replay_take;
mod vendor;
mod vendor_copy;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use lazytools_fetch::Client;

use crate::bazel_flags;
use crate::collection::{Collection, Folder, Item, COLLECTION_VERSION};
use crate::registry::{RegistryUrl, CENTRAL};
use crate::rules_log::RulesLog;
use crate::{files, AirgapError, Result};

pub use bazel::Bazel;
use classify::Classified;
pub use exceptions::{Exceptions, Git, Vendor};
use registry_files::RegistryFiles;

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
    let version = bazel.version()?.supported()?;
    let workspace =
        std::fs::canonicalize(&options.workspace).map_err(AirgapError::io("finding", &options.workspace))?;
    if !workspace.join("MODULE.bazel").is_file() {
        let message = "there is no MODULE.bazel: name the workspace with --workspace, or run this in it".to_owned();
        return Err(AirgapError::Place { path: workspace, message });
    }
    let output = std::path::absolute(&options.output).map_err(AirgapError::io("finding", &options.output))?;
    files::folder(&output).map_err(AirgapError::io("making", &output))?;
    let output = std::fs::canonicalize(&output).map_err(AirgapError::io("finding", &output))?;
    if output.starts_with(&workspace) {
        let message = format!(
            "it is inside the workspace {}, where //... would take it for packages: name another folder with -o",
            workspace.display()
        );
        return Err(AirgapError::Place { path: output, message });
    }
    let folder = Folder::new(&output);
    let work = Work::new(output.join("work"))?;

    let mut classified = Classified::default();
    let mut registries = Vec::new();
    let platforms: Vec<Option<&str>> = match options.platforms.as_slice() {
        [] => vec![None],
        some => some.iter().map(|platform| Some(platform.as_str())).collect(),
    };
    let mut lock_counts = true;
    let mut bases = Vec::new();
    for (number, platform) in platforms.iter().enumerate() {
        say(&format!(
            "bazel build --nobuild {}{}",
            options.targets.join(" "),
            platform.map(|platform| format!(" --platforms={platform}")).unwrap_or_default()
        ));
        let run = bazel::Run { number, platform: *platform, options, version, cache: folder.cache() };
        bazel.build(&run, work.path())?;
        read_log(&run.log(work.path()), &mut classified, *platform, &[work.path(), &workspace])?;
        let events = run.events(work.path());
        bases.push(vendor::Base { platform: platform.map(str::to_owned), path: run.base(work.path()) });
        let file = File::open(&events).map_err(AirgapError::io("reading", &events))?;
        let flags = bazel_flags::read(BufReader::new(file)).map_err(AirgapError::io("reading", &events))?;
        let flags = flags.unwrap_or_default();
        lock_counts &= flags.lockfile_mode.as_deref() != Some("off");
        add_registries(flags.registries, &mut registries)?;
    }
    say("reading the files of registries");
    let mut found = RegistryFiles::new(&registries, client, &folder);
    let from_lock = lock_counts && found.add_from_lock(&workspace.join("MODULE.bazel.lock"))?;
    if !from_lock {
        let run = bazel::Run { number: 0, platform: None, options, version, cache: folder.cache() };
        found.add_from_graph(&bazel.module_graph(&run, work.path())?)?;
    }
    let raw = std::mem::take(&mut classified.raw);
    let mut items = classified.items(&folder.cache(), &mut found)?;
    items.extend(found.items());
    let of_files = registries.iter().filter(|registry| registry.is_file());
    items.extend(of_files.map(|registry| Item::Host {
        what: format!("the registry {registry}"),
        needed_by: BTreeSet::from(["module resolution".to_owned()]),
    }));
    let own = [work.path(), workspace.as_path()];
    let from = exceptions::From { raw, bases: &bases, own: &own, folder: &folder, client, say };
    let trees = exceptions::take(&options.exceptions, &mut items, &from)?;
    items.sort();
    let collection = Collection {
        collection_version: COLLECTION_VERSION,
        bazel: version.to_string(),
        targets: options.targets.iter().cloned().collect(),
        platforms: options.platforms.iter().cloned().collect(),
        registries,
        items,
        trees,
        chains: BTreeMap::new(),
    };
    folder.write(&collection)?;
    Ok(collection)
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

/// The folder with Bazel's output root, which goes with the run.
struct Work(PathBuf);

impl Work {
    /// Makes it, without what an earlier run that was killed has left there.
    fn new(path: PathBuf) -> Result<Self> {
        files::remove_tree(&path).map_err(AirgapError::io("removing", &path))?;
        files::folder(&path).map_err(AirgapError::io("making", &path))?;
        Ok(Self(path))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // What stays is removed by the next run.
        let _ = files::remove_tree(&self.0);
    }
}
