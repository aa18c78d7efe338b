//! The launcher of a `tool_binary`: this program under another name, with its spec beside it.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::args::read_spec;
use super::error::{At as _, Result, RunError};
use super::job::{CacheFiles, Job};
use super::runfiles::{with_end, Runfiles};

/// The end of the spec's name.
const SPEC: &str = ".lazytools.json";

/// The job of a launcher; `None` where no spec lies beside this executable.
pub fn job() -> Result<Option<Job>> {
    let mut arguments = env::args_os();
    let Some(started_as) = arguments.next().map(PathBuf::from) else { return Ok(None) };
    let Some((executable, spec)) = find_spec(&started_as) else { return Ok(None) };
    let spec = read_spec(&spec)?;
    let runfiles = Runfiles::find(&executable)?;
    let mut caches = Vec::new();
    for cache in &spec.caches {
        let folder = cache.folder.as_deref().ok_or_else(|| {
            RunError::Usage(format!("cache {:?} of a launcher's spec has no folder", cache.name.as_str()))
        })?;
        let manifest = cache.manifest.as_deref().map(|path| runfiles.resolve(path)).transpose()?;
        caches.push(CacheFiles { folder: runfiles.resolve(folder)?, manifest });
    }
    let own = spec.command.iter().chain(&spec.arguments).map(|text| fill_runfiles(text, &runfiles));
    let command: Vec<OsString> = own.chain(arguments.map(Ok)).collect::<Result<_>>()?;
    if spec.command.is_empty() {
        return Err(RunError::Usage("a launcher's spec has no command".to_owned()));
    }
    for (name, value) in runfiles.variables() {
        env::set_var(name, value);
    }
    // `bazel run` starts programs in their runfiles and says where the user stands.
    let here = match env::var_os("BUILD_WORKING_DIRECTORY") {
        Some(folder) => PathBuf::from(folder),
        None => env::current_dir().at("cannot find out the folder", Path::new("."))?,
    };
    Ok(Some(Job {
        spec,
        caches,
        srcs: Vec::new(),
        outs: Vec::new(),
        populate: None,
        stdout: None,
        stderr: None,
        chdir: None,
        execroot: here,
        command,
        launcher: true,
    }))
}

/// The executable as started, and its spec. Links to the executable are followed one by one: a person may have put one
/// on PATH.
fn find_spec(started_as: &Path) -> Option<(PathBuf, PathBuf)> {
    const MAX_LINKS: usize = 16;
    let here = env::current_dir().ok()?;
    let mut executable = if started_as.components().count() > 1 {
        here.join(started_as)
    } else {
        let on_path = |folder: PathBuf| Some(folder.join(started_as)).filter(|path| path.is_file());
        env::split_paths(&env::var_os("PATH")?).find_map(on_path)?
    };
    for _ in 0..MAX_LINKS {
        let spec = PathBuf::from(with_end(&executable, SPEC));
        if spec.is_file() {
            return Some((executable, spec));
        }
        let target = executable.read_link().ok()?;
        executable = executable.parent()?.join(target);
    }
    None
}

/// Fills each `{runfile:PATH}` in.
fn fill_runfiles(text: &str, runfiles: &Runfiles) -> Result<OsString> {
    const START: &str = "{runfile:";
    let mut filled = OsString::new();
    let mut rest = text;
    while let Some((before, (path, after))) =
        rest.split_once(START).and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        filled.push(before);
        filled.push(runfiles.resolve(path)?);
        rest = after;
    }
    filled.push(rest);
    Ok(filled)
}
