//! A cache that a tool makes: its folder is brought into a form that holds elsewhere, checked, and put in its place.

mod absolute;
mod entries;
mod globs;
mod replace;

use std::fs;
use std::path::{Path, PathBuf};

use lazytools_lock::manifest::MANIFEST_VERSION;
use lazytools_lock::Manifest;

use super::caches::Cache;
use super::copy::{self, Modes};
use super::error::{At as _, Result, RunError};
use super::job::{Job, Populate};
use super::private::Private;
use super::tree;
use super::work;
use entries::Entries;

/// Where the folder is in the private folder: where a later run has a private copy of it.
fn place(populate: &Populate) -> String {
    format!("cache/{}", populate.spec.name)
}

/// Makes the folder and gives the name that it has for the tool.
pub fn folder(populate: &Populate, private: &Private) -> Result<PathBuf> {
    private.folder(&place(populate))
}

/// Takes the folder that the tool made, and writes its account.
pub fn take(job: &Job, populate: &Populate, private: &Private, caches: &[Cache]) -> Result<()> {
    let Populate { spec, folder: to, manifest: to_manifest } = populate;
    let from = private.real().join(place(populate));
    let failed = Failed { label: &job.spec.label };
    let exclude = globs::set("exclude", &spec.exclude, &failed)?;
    let accept = globs::set("accept", &spec.accept, &failed)?;

    let entries = Entries::read(&from, &exclude)?;
    if entries.files.is_empty() && entries.links.is_empty() {
        return Err(nothing(job, private, entries.excluded));
    }
    entries.check(&from, &accept, &failed)?;
    replace::all(&from, &entries, &spec.replace, &failed)?;
    let places = absolute::Places::of(job, private, caches);
    let manifest =
        Manifest { manifest_version: MANIFEST_VERSION, entries: entries.account(&from, &places, &accept, &failed)? };

    let items = tree::from_manifest(&manifest);
    work::put(&from, to, true, |part| copy::copy(&from, part, &items, Modes::Exact))?;
    let text = serde_json::to_string(&manifest).map_err(std::io::Error::from).at("cannot write", to_manifest)?;
    fs::write(to_manifest, text + "\n").at("cannot write", to_manifest)
}

/// Says what is wrong with a folder, of which target.
struct Failed<'a> {
    label: &'a str,
}

impl Failed<'_> {
    fn unkept(&self, text: &str) -> RunError {
        RunError::Unkept(format!("{}: {text}", self.label))
    }

    fn absolute(&self, text: &str) -> RunError {
        RunError::Absolute(format!("{}: {text}", self.label))
    }

    fn normalize(&self, text: &str) -> RunError {
        RunError::Normalize(format!("{}: {text}", self.label))
    }
}

/// The error of a tool that made nothing; its own HOME often says where it wrote instead.
fn nothing(job: &Job, private: &Private, excluded: bool) -> RunError {
    let home = tree::walk(&private.real().join("home")).unwrap_or_default();
    let wrote: Vec<PathBuf> =
        home.into_iter().filter(|item| !matches!(item.kind, tree::Kind::Folder)).map(|item| item.rel).collect();
    let elsewhere = if wrote.is_empty() {
        String::new()
    } else {
        format!(" Its HOME has {}.", list(wrote.iter().map(|path| words(path))))
    };
    let left = if excluded { " but what the rule excludes" } else { "" };
    RunError::NoCache(format!(
        "{}: the tool succeeded and made no file in {{out}}{left}.{elsewhere} Have an argument or a variable of the rule \
         name {{out}} as the folder that the tool fills",
        job.spec.label
    ))
}

/// A path with `/` between names.
fn words(path: &Path) -> String {
    path.iter().map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// The first few of some texts.
fn list(texts: impl IntoIterator<Item = String>) -> String {
    const SHOWN: usize = 8;
    let mut texts: Vec<String> = texts.into_iter().collect();
    texts.sort();
    let more = texts.len().saturating_sub(SHOWN);
    texts.truncate(SHOWN);
    let shown = texts.join(", ");
    if more == 0 {
        shown
    } else {
        format!("{shown} and {more} more")
    }
}
