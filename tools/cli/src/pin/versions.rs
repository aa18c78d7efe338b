//! The order of versions, whoever wrote them.

use std::cmp::Ordering;

/// A version taken apart, for comparing: numbers, then what follows them. It reads semver, Python's and Maven's forms
/// well enough to find the newest of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparable {
    numbers: Vec<u64>,
    stage: Stage,
}

/// What follows the numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// `-rc.1`, `b2`, `.dev3`: before the release. Its words, numbers as numbers.
    Before(Vec<Word>),
    /// Nothing, or a word that means "the release": `.Final`.
    Release,
    /// `.post1`.
    After(Vec<Word>),
}

/// A word of a pre-release; a number comes before any other word, as in semver.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    Dev,
    Number(u64),
    Text(String),
}

impl Comparable {
    /// None where the text does not begin with a number.
    pub fn parse(version: &str) -> Option<Self> {
        let version = version.strip_prefix('v').unwrap_or(version);
        let version = version.split('+').next().unwrap_or_default();
        let mut numbers = Vec::new();
        let mut rest = version;
        loop {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let Ok(number) = rest[..end].parse() else { break };
            numbers.push(number);
            rest = &rest[end..];
            match rest.strip_prefix('.') {
                Some(more) if more.starts_with(|c: char| c.is_ascii_digit()) => rest = more,
                _ => break,
            }
        }
        if numbers.is_empty() {
            return None;
        }
        while numbers.len() > 1 && numbers.last() == Some(&0) {
            numbers.pop();
        }
        let lower = rest.trim_start_matches(['.', '-', '_']).to_ascii_lowercase();
        let stage = match lower.as_str() {
            "" | "final" | "ga" | "release" => Stage::Release,
            text if text.starts_with("post") => Stage::After(words(text)),
            text => Stage::Before(words(text)),
        };
        Some(Self { numbers, stage })
    }

    /// Whether it comes before a release.
    pub fn is_prerelease(&self) -> bool {
        matches!(self.stage, Stage::Before(_))
    }
}

/// `rc.1` and `rc1` alike: rc, 1.
fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for piece in text.split(['.', '-', '_']) {
        let mut rest = piece;
        while let Some(first) = rest.chars().next() {
            let digits = first.is_ascii_digit();
            let end = rest.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(rest.len());
            let word = &rest[..end];
            words.push(match word.parse() {
                Ok(number) => Word::Number(number),
                // Python's order; in semver the word is rare.
                Err(_) if word == "dev" => Word::Dev,
                Err(_) => Word::Text(word.to_owned()),
            });
            rest = &rest[end..];
        }
    }
    words
}

impl Ord for Comparable {
    fn cmp(&self, other: &Self) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| self.stage.cmp(&other.stage))
    }
}

impl PartialOrd for Comparable {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_in_order() {
        let sorted = [
            "0.9",
            "1.0.dev1",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0rc1",
            "v1.0",
            "1.0.post1",
            "1.0.1",
            "1.2",
            "1.10.0",
            "148.0.7778.97",
            "148.0.7778.100",
        ];
        for pair in sorted.windows(2) {
            let parse = |text: &str| Comparable::parse(text).unwrap();
            assert!(parse(pair[0]) < parse(pair[1]), "{} < {}", pair[0], pair[1]);
        }
        assert_eq!(Comparable::parse("1.0"), Comparable::parse("v1.0.0+build"));
        assert_eq!(Comparable::parse("3.0.0.Final"), Comparable::parse("3"));
        assert_eq!(Comparable::parse("latest"), None);
    }

    #[test]
    fn prereleases_are_known() {
        for (version, expected) in [
            ("1.0", false),
            ("1.0-rc.1", true),
            ("1.0b2", true),
            ("1.0.post1", false),
            ("2.0.0.Final", false),
            ("2-M1", true),
        ] {
            assert_eq!(Comparable::parse(version).unwrap().is_prerelease(), expected, "{version}");
        }
    }
}
