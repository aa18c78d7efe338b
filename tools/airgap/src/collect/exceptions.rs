//! What no repository cache can hold: repositories as they are, mirrors of git, and the bytes of downloads.

use std::collections::BTreeSet;
use std::path::Path;

use lazytools_fetch::Client;

use super::git_take;
use super::raw::Raw;
use super::replay_take;
use super::vendor::{self, Base};
use crate::collection::{Cover, Folder, Item, GIT, REPLAY, VENDOR};
use crate::tree::Tree;
use crate::{files, AirgapError, Result};

/// What is to be taken along of that which no repository cache can hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exceptions {
    /// Whether repositories are taken as Bazel made them.
    pub vendor: Vendor,
    /// How repositories that git fetches are taken.
    pub git: Git,
    /// Whether the bytes of all downloads without a checksum are taken, and not just those of extensions.
    pub replay_all: bool,
}

/// Which repositories are taken as Bazel made them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Vendor {
    /// None.
    None,
    /// Those that need it, and those that are named: by canonical or own name, with `*` for anything.
    Needed {
        /// The names.
        and: Vec<String>,
    },
}

impl Default for Vendor {
    fn default() -> Self {
        Self::Needed { and: Vec::new() }
    }
}

/// How repositories that git fetches are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Git {
    /// As Bazel made them.
    #[default]
    Vendor,
    /// By a bare repository of what was fetched, so that git runs on the other side, too.
    Mirror,
}

/// Who is covered by what.
#[derive(Default)]
struct Covered {
    /// Repositories that are there as they are: nothing of what their rules do is needed any more.
    vendored: BTreeSet<String>,
    /// Those whose git finds a mirror.
    mirrored: BTreeSet<String>,
    /// Downloads whose bytes are there, by their addresses as they are shown.
    replayed: BTreeSet<BTreeSet<String>>,
}

/// What there is to take from.
pub struct From<'a> {
    /// What the rules log says, word for word.
    pub raw: Raw,
    /// Bazel's runs.
    pub bases: &'a [Base],
    /// Bazel's output root and the workspace.
    pub own: &'a [&'a Path],
    /// The collection.
    pub folder: &'a Folder,
    /// Fetches what is to be replayed.
    pub client: &'a Client,
    /// Hears what is being done, and what cannot be taken.
    pub say: &'a dyn Fn(&str),
}

/// Takes along what it can, marks the items that are covered by it, and gives the trees.
pub fn take(options: &Exceptions, items: &mut Vec<Item>, from: &From<'_>) -> Result<Vec<Tree>> {
    let mut covered = Covered::default();
    let mut trees = Vec::new();
    // Of an earlier run with the same folder.
    for earlier in [VENDOR, GIT, REPLAY] {
        let path = from.folder.path().join("trees").join(earlier);
        files::remove_tree(&path).map_err(AirgapError::io("removing", &path))?;
    }
    if let Vendor::Needed { and } = &options.vendor {
        let mut names = vendor::chosen(items, options.git == Git::Vendor);
        for pattern in and {
            names.extend(vendor::named(pattern, from.bases)?);
        }
        if !names.is_empty() {
            (from.say)("copying repositories that no repository cache can hold");
        }
        let (found, refused) = vendor::take(&names, from.bases, from.own, from.folder)?;
        covered.vendored = found.iter().flat_map(|tree| tree.needed_by.iter().cloned()).collect();
        trees.extend(found);
        for (name, refusal) in refused {
            (from.say)(&format!("@@{name} cannot be taken along as it is: {}", refusal.text()));
        }
    }
    let mut lines = from.raw.git.clone();
    lines.retain(|who, _| !covered.vendored.contains(who) && (options.git == Git::Mirror || !who.starts_with("@@")));
    let (found, mirrored) = git_take::take(&lines, from.folder, from.say)?;
    trees.extend(found);
    covered.mirrored = mirrored;
    let mut downloads = from.raw.downloads.clone();
    downloads.retain(|_, who| options.replay_all || who.iter().any(|who| !who.starts_with("@@")));
    if !downloads.is_empty() {
        (from.say)("fetching downloads without a checksum");
    }
    let (found, replayed) = replay_take::take(&downloads, from.folder, from.client, from.say)?;
    trees.extend(found);
    covered.replayed = replayed;
    covered.apply(items);
    if !covered.mirrored.is_empty() {
        needs(items, "the program git", covered.mirrored);
    }
    trees.sort();
    Ok(trees)
}

/// Adds something of the machine.
fn needs(items: &mut Vec<Item>, wanted: &str, who: BTreeSet<String>) {
    for item in items.iter_mut() {
        if let Item::Host { what, needed_by } = item {
            if what == wanted {
                needed_by.extend(who);
                return;
            }
        }
    }
    items.push(Item::Host { what: wanted.to_owned(), needed_by: who });
}

impl Covered {
    /// Marks what is covered, and forgets what a repository that is there as it is would have needed.
    fn apply(&self, items: &mut Vec<Item>) {
        let mut split = Vec::new();
        for item in std::mem::take(items) {
            match item {
                Item::WithoutChecksum { urls, needed_by, covered: None } => {
                    let (vendored, other): (BTreeSet<_>, BTreeSet<_>) =
                        needed_by.into_iter().partition(|who| self.vendored.contains(who));
                    let replay = self.replayed.contains(&urls).then_some(Cover::Replay);
                    for (needed_by, covered) in [(vendored, Some(Cover::Vendored)), (other, replay)] {
                        if !needed_by.is_empty() {
                            split.push(Item::WithoutChecksum { urls: urls.clone(), needed_by, covered });
                        }
                    }
                }
                Item::Git { needed_by, commands, covered: None } => {
                    let covered = self.vendored.contains(&needed_by).then_some(Cover::Vendored);
                    let covered = covered.or_else(|| self.mirrored.contains(&needed_by).then_some(Cover::Git));
                    split.push(Item::Git { needed_by, commands, covered });
                }
                Item::Executes { needed_by, commands, covered: None } => {
                    let covered = self.vendored.contains(&needed_by).then_some(Cover::Vendored);
                    split.push(Item::Executes { needed_by, commands, covered });
                }
                Item::Host { what, mut needed_by } => {
                    needed_by.retain(|who| !self.vendored.contains(who));
                    if !needed_by.is_empty() {
                        split.push(Item::Host { what, needed_by });
                    }
                }
                Item::NotFetched { digest, urls, mut needed_by } => {
                    needed_by.retain(|who| !self.vendored.contains(who));
                    if !needed_by.is_empty() {
                        split.push(Item::NotFetched { digest, urls, needed_by });
                    }
                }
                Item::Checksummed { digest, size, ids, urls, mut needed_by, platforms } => {
                    needed_by.retain(|who| !self.vendored.contains(who));
                    if !needed_by.is_empty() {
                        split.push(Item::Checksummed { digest, size, ids, urls, needed_by, platforms });
                    }
                }
                other => split.push(other),
            }
        }
        *items = split;
    }
}
