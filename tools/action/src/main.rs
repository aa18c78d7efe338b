//! `lazytools-action`: what Bazel's actions run. It links no HTTP and no TLS, so it cannot reach a network even by
//! mistake.

use std::process::ExitCode;

use clap::Parser;

mod assemble;
mod digest;
mod response;
mod run;

/// What runs inside the actions of `rules_lazytools`.
#[derive(Debug, Parser)]
#[command(name = "lazytools-action", version)]
enum Command {
    /// Carries a layout plan out: artifacts in, folder out.
    Assemble(assemble::Args),
    /// Prints the digest of a folder: paths, modes, links and bytes.
    Digest(digest::Args),
    /// Runs a tool with its caches and without network.
    Run(Box<run::Args>),
}

fn main() -> ExitCode {
    match start() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("lazytools-action: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> anyhow::Result<ExitCode> {
    if let Some(code) = run::launch()? {
        return Ok(code);
    }
    let mut args = response::expand(std::env::args_os())?;
    let artifacts = assemble::take_artifacts(&mut args);
    match Command::parse_from(args) {
        Command::Assemble(args) => assemble::main(&args, &artifacts),
        Command::Digest(args) => digest::main(&args),
        Command::Run(args) => run::main(*args),
    }
}
