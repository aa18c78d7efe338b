//! What is wrong with a recipe, and where.

use std::fmt;

/// One mistake in a recipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipeError {
    /// The recipe's file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what would be right.
    pub message: String,
    /// The code, as in `LT201`.
    pub code: &'static str,
}

impl fmt::Display for RecipeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} ({})", self.file, self.line, self.message, self.code)
    }
}

/// All mistakes found in a recipe. Never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct RecipeErrors(pub Vec<RecipeError>);

impl fmt::Display for RecipeErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

/// The file that does not have the form of a recipe: no TOML, a value of the wrong type, a key that is missing.
pub const FORM: &str = "LT201";
/// A key or word that no recipe knows.
pub const UNKNOWN_KEY: &str = "LT202";
/// A template that cannot be read, or a function used wrongly.
pub const TEMPLATE: &str = "LT203";
/// A template's variable that does not exist, or not here.
pub const VARIABLE: &str = "LT204";
/// A platform that is unknown or not declared.
pub const PLATFORM: &str = "LT205";
/// An artifact, lookup or input file that the recipe does not have.
pub const REFERENCE: &str = "LT206";
/// An artifact whose digest cannot be learnt.
pub const INTEGRITY: &str = "LT207";
/// Paths of steps that cannot be, together or alone.
pub const PATHS: &str = "LT208";
/// A version, parameter or file of a request that does not fit the recipe.
pub const REQUEST: &str = "LT210";
/// A signature that is asked for in a way that proves nothing.
pub const SIGNATURE: &str = "LT240";
/// An example that the recipe itself would refuse.
pub const EXAMPLE: &str = "LT290";
/// A combination of parameters, version and platform for which the recipe has no artifact.
pub const NO_ARTIFACT: &str = "LT261";
/// A file of the workspace that is for no artifact of the recipe.
pub const LOCAL_FILE: &str = "LT345";
/// A file of a package manager that cannot be laid out.
pub const PACKAGES: &str = "LT211";

/// The candidate that is nearest to a text, where one is near enough to be meant.
pub fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (distance(text, candidate), candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len().max(text.len()) / 3)
        .map(|(_, candidate)| candidate)
}

/// ` (did you mean "x"?)`, or all that is known.
pub fn suggestion<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    match nearest(text, candidates.iter().copied()) {
        Some(near) => format!("did you mean {near:?}?"),
        None if candidates.is_empty() => "there is none".to_owned(),
        None => format!("known: {}", candidates.join(", ")),
    }
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_suggested() {
        assert_eq!(nearest("artifact", ["artifacts", "layout"]), Some("artifacts"));
        assert_eq!(nearest("zzz", ["artifacts", "layout"]), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
