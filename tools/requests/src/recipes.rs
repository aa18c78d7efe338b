//! The recipes that are built in, and those that a consumer brings.

use std::path::Path;

use include_dir::{include_dir, Dir};
use lazytools_lock::recipe::error::suggestion;
use lazytools_lock::recipe::Recipe;

use crate::error::RequestsError;

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../recipes");

/// More than any recipe has.
const MAX_BYTES: u64 = 4 << 20;

/// The names of the built-in recipes, sorted.
pub fn names() -> Vec<&'static str> {
    let files = BUILT_IN.files().filter(|file| file.path().extension().is_some_and(|extension| extension == "toml"));
    let mut names: Vec<&str> = files.filter_map(|file| file.path().file_stem()?.to_str()).collect();
    names.sort_unstable();
    names
}

/// A built-in recipe.
pub fn built_in(name: &str) -> Result<Recipe, RequestsError> {
    let file = format!("{name}.toml");
    let Some(text) = BUILT_IN.get_file(&file).and_then(|file| file.contents_utf8()) else {
        return Err(RequestsError::NoRecipe { name: name.to_owned(), hint: suggestion(name, names()) });
    };
    Ok(Recipe::parse(&format!("recipes/{file}"), text)?)
}

/// A recipe in a file.
pub fn in_file(path: &Path) -> Result<Recipe, RequestsError> {
    let text = crate::files::read(path, MAX_BYTES).map_err(RequestsError::file("recipe", path))?;
    Ok(Recipe::parse(&path.display().to_string(), &text)?)
}
