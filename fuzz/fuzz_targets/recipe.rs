//! Recipes.
#![no_main]

use lazytools_lock::recipe::Recipe;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(errors) = Recipe::parse("recipe.toml", text) {
        assert!(!errors.to_string().is_empty());
    }
});
