//! What is to be run, with all paths absolute.

use std::ffi::OsString;
use std::path::PathBuf;

use lazytools_lock::{PopulateSpec, RunSpec};

/// A tool's run.
#[derive(Debug)]
pub struct Job {
    /// What the rule said.
    pub spec: RunSpec,
    /// Where each of the spec's caches is, in the spec's order.
    pub caches: Vec<CacheFiles>,
    /// What to copy into the work folder, and where to.
    pub srcs: Vec<(PathBuf, String)>,
    /// What to take from the work folder, and where to.
    pub outs: Vec<(String, PathBuf)>,
    /// Where the folder goes that the tool makes as a cache, and its account.
    pub populate: Option<Populate>,
    /// Where standard output goes; else where this program's own goes.
    pub stdout: Option<PathBuf>,
    /// Where standard error goes.
    pub stderr: Option<PathBuf>,
    /// Where the tool starts, below the execroot or the work folder.
    pub chdir: Option<PathBuf>,
    /// The folder that this program was started in.
    pub execroot: PathBuf,
    /// The program and its arguments, templates not yet filled in.
    pub command: Vec<OsString>,
    /// Whether this is a `tool_binary`, started by a person or a test and not by an action.
    pub launcher: bool,
}

/// Where a cache goes that the tool makes.
#[derive(Debug)]
pub struct Populate {
    /// What is done with the folder.
    pub spec: PopulateSpec,
    /// Where it goes.
    pub folder: PathBuf,
    /// Where its account goes.
    pub manifest: PathBuf,
}

/// Where a cache is.
#[derive(Debug)]
pub struct CacheFiles {
    /// Its folder.
    pub folder: PathBuf,
    /// The layout's own account of the folder.
    pub manifest: Option<PathBuf>,
}
