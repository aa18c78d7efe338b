//! Closures of packages: the many artifacts and steps that a package manager's lock file stands for.

mod npm_lock;

use std::collections::BTreeMap;

use crate::step::{Extract, Symlink, DEFAULT_MAX_BYTES, DEFAULT_MAX_MEMBERS};
use crate::{CachePath, FileMode, Format, Name, Platform, Role, Source, Step};

use super::error::{RecipeError, FORM, PACKAGES};
use super::expand::{Wanted, WantedDigest};
use super::request::Chosen;
use super::{PackagesRule, Template};
use npm_lock::{Package, PackageLock};

/// The artifacts of a part's closures.
pub(super) fn wanted(
    chosen: &Chosen<'_>,
    role: Role,
    platform: Option<Platform>,
    files: &BTreeMap<Name, String>,
) -> Result<Vec<Wanted>, RecipeError> {
    let mut found: BTreeMap<Name, Wanted> = BTreeMap::new();
    each(chosen, role, platform, files, |_, package| {
        let source = package.source().map_err(|message| format!("{}: {message}", package.path))?;
        let tool_url = match &source {
            Source::Purl(purl) => purl.clone(),
            Source::Urls(urls) => urls.first().cloned().unwrap_or_default(),
        };
        let wanted = Wanted {
            id: package.id()?,
            source,
            tool_url,
            format: Format::TarGz,
            digest: package.integrity.clone().map_or(WantedDigest::Registry, WantedDigest::Known),
            signature: None,
            ask_size: true,
            shared: true,
            licence: package.licence.clone(),
        };
        match found.get(&wanted.id) {
            Some(other) if (&other.source, &other.digest) != (&wanted.source, &wanted.digest) => Err(format!(
                "{}: {} is in the file twice, with different digests or addresses",
                package.path, wanted.id
            )),
            _ => {
                found.insert(wanted.id.clone(), wanted);
                Ok(())
            }
        }
    })?;
    Ok(found.into_values().collect())
}

/// The steps of a part's closures.
pub(super) fn steps(
    chosen: &Chosen<'_>,
    role: Role,
    platform: Option<Platform>,
    files: &BTreeMap<Name, String>,
) -> Result<Vec<Step>, RecipeError> {
    let mut steps = Vec::new();
    let mut links: BTreeMap<CachePath, Step> = BTreeMap::new();
    each(chosen, role, platform, files, |rule, package| {
        let folder = &rule.folder;
        let below = |path: &str| -> Result<CachePath, String> {
            format!("{folder}/{path}").parse().map_err(|error: crate::cache_path::CachePathError| error.to_string())
        };
        let mut modes = BTreeMap::new();
        for program in package.bin.values() {
            modes.insert(as_glob(program), FileMode::EXECUTABLE);
        }
        steps.push(Step::Extract(Extract {
            artifact: package.id()?,
            to: Some(below(&package.place)?),
            format: Format::TarGz,
            nested: None,
            strip: 1,
            strip_prefix: String::new(),
            include: Vec::new(),
            exclude: Vec::new(),
            pick: BTreeMap::new(),
            modes,
            max_bytes: DEFAULT_MAX_BYTES,
            max_members: DEFAULT_MAX_MEMBERS,
        }));
        if rule.bin_links {
            let (parent, directory) = package.parent_and_name();
            for (name, program) in &package.bin {
                let to = below(&format!("{parent}.bin/{name}"))?;
                let target = format!("../{directory}/{program}");
                // Where two packages bring a program of one name, npm keeps one as well.
                links.entry(to.clone()).or_insert(Step::Symlink(Symlink { to, target }));
            }
        }
        Ok(())
    })?;
    steps.extend(links.into_values());
    Ok(steps)
}

/// A glob that matches just this path.
fn as_glob(path: &str) -> String {
    let escape =
        |c: char| if matches!(c, '*' | '?' | '[' | ']' | '{' | '}' | '\\') { format!("[{c}]") } else { c.to_string() };
    path.chars().map(escape).collect()
}

/// What a closure's rule says for a request.
struct Options {
    folder: CachePath,
    platform_role: Role,
    bin_links: bool,
    dev: bool,
}

impl Options {
    fn of(chosen: &Chosen<'_>, rule: &PackagesRule) -> Result<Self, RecipeError> {
        let none = BTreeMap::new();
        let scope = chosen.scope(None, &none);
        let word = |template: &Option<Template>, key: &str, words: [&str; 2]| -> Result<bool, RecipeError> {
            let Some(template) = template else { return Ok(true) };
            let text = chosen.text(template, &scope)?;
            if words.contains(&text.as_str()) {
                return Ok(text == words[0]);
            }
            let message = format!("{key} is {text:?}, and has to be {} or {}", words[0], words[1]);
            Err(chosen.error(template.line, FORM, message))
        };
        let for_host = word(&rule.platform_packages_for, "platform_packages_for", ["host", "target"])?;
        Ok(Self {
            folder: chosen.path(&rule.to, &scope)?,
            platform_role: if for_host { Role::Host } else { Role::Target },
            bin_links: word(&rule.bin_links, "bin_links", ["yes", "no"])?,
            dev: word(&rule.dev, "dev", ["yes", "no"])?,
        })
    }
}

/// Calls `take` with each package that belongs to a part.
fn each(
    chosen: &Chosen<'_>,
    role: Role,
    platform: Option<Platform>,
    files: &BTreeMap<Name, String>,
    mut take: impl FnMut(&Options, &Package) -> Result<(), String>,
) -> Result<(), RecipeError> {
    for rule in chosen.recipe.packages.iter().filter(|rule| chosen.holds(&rule.when, None)) {
        let options = Options::of(chosen, rule)?;
        if role != Role::Any && role != options.platform_role {
            continue;
        }
        let fail = |message: String| {
            let mut error = chosen.error(1, PACKAGES, message);
            error.file = format!("input file {}", rule.file);
            error
        };
        let text = files.get(&rule.file).map(String::as_str).unwrap_or_default();
        let lock = PackageLock::parse(text).map_err(|(line, message)| RecipeError { line, ..fail(message) })?;
        for package in &lock.packages {
            let belongs = match platform {
                None => !package.is_restricted(),
                Some(platform) => package.is_restricted() && package.runs_on(platform),
            };
            if belongs && (options.dev || !package.dev) {
                take(&options, package).map_err(fail)?;
            }
        }
    }
    Ok(())
}
