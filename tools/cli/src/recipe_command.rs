//! `lazytools recipe`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use lazytools_requests::recipes;

use crate::recipe_show;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Checks recipes and says every mistake with its line.
    Check {
        /// Recipe files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Lists the built-in recipes.
    List,
    /// Shows what a recipe lays out for a platform, before anything is fetched.
    Show(recipe_show::Arguments),
}

pub fn run(command: &Command) -> Result<ExitCode> {
    // `bazel run` starts programs elsewhere than where its user is.
    let start = std::env::var_os("BUILD_WORKING_DIRECTORY").map(PathBuf::from).unwrap_or_default();
    match command {
        Command::Show(arguments) => recipe_show::run(arguments, &start),
        Command::Check { files } => {
            let mut code = ExitCode::SUCCESS;
            for file in files {
                if let Err(error) = recipes::in_file(&start.join(file)) {
                    eprintln!("{error:#}");
                    code = ExitCode::FAILURE;
                }
            }
            Ok(code)
        }
        Command::List => {
            for name in recipes::names() {
                println!("{name}: {}", recipes::built_in(name)?.description);
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}
