//! `lazytools recipe`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use lazytools_requests::recipes;

use crate::{recipe_docs, recipe_show};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Checks recipes and says every mistake with its line.
    Check {
        /// Recipe files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Writes the pages of the built-in recipes, in the repository that they are part of.
    #[command(hide = true)]
    Docs(recipe_docs::Arguments),
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
        Command::Docs(arguments) => recipe_docs::run(arguments, &start),
        Command::List => {
            for (index, (group, members)) in recipe_docs::groups(&recipe_docs::built_in()?).into_iter().enumerate() {
                println!("{}{}", if index > 0 { "\n" } else { "" }, group.title());
                for recipe in members {
                    println!("  {}: {}", recipe.name, recipe.description);
                }
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}
