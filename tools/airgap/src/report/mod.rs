//! What all the bytes of a bundle or collection are: by repository, by platform and by kind, with why each is there.
//!
//! A file counts once in every total, whoever needs it. What only one repository needs is its `alone`: so much would go
//! with it. What several need is in the `amount` of each and in the `alone` of none.

mod filter;
mod input;
mod named_for;
mod page;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::collection::{Item, Version};
use crate::manifest::{FileKind, Manifest};

pub use filter::Filter;
pub use input::read;
pub use named_for::NamedFor;
pub use page::page;

/// A report. Everything in it is sorted; the same input gives the same report.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The version of the form.
    pub report_version: Version,
    /// What it is of.
    pub of: Of,
    /// The Bazel that was asked what it needs.
    pub bazel: String,
    /// The targets.
    pub targets: BTreeSet<String>,
    /// The platforms that it was collected for; empty where only the one that Bazel takes by itself was.
    pub platforms: BTreeSet<String>,
    /// All files.
    pub total: Amount,
    /// By what the files are.
    pub kinds: Vec<Kind>,
    /// For each platform that it was collected for.
    pub platform_needs: Vec<PlatformNeed>,
    /// By the platforms that names tell.
    pub named_for: Vec<Named>,
    /// Who needs something, by name.
    pub repositories: Vec<Repository>,
    /// The files, by path.
    pub files: Vec<File>,
    /// What is needed and not in the bundle.
    pub not_included: Vec<NotIncluded>,
    /// What a filter has left out, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<LeftOut>,
}

/// What a report is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Of {
    /// A bundle.
    Bundle,
    /// A bundle that holds only the difference to an earlier one. What the earlier one holds counts, too.
    Difference,
    /// A collection, as it would be bundled.
    Collection,
}

/// So many files and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Amount {
    /// Files.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
}

impl Amount {
    /// All of these files.
    pub fn of<'a>(files: impl IntoIterator<Item = &'a File>) -> Self {
        let mut amount = Self::default();
        files.into_iter().for_each(|file| amount.add(file));
        amount
    }

    fn add(&mut self, file: &File) {
        self.files += 1;
        self.bytes += file.size;
    }
}

/// A kind of files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Kind {
    /// Which.
    pub kind: FileKind,
    /// The same in words.
    pub words: &'static str,
    /// How much of it there is.
    pub amount: Amount,
}

/// What a platform needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlatformNeed {
    /// Its label.
    pub platform: String,
    /// What a bundle for it alone would hold.
    pub needed: Amount,
    /// What no other platform needs: leaving this platform out saves so much.
    pub only: Amount,
}

/// What is for a platform by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The platform.
    pub platform: NamedFor,
    /// What is named for it.
    pub amount: Amount,
    /// Whether it is another one than those that were collected for, as far as their names tell.
    pub other: bool,
}

/// A repository or extension that needs something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repository {
    /// Its canonical name.
    pub name: String,
    /// All that it needs.
    pub amount: Amount,
    /// What nobody else needs.
    pub alone: Amount,
    /// The labels that lead to it, from a target that was asked for; empty where none is known.
    pub chain: Vec<String>,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct File {
    /// Its path in the bundle.
    pub path: String,
    /// What people call it: the name in its address.
    pub name: String,
    /// Its bytes.
    pub size: u64,
    /// What it is.
    pub kind: FileKind,
    /// Who needs it.
    pub needed_by: BTreeSet<String>,
    /// The platforms that it is needed for; empty where all are, or none is known.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub platforms: BTreeSet<String>,
    /// The platform that names tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub named_for: Option<NamedFor>,
    /// Where it came from.
    pub sources: BTreeSet<String>,
}

/// Something that is needed and not in the bundle.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NotIncluded {
    /// Why not, in words.
    pub class: &'static str,
    /// What it is: addresses, command lines, or something of the machine.
    pub what: Vec<String>,
    /// Who needs it.
    pub needed_by: Vec<String>,
    /// What to do.
    pub mend: &'static str,
}

/// What a filter has left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The platforms that stay.
    pub kept: Vec<String>,
    /// What has gone.
    pub amount: Amount,
}

impl File {
    /// The platform that it counts for: those that it was collected for if not all need it, else the one in its name.
    pub fn platform(&self, all: &BTreeSet<String>) -> String {
        if !self.platforms.is_empty() && self.platforms != *all {
            return Vec::from_iter(self.platforms.iter().map(String::as_str)).join(", ");
        }
        self.named_for.map_or_else(|| "any platform".to_owned(), |named| format!("{named} (by name)"))
    }

    /// The repository that it counts for.
    pub fn repository(&self) -> &str {
        match self.needed_by.len() {
            0 => "nobody named",
            1 => self.needed_by.first().map_or("", String::as_str),
            _ => "several repositories",
        }
    }
}

impl Report {
    /// The report of a manifest.
    pub fn of_manifest(manifest: &Manifest) -> Self {
        let of = if manifest.since.is_some() { Of::Difference } else { Of::Bundle };
        let files = manifest.files.iter().map(|(path, entry)| {
            let (needed_by, platforms) = (entry.needed_by.clone(), entry.platforms.clone());
            File {
                name: name(path.as_str(), entry.kind, &entry.sources),
                named_for: named_for(path.as_str(), entry.kind, &entry.sources, &needed_by),
                path: path.as_str().to_owned(),
                size: entry.size,
                kind: entry.kind,
                needed_by,
                platforms,
                sources: entry.sources.clone(),
            }
        });
        let mut report = Self {
            report_version: Version,
            of,
            bazel: manifest.bazel.clone(),
            targets: manifest.targets.clone(),
            platforms: manifest.platforms.clone(),
            total: Amount::default(),
            kinds: Vec::new(),
            platform_needs: Vec::new(),
            named_for: Vec::new(),
            repositories: Vec::new(),
            files: files.collect(),
            not_included: not_included(&manifest.not_included),
            left_out: None,
        };
        report.count(&manifest.chains);
        report
    }

