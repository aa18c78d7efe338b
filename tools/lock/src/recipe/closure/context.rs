//! What a closure is read for: a rule of a recipe, a request, and one part of the tool.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::step::{Extract, Place, DEFAULT_MAX_BYTES, DEFAULT_MAX_MEMBERS};
use crate::{CachePath, FileMode, Format, Name, Platform, Role, Source, Step};

use super::super::error::{RecipeError, FORM};
use super::super::expand::{Wanted, WantedDigest};
use super::super::request::Chosen;
use super::super::PackagesRule;

/// A rule, the text of its file, and the part that is asked for.
pub(super) struct Context<'a> {
    chosen: &'a Chosen<'a>,
    rule: &'a PackagesRule,
    folder: CachePath,
    pub text: &'a str,
    pub role: Role,
    pub platform: Option<Platform>,
}

impl<'a> Context<'a> {
    pub fn of(
        chosen: &'a Chosen<'a>,
        packages: &'a PackagesRule,
        role: Role,
        platform: Option<Platform>,
        files: &'a BTreeMap<Name, String>,
    ) -> Result<Self, RecipeError> {
        let none = BTreeMap::new();
        let folder = chosen.path(&packages.to, &chosen.scope(None, &none))?;
        let text = files.get(&packages.file).map(String::as_str).unwrap_or_default();
        Ok(Self { chosen, rule: packages, folder, text, role, platform })
    }

    /// What is wrong with the input file, at a line of it.
    pub fn fail(&self, line: usize, message: impl Into<String>) -> RecipeError {
        let mut error = self.chosen.error(line, self.rule.from.code(), message.into());
        error.file = format!("input file {}", self.rule.file);
        error
    }

    /// The input file's name in the recipe.
    pub fn file(&self) -> &Name {
        &self.rule.file
    }

    /// An option's text, where the recipe has it.
    pub fn option(&self, key: &str) -> Result<Option<String>, RecipeError> {
        let Some(template) = self.rule.options.get(key) else { return Ok(None) };
        let none = BTreeMap::new();
        self.chosen.text(template, &self.chosen.scope(None, &none)).map(Some)
    }

    /// What is wrong with an option.
    pub fn bad_option(&self, key: &str, message: String) -> RecipeError {
        let line = self.rule.options.get(key).map_or(self.rule.line, |template| template.line);
        self.chosen.error(line, FORM, message)
    }

    /// An option that is one of some words; the first is the default.
    pub fn word(&self, key: &str, words: &[&'static str]) -> Result<&'static str, RecipeError> {
        let Some(text) = self.option(key)? else { return Ok(words[0]) };
        words
            .iter()
            .find(|word| **word == text)
            .copied()
            .ok_or_else(|| self.bad_option(key, format!("{key} is {text:?}, and has to be {}", words.join(" or "))))
    }

    /// Whether what only some platforms have belongs to this part.
    pub fn is_for_platforms(&self) -> Result<bool, RecipeError> {
        let role = match self.word("platform_packages_for", &["host", "target"])? {
            "host" => Role::Host,
            _ => Role::Target,
        };
        Ok(self.role == role)
    }

    /// The closure's folder.
    pub fn folder(&self) -> &CachePath {
        &self.folder
    }

    /// A path in the closure's folder.
    pub fn below(&self, path: &str) -> Result<CachePath, RecipeError> {
        let path = format!("{}/{path}", self.folder);
        path.parse().map_err(|error: crate::cache_path::CachePathError| self.fail(1, error.to_string()))
    }

    /// An artifact's id from a text that is as good as unique.
    pub fn id(&self, text: &str) -> Result<Name, RecipeError> {
        let plain: String = text
            .chars()
            .filter(|c| *c != '@')
            .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' })
            .collect();
        let plain = if plain.starts_with(|c: char| c.is_ascii_alphabetic()) { plain } else { format!("p-{plain}") };
        let short = match plain.char_indices().nth(80) {
            Some((at, _)) => format!("{}-{}", &plain[..at], &hex::encode(Sha256::digest(text))[..12]),
            None => plain,
        };
        short.parse().map_err(|error: crate::name::NameError| self.fail(1, error.to_string()))
    }
}

/// An artifact of a closure.
pub(super) fn artifact(id: Name, source: Source, format: Format, digest: WantedDigest) -> Wanted {
    let tool_url = match &source {
        Source::Purl(text) | Source::File(text) => text.clone(),
        Source::Urls(urls) => urls.first().cloned().unwrap_or_default(),
    };
    Wanted { id, source, tool_url, format, digest, signature: None, ask_size: true, shared: true, licence: None }
}

/// A step that extracts all of an archive.
pub(super) fn extract(artifact: Name, to: CachePath, format: Format) -> Extract {
    Extract {
        artifact,
        to: Some(to),
        format,
        nested: None,
        strip: 0,
        strip_prefix: String::new(),
        include: Vec::new(),
        exclude: Vec::new(),
        pick: BTreeMap::new(),
        modes: BTreeMap::new(),
        max_bytes: DEFAULT_MAX_BYTES,
        max_members: DEFAULT_MAX_MEMBERS,
    }
}

/// A step that places an artifact as it is.
pub(super) fn place(artifact: Name, to: CachePath) -> Step {
    Step::Place(Place { artifact, to, mode: FileMode::FILE })
}

/// A step that writes a text.
pub(super) fn write(to: CachePath, text: String) -> Step {
    Step::Write(crate::step::Write { to, text: vec![crate::step::TextPart::Literal(text)], mode: FileMode::FILE })
}

/// A part of a purl, percent-encoded.
pub(super) fn encode(text: &str) -> String {
    super::super::functions::pctenc(text)
}
