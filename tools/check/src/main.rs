//! `lazytools-check`: says whether locks are current, for `update_pins_test`. It has no client for a network.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use lazytools_requests::targets::{self, Reading};
use lazytools_requests::{check, current, report};

/// Says whether locks hold what MODULE.bazel asks for.
#[derive(Parser)]
#[command(name = "lazytools-check", version, about, max_term_width = 100)]
struct Arguments {
    /// What is to be pinned, as the module extension wrote it, with the files that it names in the folder `files` beside
    /// it. Once for each hub.
    #[arg(long, required = true, value_name = "FILE")]
    requests: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut current = true;
    for requests in &arguments.requests {
        match check(requests) {
            Ok(is_current) => current &= is_current,
            Err(message) => {
                eprintln!("lazytools: {message}");
                current = false;
            }
        }
    }
    if current {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn check(requests: &PathBuf) -> Result<bool, String> {
    let files = requests.parent().unwrap_or(std::path::Path::new(".")).join("files");
    let files = std::path::absolute(files).map_err(|error| error.to_string())?;
    let read = targets::read(std::slice::from_ref(requests), &files, Reading::Strict);
    let (targets, _) = read.map_err(|error| error.to_string())?;
    let mut prepared = Vec::new();
    let mut failures = Vec::new();
    for target in &targets {
        let (ready, failed) = current::prepare(&target.old, &target.tools);
        prepared.push(ready);
        failures.extend(failed);
    }
    if !failures.is_empty() {
        failures.sort();
        // The files lie in a folder of the test, and their users know them by other names.
        return Err(failures.join("\n").replace(&format!("{}/", files.display()), ""));
    }
    Ok(report::print_check(&check::reports(&targets, &prepared), false))
}