    /// What counts for each platform, as `File::platform` says it.
    pub fn by_platform(&self) -> BTreeMap<String, Amount> {
        let mut found: BTreeMap<String, Amount> = BTreeMap::new();
        for file in &self.files {
            found.entry(file.platform(&self.platforms)).or_default().add(file);
        }
        found
    }

    /// Counts its files.
    fn count(&mut self, chains: &BTreeMap<String, Vec<String>>) {
        self.total = Amount::of(&self.files);
        let (mut by_name, mut by_repository, mut by_kind) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for file in &self.files {
            by_kind.entry(file.kind).or_insert_with(Amount::default).add(file);
            if let Some(named) = file.named_for {
                by_name.entry(named).or_insert_with(Amount::default).add(file);
            }
            for who in &file.needed_by {
                let (amount, alone): &mut (Amount, Amount) = by_repository.entry(who.clone()).or_default();
                amount.add(file);
                if file.needed_by.len() == 1 {
                    alone.add(file);
                }
            }
        }
        let kinds = by_kind.into_iter();
        self.kinds = kinds.map(|(kind, amount)| Kind { kind, words: kind.words(), amount }).collect();
        let chain = |name: &String| chains.get(name).cloned().unwrap_or_default();
        let repositories = by_repository.into_iter();
        self.repositories = repositories
            .map(|(name, (amount, alone))| Repository { chain: chain(&name), name, amount, alone })
            .collect();
        let needs = self.platforms.iter().map(|platform| PlatformNeed {
            platform: platform.clone(),
            needed: Amount::of(
                self.files.iter().filter(|file| file.platforms.is_empty() || file.platforms.contains(platform)),
            ),
            only: Amount::of(
                self.files.iter().filter(|file| file.platforms.len() == 1 && file.platforms.contains(platform)),
            ),
        });
        self.platform_needs = needs.collect();
        // Only where each platform's name tells what it is can a file be of another one.
        let wanted: Option<Vec<NamedFor>> = self.platforms.iter().map(|label| NamedFor::of(label)).collect();
        let wanted = wanted.filter(|wanted| !wanted.is_empty());
        let other = |named: NamedFor| wanted.iter().any(|all| all.iter().all(|one| named.is_other_than(*one)));
        let named = by_name.into_iter();
        self.named_for = named.map(|(platform, amount)| Named { platform, amount, other: other(platform) }).collect();
    }
}

/// The name in the first address, else in the path.
fn name(path: &str, kind: FileKind, sources: &BTreeSet<String>) -> String {
    let of_source = sources.iter().find_map(|source| {
        let address = source.split(['?', '#']).next()?;
        let (_, path) = address.split_once("://").map_or(Some(("", address)), |(_, rest)| rest.split_once('/'))?;
        let names: Vec<&str> = path.trim_matches('/').split('/').collect();
        // Of an address such as `serde/1.0.0/download` the last name alone tells nothing.
        let telling = if names.last()?.contains('.') { 1 } else { 3 };
        let name = names[names.len().saturating_sub(telling)..].join("/");
        (!name.is_empty()).then_some(name)
    });
    let of_path = || path.rsplit('/').next().unwrap_or(path).to_owned();
    // Every module has a MODULE.bazel: which one it is stands before it.
    let module = |text: &str| text.split_once("/modules/").map(|(_, inside)| inside.to_owned());
    let module = (kind == FileKind::RegistryFile)
        .then(|| sources.iter().map(String::as_str).chain([path]).find_map(module))
        .flatten();
    module.or(of_source).unwrap_or_else(of_path)
}

fn named_for(path: &str, kind: FileKind, sources: &BTreeSet<String>, needed_by: &BTreeSet<String>) -> Option<NamedFor> {
    if kind == FileKind::RegistryFile {
        return None;
    }
    // The name of a file, then the rest of its address but the host, then who needs it.
    let rest = sources.iter().filter_map(|source| source.split_once("://")?.1.split_once('/'));
    let rest: Vec<&str> = rest.map(|(_, path)| path.split(['?', '#']).next().unwrap_or(path)).collect();
    let names = rest.iter().map(|path| path.rsplit('/').next().unwrap_or(path));
    let in_tree = (kind != FileKind::Download).then_some(path);
    let names = names.chain(rest.iter().copied()).chain(in_tree);
    let who = if needed_by.len() == 1 { needed_by.first() } else { None };
    let repository = who.filter(|who| who.starts_with("@@")).map(|who| who.rsplit(['~', '+']).next().unwrap_or(who));
    NamedFor::of_all(names.chain(repository))
}

fn not_included(items: &[Item]) -> Vec<NotIncluded> {
    let all = |set: &BTreeSet<String>| set.iter().cloned().collect();
    let mut found: Vec<NotIncluded> = items
        .iter()
        .filter_map(|item| {
            let what = match item {
                Item::WithoutChecksum { urls, .. } | Item::NotFetched { urls, .. } => all(urls),
                Item::Git { commands, .. } | Item::Executes { commands, .. } => commands.clone(),
                Item::LeftOut { repository, .. } => vec![repository.clone()],
                Item::Host { what, .. } => vec![what.clone()],
                Item::Checksummed { .. } | Item::RegistryFile { .. } => return None,
            };
            let needed_by = item.needed_by().cloned().collect();
            Some(NotIncluded { class: item.class(), what, needed_by, mend: item.mend()? })
        })
        .collect();
    found.sort();
    found
}
