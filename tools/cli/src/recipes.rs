//! The recipes that are built in, and those that a consumer brings.

use std::path::Path;

use anyhow::{anyhow, Context as _, Result};
use include_dir::{include_dir, Dir};
use lazytools_lock::recipe::error::suggestion;
use lazytools_lock::recipe::Recipe;

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../recipes");

/// The names of the built-in recipes, sorted.
pub fn names() -> Vec<&'static str> {
    let files = BUILT_IN.files().filter(|file| file.path().extension().is_some_and(|extension| extension == "toml"));
    let mut names: Vec<&str> = files.filter_map(|file| file.path().file_stem()?.to_str()).collect();
    names.sort_unstable();
    names
}

/// A built-in recipe.
pub fn built_in(name: &str) -> Result<Recipe> {
    let file = format!("{name}.toml");
    let Some(text) = BUILT_IN.get_file(&file).and_then(|file| file.contents_utf8()) else {
        let hint = suggestion(name, names());
        return Err(anyhow!(
            "there is no recipe {name:?}: {hint} A recipe of your own is named by its label, as in \"//tools:{name}.toml\" (LT209)"
        ));
    };
    Ok(Recipe::parse(&format!("recipes/{file}"), text)?)
}

/// A recipe in a file.
pub fn in_file(path: &Path) -> Result<Recipe> {
    let text = std::fs::read_to_string(path).with_context(|| format!("recipe {} (LT310)", path.display()))?;
    Ok(Recipe::parse(&path.display().to_string(), &text)?)
}
