//! `lazytools`: what people run.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod airgap;
mod pin;
mod recipe_command;
mod recipe_docs;
mod recipe_show;
mod sbom;

/// Pins what lazy tools download, for Bazel, and takes builds into air gaps.
#[derive(Parser)]
#[command(name = "lazytools", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Resolves the requested tools for all their platforms and writes the lock, whole or not at all.
    Pin(pin::Arguments),
    /// Shows or checks recipes.
    #[command(subcommand)]
    Recipe(recipe_command::Command),
    /// Takes a build into an air gap: a bundle of just what it needs, for any Bazel workspace.
    #[command(subcommand)]
    Airgap(airgap::Command),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Pin(arguments) => pin::run(&arguments),
        Command::Recipe(command) => recipe_command::run(&command),
        Command::Airgap(command) => airgap::run(&command),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("lazytools: {error:#}");
        ExitCode::FAILURE
    })
}
