//! `lazytools-action assemble`: the command line around `lazytools_layout`.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{bail, Context as _};
use lazytools_layout::{Artifacts, Request};
use lazytools_lock::{Name, Role};

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

/// Assembles the folder.
pub fn main(args: &Args) -> anyhow::Result<ExitCode> {
    let text = fs::read_to_string(&args.plan)
        .with_context(|| format!("cannot read the plan {}: is the path right? (LT413)", args.plan.display()))?;
    let plan = lazytools_layout::parse_plan(&text, &args.plan)?;
    drop(text);
    let artifacts = artifacts(&args.artifacts)?;
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

fn artifacts(texts: &[String]) -> anyhow::Result<Artifacts> {
    let mut artifacts = Artifacts::new();
    for text in texts {
        let Some((key, path)) = text.split_once('=') else {
            bail!("--artifact {text}: write it as ROLE/ID=FILE, as in host/node=node.tar.gz (LT401)");
        };
        let Some((role, id)) = parse_key(key) else {
            bail!("--artifact {text}: {key} is not any/ID, host/ID or target/ID (LT401)");
        };
        if artifacts.insert((role, id), PathBuf::from(path)).is_some() {
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
