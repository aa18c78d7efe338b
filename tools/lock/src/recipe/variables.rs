//! The variables of templates.

use crate::step::{DigestAlgorithm, Encoding};
use crate::Name;

use super::error::suggestion;

/// What a template can name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variable {
    /// `version`: as requested.
    Version,
    /// `version.major`, `version.minor`, `version.patch`: one of the numbers.
    VersionNumber(usize),
    /// `version.major_minor`: the first two numbers.
    VersionMajorMinor,
    /// `params.NAME`
    Param(String),
    /// `values.NAME`: what is looked up when pinning.
    Value(String),
    /// `platform.name`: our own name of the platform.
    PlatformName,
    /// `platform.WORD`, or `WORD` alone: the tool's word for the platform.
    Word(String),
    /// `artifact.ID.FACT`
    Artifact(Name, Fact),
    /// `root`, `upper`, `home` or `tmp`: filled in when the tool runs.
    Run(&'static str),
}

/// What is known of an artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The address that the tool itself uses.
    Url,
    /// The integrity as the lock holds it.
    Integrity,
    /// How many bytes it has.
    Size,
    /// A digest of its bytes: `sha256hex`, `sha512base64` …
    Digest(DigestAlgorithm, Encoding),
}

/// The facts by name.
const FACTS: &[(&str, Fact)] = &[
    ("integrity", Fact::Integrity),
    ("md5base64", Fact::Digest(DigestAlgorithm::Md5, Encoding::Base64)),
    ("md5hex", Fact::Digest(DigestAlgorithm::Md5, Encoding::Hex)),
    ("sha1base64", Fact::Digest(DigestAlgorithm::Sha1, Encoding::Base64)),
    ("sha1hex", Fact::Digest(DigestAlgorithm::Sha1, Encoding::Hex)),
    ("sha256base64", Fact::Digest(DigestAlgorithm::Sha256, Encoding::Base64)),
    ("sha256hex", Fact::Digest(DigestAlgorithm::Sha256, Encoding::Hex)),
    ("sha384base64", Fact::Digest(DigestAlgorithm::Sha384, Encoding::Base64)),
    ("sha384hex", Fact::Digest(DigestAlgorithm::Sha384, Encoding::Hex)),
    ("sha512base64", Fact::Digest(DigestAlgorithm::Sha512, Encoding::Base64)),
    ("sha512hex", Fact::Digest(DigestAlgorithm::Sha512, Encoding::Hex)),
    ("size", Fact::Size),
    ("url", Fact::Url),
];

/// What is filled in when the tool runs.
const RUN: &[&str] = &["home", "root", "tmp", "upper"];

/// The names that are no table of their own.
const PLAIN: &[&str] = &[
    "version",
    "version.major",
    "version.minor",
    "version.patch",
    "version.major_minor",
    "home",
    "root",
    "tmp",
    "upper",
];

impl Variable {
    /// A variable by its name, dots included.
    pub fn parse(name: &str) -> Result<Self, String> {
        if let Some(run) = RUN.iter().find(|run| **run == name) {
            return Ok(Self::Run(run));
        }
        Ok(match name {
            "version" => Self::Version,
            "version.major" => Self::VersionNumber(0),
            "version.minor" => Self::VersionNumber(1),
            "version.patch" => Self::VersionNumber(2),
            "version.major_minor" => Self::VersionMajorMinor,
            "platform.name" => Self::PlatformName,
            other => match other.split_once('.') {
                Some(("params", param)) if !param.is_empty() => Self::Param(param.to_owned()),
                Some(("values", value)) if !value.is_empty() => Self::Value(value.to_owned()),
                Some(("platform", word)) if !word.is_empty() => Self::Word(word.to_owned()),
                Some(("artifact", rest)) => artifact(name, rest)?,
                // Whether there is such a word is known when the recipe has been read whole.
                None => Self::Word(other.to_owned()),
                Some(_) => return Err(unknown(name)),
            },
        })
    }
}

fn artifact(name: &str, rest: &str) -> Result<Variable, String> {
    let (id, fact) = rest.rsplit_once('.').ok_or_else(|| format!("{name:?} is not artifact.ID.FACT"))?;
    let id: Name = id.parse().map_err(|_| format!("{id:?} in {name:?} is no artifact's id"))?;
    let found = FACTS.iter().find(|(known, _)| *known == fact);
    let (_, fact) = found.ok_or_else(|| {
        format!("artifacts have no {fact:?}: {}", suggestion(fact, FACTS.iter().map(|(known, _)| *known)))
    })?;
    Ok(Variable::Artifact(id, *fact))
}

const KNOWN: &str = "known: version, params.NAME, values.NAME, artifact.ID.FACT, and the words of [platforms.NAME]";

/// What to say of a name that is neither a variable nor a platform's word.
pub(super) fn unknown(name: &str) -> String {
    let hint = match super::error::nearest(name, PLAIN.iter().copied()) {
        Some(near) => format!("did you mean {near:?}?"),
        None => KNOWN.to_owned(),
    };
    format!("there is no variable {name:?}: {hint}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(Variable::parse("version.major_minor"), Ok(Variable::VersionMajorMinor));
        assert_eq!(Variable::parse("platform.name"), Ok(Variable::PlatformName));
        assert_eq!(Variable::parse("platform.os"), Ok(Variable::Word("os".to_owned())));
        assert_eq!(
            Variable::parse("artifact.a.b.sha512hex"),
            Ok(Variable::Artifact("a.b".parse().unwrap(), Fact::Digest(DigestAlgorithm::Sha512, Encoding::Hex)))
        );
        assert_eq!(Variable::parse("os"), Ok(Variable::Word("os".to_owned())));
        assert!(unknown("verson").contains("did you mean \"version\"?"));
        assert!(Variable::parse("version.mayor").unwrap_err().contains("did you mean \"version.major\"?"));
        assert!(Variable::parse("artifact.a.sha512").unwrap_err().contains("did you mean \"sha512hex\"?"));
        assert!(unknown("colour").contains("known: version, params.NAME"));
    }
}
