//! Globs of a rule.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use super::super::error::Result;
use super::Failed;

/// A glob: `*` does not cross `/`, `**` does.
pub fn one(attribute: &str, text: &str, failed: &Failed<'_>) -> Result<Glob> {
    GlobBuilder::new(text)
        .literal_separator(true)
        .build()
        .map_err(|error| failed.normalize(&format!("{attribute} has a glob that cannot be read, {error}: correct it")))
}

/// Several globs.
pub fn set(attribute: &str, texts: &[String], failed: &Failed<'_>) -> Result<GlobSet> {
    let mut set = GlobSetBuilder::new();
    for text in texts {
        set.add(one(attribute, text, failed)?);
    }
    set.build().map_err(|error| failed.normalize(&format!("{attribute}: {error}: correct it")))
}
