//! The command line.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use lazytools_lock::RunSpec;

use super::error::{At as _, Result, RunError};
use super::job::{CacheFiles, Job, Populate};

/// What `run` is told on the command line.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The run spec.
    #[arg(long, value_name = "FILE")]
    spec: PathBuf,
    /// A cache's folder.
    #[arg(long = "cache", value_name = "NAME=DIR")]
    caches: Vec<String>,
    /// The manifest of a cache's folder.
    #[arg(long = "cache-manifest", value_name = "NAME=FILE")]
    manifests: Vec<String>,
    /// A file or folder to copy into the work folder.
    #[arg(long = "src", value_name = "FROM=REL")]
    srcs: Vec<String>,
    /// A file or folder to take from the work folder.
    #[arg(long = "out", value_name = "REL=TO")]
    outs: Vec<String>,
    /// Where the folder goes that the tool makes as a cache, in `{out}`.
    #[arg(long, value_name = "DIR", requires = "populate_manifest")]
    populate: Option<PathBuf>,
    /// Where that folder's manifest goes.
    #[arg(long, value_name = "FILE", requires = "populate")]
    populate_manifest: Option<PathBuf>,
    /// Where the tool's standard output goes.
    #[arg(long, value_name = "FILE")]
    stdout: Option<PathBuf>,
    /// Where the tool's standard error goes.
    #[arg(long, value_name = "FILE")]
    stderr: Option<PathBuf>,
    /// Where the tool starts, below the execroot or the work folder.
    #[arg(long, value_name = "DIR")]
    chdir: Option<PathBuf>,
    /// The tool and its arguments.
    #[arg(last = true, required = true, value_name = "PROGRAM ARG")]
    command: Vec<OsString>,
}

impl Args {
    /// Reads the spec and makes all paths absolute.
    pub fn into_job(self) -> Result<Job> {
        let execroot = std::env::current_dir().at("cannot find out the folder", Path::new("."))?;
        let spec = read_spec(&self.spec)?;
        let absolute = |path: &str| execroot.join(path);
        let mut folders = pairs("--cache", &self.caches, false)?.into_iter().collect::<BTreeMap<_, _>>();
        let mut manifests = pairs("--cache-manifest", &self.manifests, false)?.into_iter().collect::<BTreeMap<_, _>>();
        let mut caches = Vec::new();
        for cache in &spec.caches {
            let name = cache.name.as_str();
            let folder = folders.remove(name).ok_or_else(|| {
                RunError::Usage(format!("the spec names cache {name:?}, and no --cache {name}=DIR says where it is"))
            })?;
            let manifest = manifests.remove(name).map(|path| absolute(&path));
            caches.push(CacheFiles { folder: absolute(&folder), manifest });
        }
        if let Some(name) = folders.keys().chain(manifests.keys()).next() {
            return Err(RunError::Usage(format!("the command line names cache {name:?}, which the spec does not")));
        }
        let srcs = pairs("--src", &self.srcs, true)?;
        let outs = pairs("--out", &self.outs, false)?;
        if !spec.work && (!srcs.is_empty() || !outs.is_empty()) {
            return Err(RunError::Usage("--src and --out belong to a run with \"work\": true".to_owned()));
        }
        for rel in srcs.iter().map(|(_, rel)| rel).chain(outs.iter().map(|(rel, _)| rel)) {
            check_inside(rel)?;
        }
        let populate = match (&spec.populate, self.populate, self.populate_manifest) {
            (Some(spec), Some(folder), Some(manifest)) => {
                Some(Populate { spec: spec.clone(), folder: execroot.join(folder), manifest: execroot.join(manifest) })
            }
            (None, None, None) => None,
            _ => return Err(RunError::Usage("--populate and \"populate\" of the spec belong together".to_owned())),
        };
        Ok(Job {
            populate,
            srcs: srcs.into_iter().map(|(from, rel)| (absolute(&from), rel)).collect(),
            outs: outs.into_iter().map(|(rel, to)| (rel, absolute(&to))).collect(),
            stdout: self.stdout.map(|path| execroot.join(path)),
            stderr: self.stderr.map(|path| execroot.join(path)),
            chdir: self.chdir,
            command: self.command.into_iter().chain(spec.arguments.iter().map(OsString::from)).collect(),
            launcher: false,
            execroot,
            caches,
            spec,
        })
    }
}

/// Reads a run spec.
pub fn read_spec(path: &Path) -> Result<RunSpec> {
    let bytes = std::fs::read(path).at("cannot read the run spec", path)?;
    let newer = |version: u64| {
        format!(
            "{}: specVersion {version} is not {}, which this lazytools-action reads: use the rules and the helper of \
             one release of rules_lazytools",
            path.display(),
            lazytools_lock::run_spec::RUN_SPEC_VERSION
        )
    };
    let value: serde_json::Value = serde_json::from_slice(&bytes)
        .map_err(|error| RunError::Usage(format!("{}: not a run spec: {error}", path.display())))?;
    match value.get("specVersion").and_then(serde_json::Value::as_u64) {
        Some(version) if version != lazytools_lock::run_spec::RUN_SPEC_VERSION => {
            return Err(RunError::Usage(newer(version)));
        }
        _ => {}
    }
    serde_json::from_value(value)
        .map_err(|error| RunError::Usage(format!("{}: not a run spec: {error}", path.display())))
}

/// Splits `A=B`: at the last `=` where the first part is a path, else at the first.
fn pairs(option: &str, texts: &[String], last: bool) -> Result<Vec<(String, String)>> {
    let split = |text: &str| {
        let pair = if last { text.rsplit_once('=') } else { text.split_once('=') };
        pair.filter(|(left, right)| !left.is_empty() && !right.is_empty())
            .map(|(left, right)| (left.to_owned(), right.to_owned()))
            .ok_or_else(|| RunError::Usage(format!("{option} {text:?} has no = between its two parts")))
    };
    texts.iter().map(|text| split(text)).collect()
}

/// Refuses a path that would leave the work folder.
fn check_inside(rel: &str) -> Result<()> {
    let inside = Path::new(rel)
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir));
    if inside {
        Ok(())
    } else {
        Err(RunError::Usage(format!("path {rel:?} leaves the work folder: write it relative and without ..")))
    }
}
