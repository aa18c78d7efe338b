//! What stays the same for all runs of Bazel in one collection.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use super::bazel::{Bazel, Run};
use super::chains::{self, Chains};
use super::filter;
use super::left_out::LeftOut;
use super::Options;
use crate::bazel_flags::{self, Flags};
use crate::bazel_version::BazelVersion;
use crate::collection::Folder;
use crate::ecosystem::Caches;
use crate::install;
use crate::module_graph;
use crate::{files, AirgapError, Result};

pub(super) struct Session<'a> {
    options: &'a Options,
    bazel: &'a Bazel,
    say: &'a dyn Fn(&str),
    pub version: BazelVersion,
    pub workspace: PathBuf,
    pub folder: Folder,
    pub work: Work,
    pub caches: Caches,
}

impl<'a> Session<'a> {
    /// Checks that this workspace can be collected there, and makes the folders.
    pub fn start(options: &'a Options, bazel: &'a Bazel, say: &'a dyn Fn(&str)) -> Result<Self> {
        let version = bazel.version()?.supported()?;
        let workspace = crate::workspace::find(&options.workspace)?;
        if install::is_installed(&workspace, Path::new(install::FRAGMENT)) {
            return Err(AirgapError::Installed(workspace.join(install::FRAGMENT)));
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
        let caches = Caches::new(work.path(), &folder)?;
        Ok(Self { options, bazel, say, version, workspace, folder, work, caches })
    }

    /// The platforms to build for; `None` is the one that Bazel takes by itself.
    pub fn platforms(&self) -> Vec<Option<&'a str>> {
        match self.options.platforms.as_slice() {
            [] => vec![None],
            some => some.iter().map(|platform| Some(platform.as_str())).collect(),
        }
    }

    /// A run; those of one number share what was fetched.
    pub fn run<'b>(&'b self, number: usize, platform: Option<&'b str>, overrides: &'b [String]) -> Run<'b> {
        let (options, version, cache) = (self.options, self.version, self.folder.cache());
        Run { number, platform, options, version, cache, caches: &self.caches, overrides }
    }

    /// Loads and analyses all targets; the flags that were in force.
    pub fn build(&self, run: &Run<'_>, left_out: &mut LeftOut) -> Result<Flags> {
        let targets = self.options.targets.join(" ");
        let platform = run.platform.map(|platform| format!(" --platforms={platform}")).unwrap_or_default();
        (self.say)(&format!("bazel build --nobuild {targets}{platform}"));
        let whole = self.bazel.build(run, self.work.path())?;
        let events = run.events(self.work.path());
        let open = || File::open(&events).map(BufReader::new).map_err(AirgapError::io("reading", &events));
        if !whole {
            left_out.read(open()?).map_err(AirgapError::io("reading", &events))?;
            if let Some(broken) = left_out.broken() {
                let message = format!(
                    "{broken}. That has nothing to do with what --without names: the targets have to build here first"
                );
                return Err(AirgapError::Bazel { command: format!("build --nobuild {targets}"), message });
            }
        }
        let flags = bazel_flags::read(open()?).map_err(AirgapError::io("reading", &events))?;
        Ok(flags.unwrap_or_default())
    }

    /// Adds for each repository the chain of targets that leads to it. A bundle is as good without them.
    pub fn add_chains(&self, run: &Run<'_>, chains: &mut Chains) {
        (self.say)("bazel cquery, for the chains of targets that lead to each repository");
        match chains::of_run(self.bazel, run, self.work.path()) {
            Ok(found) => chains::merge(chains, found),
            Err(error) => {
                (self.say)(&format!(
                    "{error}. Without it `lazytools airgap report` cannot say why something is needed"
                ));
            }
        }
    }

    /// The repositories that are left out. To know their names Bazel has to run all extensions, so it is asked only where
    /// there is something to leave out.
    pub fn leave_out(&self) -> Result<LeftOut> {
        if self.options.without.is_empty() {
            return Ok(LeftOut::default());
        }
        (self.say)("bazel mod graph, for the names of repositories");
        let run = self.run(self.options.platforms.len(), None, &[]);
        let _server = self.bazel.server(&run, self.work.path());
        let graph = self.bazel.module_graph(&run, self.work.path(), &module_graph::EXTENSION_FLAGS)?;
        let (names, idle) = filter::chosen(&self.options.without, &module_graph::extensions(&graph), self.version);
        match idle.first() {
            Some(pattern) => Err(AirgapError::Pattern(pattern.to_string())),
            None => Ok(LeftOut::new(names)),
        }
    }
}

/// The folder with Bazel's output root, which goes with the run.
pub(super) struct Work(PathBuf);

impl Work {
    /// Makes it, without what an earlier run that was killed has left there.
    fn new(path: PathBuf) -> Result<Self> {
        files::remove_tree(&path).map_err(AirgapError::io("removing", &path))?;
        files::folder(&path).map_err(AirgapError::io("making", &path))?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // What stays is removed by the next run.
        let _ = files::remove_tree(&self.0);
    }
}
