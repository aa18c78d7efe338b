//! `lazytools-action assemble`: the command line around `lazytools_layout`.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{bail, Context as _};
use lazytools_layout::{Artifacts, Request};
use lazytools_lock::{Name, Plan, Role};

/// What `assemble` is told on the command line. `@FILE` stands for a file's lines.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The layout plan.
    #[arg(long, value_name = "FILE")]
    plan: PathBuf,
    /// Where an artifact of the plan is, for each one.
    #[arg(long = "artifact", value_name = "ROLE/ID=FILE")]
    artifacts: Vec<String>,
    /// The folder to make.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The account of the folder to write.
    #[arg(long, value_name = "FILE")]
    manifest: PathBuf,
    /// Check the artifacts' digests, for a caller that has not. Bazel checks them when it downloads them.
    #[arg(long)]
    verify: bool,
    /// How many threads to use. Default: one for each processor.
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
}

/// Takes each `--artifact` with its value out of the arguments of `assemble`: a parser of command lines takes longer
/// over ten thousand of them than placing the files does.
pub fn take_artifacts(args: &mut Vec<OsString>) -> Vec<String> {
    let mut artifacts = Vec::new();
    if args.get(1).is_none_or(|command| command != "assemble") {
        return artifacts;
    }
    let mut rest = Vec::new();
    let mut all = std::mem::take(args).into_iter();
    while let Some(arg) = all.next() {
        if arg != "--artifact" {
            rest.push(arg);
            continue;
        }
        match all.next().map(OsString::into_string) {
            Some(Ok(text)) => artifacts.push(text),
            // The parser has the words for what is wrong with these.
            Some(Err(other)) => rest.extend([arg, other]),
            None => rest.push(arg),
        }
    }
    *args = rest;
    artifacts
}

/// Assembles the folder. Most artifacts were taken out of the arguments before.
pub fn main(args: &Args, taken: &[String]) -> anyhow::Result<ExitCode> {
    let (plan, artifacts) = std::thread::scope(|scope| {
        let artifacts = scope.spawn(|| artifacts(taken.iter().chain(&args.artifacts)));
        (read_plan(args), artifacts.join())
    });
    let plan = plan?;
    let artifacts = artifacts.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    lazytools_layout::assemble(&Request {
        plan: &plan,
        artifacts: &artifacts,
        out: &args.out,
        manifest: &args.manifest,
        verify: args.verify,
        threads: args.jobs,
    })?;
    // The process ends here: taking ten thousand artifacts' names apart one by one is for nobody.
    std::mem::forget((plan, artifacts));
    Ok(ExitCode::SUCCESS)
}

fn read_plan(args: &Args) -> anyhow::Result<Plan> {
    let text = fs::read_to_string(&args.plan)
        .with_context(|| format!("cannot read the plan {}: is the path right? (LT413)", args.plan.display()))?;
    Ok(lazytools_layout::parse_plan(&text, &args.plan)?)
}

fn artifacts<'t>(texts: impl Iterator<Item = &'t String>) -> anyhow::Result<Artifacts> {
    let mut artifacts = Artifacts::new();
    for text in texts {
        let Some((key, path)) = text.split_once('=') else {
            bail!("--artifact {text}: write it as ROLE/ID=FILE, as in host/node=node.tar.gz (LT401)");
        };
        let Some((role, id)) = parse_key(key) else {
            bail!("--artifact {text}: {key} is not any/ID, host/ID or target/ID (LT401)");
        };
        if artifacts.entry(role).or_default().insert(id, PathBuf::from(path)).is_some() {
            bail!("--artifact {key} is there twice: leave one out (LT401)");
        }
    }
    Ok(artifacts)
}

fn parse_key(key: &str) -> Option<(Role, Name)> {
    let (role, id) = key.split_once('/')?;
    let role = [Role::Any, Role::Host, Role::Target].into_iter().find(|known| known.name() == role)?;
    Some((role, id.parse().ok()?))
}
