//! `lazytools-action digest`: one line that two folders share exactly when they are the same.

use std::path::PathBuf;
use std::process::ExitCode;

use lazytools_layout::tree;

/// What `digest` is told on the command line.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder.
    dir: PathBuf,
    /// Print a line for each file, folder and link instead: what the digest is made of.
    #[arg(long)]
    list: bool,
}

/// Prints the digest or the list.
pub fn main(args: &Args) -> anyhow::Result<ExitCode> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let lines = tree::list(&args.dir, threads)?;
    if args.list {
        for line in &lines {
            println!("{line}");
        }
    } else {
        println!("{}", tree::digest(&lines));
    }
    Ok(ExitCode::SUCCESS)
}
