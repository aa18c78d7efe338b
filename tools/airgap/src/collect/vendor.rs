//! Takes repositories along as Bazel made them: those whose downloads no repository cache can hold.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use lazytools_lock::CachePath;

use super::filter::glob;
use super::vendor_copy::{copy, Refusal};
use crate::collection::{Folder, Item, VENDOR, VENDOR_FILE};
use crate::exception_error::ExceptionError;
use crate::manifest::FileKind;
use crate::tree::{self, Tree, TreeFile};
use crate::{files, json, AirgapError, Result};

/// A run of Bazel whose output base is still there.
pub struct Base {
    /// The platform that was built for; `None` for the one that Bazel takes by itself.
    pub platform: Option<String>,
    /// The output base.
    pub path: PathBuf,
}

impl Base {
    fn repository(&self, name: &str) -> PathBuf {
        self.path.join("external").join(name)
    }

    /// The canonical names of what was fetched.
    fn fetched(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path.join("external")).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        names.filter(|name| self.repository(name).is_dir()).collect()
    }
}

/// The repositories to take by themselves: those with a download without a checksum and, with `git`, those that git
/// fetches. One that starts other programs is made by them for the machine that it is on, and not taken.
pub fn chosen(items: &[Item], git: bool) -> BTreeSet<String> {
    let mut chosen = BTreeSet::new();
    for item in items {
        match item {
            Item::WithoutChecksum { needed_by, .. } => chosen.extend(needed_by.iter().cloned()),
            Item::Git { needed_by, .. } if git => {
                chosen.insert(needed_by.clone());
            }
            _ => {}
        }
    }
    for item in items {
        if let Item::Executes { needed_by, .. } = item {
            chosen.remove(needed_by);
        }
    }
    chosen.iter().filter_map(|who| Some(who.strip_prefix("@@")?.to_owned())).collect()
}

/// The fetched repositories that a pattern names: by canonical or own name, with or without `@`, with `*` for anything.
pub fn named(pattern: &str, bases: &[Base]) -> Result<BTreeSet<String>> {
    let wanted = pattern.trim_start_matches('@');
    let all: BTreeSet<String> = bases.iter().flat_map(Base::fetched).collect();
    let found: BTreeSet<String> =
        all.iter().filter(|name| fits(wanted, name) || fits(wanted, own_name(name))).cloned().collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let bare = wanted.replace('*', "");
    let near: Vec<_> = all.into_iter().filter(|name| name.contains(&bare)).take(10).collect();
    let near = if near.is_empty() { String::new() } else { format!("; near it are {}", near.join(", ")) };
    Err(ExceptionError::NoRepository { pattern: pattern.to_owned(), near }.into())
}

/// The name that whoever made a repository gave it: `x` of `rules~~ext~x` and `rules++ext+x`, `m` of the module `m~1.0`.
fn own_name(canonical: &str) -> &str {
    let parts: Vec<&str> = canonical.split(['~', '+']).collect();
    match parts.as_slice() {
        [name] | [name, _] => name,
        _ => parts.last().copied().unwrap_or(canonical),
    }
}

/// Whether a text is what a pattern says, where `*` stands for any text. What is no glob names nothing.
fn fits(pattern: &str, text: &str) -> bool {
    glob(pattern).is_ok_and(|matcher| matcher.is_match(text))
}

/// Copies repositories into the collection. Gives their trees, and those that cannot be taken, each with why.
pub fn take(
    names: &BTreeSet<String>,
    bases: &[Base],
    own: &[&Path],
    folder: &Folder,
) -> Result<(Vec<Tree>, BTreeMap<String, Refusal>)> {
    let (mut trees, mut refused) = (Vec::new(), BTreeMap::new());
    for name in names {
        let Ok(path) = format!("{VENDOR}/{name}").parse::<CachePath>() else { continue };
        let mut taken: Option<(String, Vec<TreeFile>)> = None;
        let mut platforms = BTreeSet::new();
        let to = folder.tree(&path);
        for base in bases.iter().filter(|base| base.repository(name).is_dir()) {
            let next = to.with_file_name(format!("{name}.next"));
            files::remove_tree(&next).map_err(AirgapError::io("removing", &next))?;
            if let Some(refusal) = copy(&base.repository(name), &next, own)? {
                files::remove_tree(&next).map_err(AirgapError::io("removing", &next))?;
                refused.insert(name.clone(), refusal);
                break;
            }
            let found = tree::files(&next)?;
            let platform = base.platform.clone().unwrap_or_else(|| "this machine's platform".to_owned());
            platforms.extend(base.platform.clone());
            match &taken {
                None => {
                    std::fs::rename(&next, &to).map_err(AirgapError::io("writing", &to))?;
                    taken = Some((platform, found));
                }
                Some((first, files)) => {
                    if let Some(path) = difference(files, &found) {
                        let platforms = [first.clone(), platform];
                        return Err(ExceptionError::Differs { repository: name.clone(), platforms, path }.into());
                    }
                    files::remove_tree(&next).map_err(AirgapError::io("removing", &next))?;
                }
            }
        }
        if refused.contains_key(name) {
            files::remove_tree(&to).map_err(AirgapError::io("removing", &to))?;
        } else if taken.is_some() {
            let needed_by = BTreeSet::from([format!("@@{name}")]);
            trees.push(Tree { path, kind: FileKind::Vendored, sources: BTreeSet::new(), needed_by, platforms });
        }
    }
    if !trees.is_empty() {
        write_pins(&trees, folder)?;
    }
    Ok((trees, refused))
}

/// The first path where two copies differ.
fn difference(one: &[TreeFile], other: &[TreeFile]) -> Option<String> {
    let facts = |file: &TreeFile| (file.sha256.clone(), file.executable, file.link.clone());
    let by_path = |files: &[TreeFile]| -> BTreeMap<CachePath, _> {
        files.iter().map(|file| (file.path.clone(), facts(file))).collect()
    };
    let (one, other) = (by_path(one), by_path(other));
    let paths: BTreeSet<&CachePath> = one.keys().chain(other.keys()).collect();
    let found = paths.into_iter().find(|path| one.get(path) != other.get(path));
    found.map(ToString::to_string)
}

/// Writes the file by which `--vendor_dir` takes the folders as they are, whatever Bazel's markers would say.
fn write_pins(trees: &[Tree], folder: &Folder) -> Result<()> {
    let names = trees.iter().filter_map(|tree| tree.path.names().nth(1));
    let mut pins: Vec<String> = names.map(|name| format!("pin(\"@@{name}\")\n")).collect();
    pins.sort();
    let file = format!("{VENDOR}/{VENDOR_FILE}").parse().unwrap_or_else(|_| unreachable!("it is a path"));
    json::write(&folder.tree(&file), pins.concat().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(folder: &Path, platform: &str, files: &[(&str, &str)]) -> Base {
        let path = folder.join(platform);
        for (file, text) in files {
            let file = path.join("external").join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        Base { platform: Some(platform.to_owned()), path }
    }

    #[test]
    fn repositories_are_named() {
        assert!(fits("a*c", "abc") && fits("*", "") && fits("a", "a") && fits("*b*", "abc"));
        assert!(!fits("a*c", "ab") && !fits("a", "ab") && !fits("", "a"));
        assert_eq!(own_name("rules~~ext~x"), "x");
        assert_eq!(own_name("rules++ext+x"), "x");
        assert_eq!((own_name("m~1.0"), own_name("m~"), own_name("m+"), own_name("m")), ("m", "m", "m", "m"));
        let lab = tempfile::tempdir().unwrap();
        let made = [("@r~~e~x.marker", ""), ("r~~e~x/f", ""), ("r~~e~y/f", ""), ("z/f", "")];
        let bases = [base(lab.path(), "p", &made)];
        let named = |pattern: &str| named(pattern, &bases).map(|names| names.into_iter().collect::<Vec<_>>());
        assert_eq!(named("@x").unwrap(), ["r~~e~x"]);
        assert_eq!(named("@@r~~e~*").unwrap(), ["r~~e~x", "r~~e~y"]);
        let error = named("e~").unwrap_err().to_string();
        assert!(error.starts_with("--vendor=e~: Bazel fetched no repository of that name"), "{error}");
        assert!(error.ends_with("; near it are r~~e~x, r~~e~y (LT741)"), "{error}");
    }

    #[test]
    fn one_that_starts_programs_is_not_taken_by_itself() {
        let who = |name: &str| BTreeSet::from([name.to_owned()]);
        let plain =
            |names: BTreeSet<String>| Item::WithoutChecksum { urls: BTreeSet::new(), needed_by: names, covered: None };
        let items = [
            plain(who("@@a")),
            plain(who("@@starts")),
            plain(who("module extension @@x//:e.bzl%e")),
            Item::Git { needed_by: "@@g".to_owned(), commands: Vec::new(), covered: None },
            Item::Executes { needed_by: "@@starts".to_owned(), commands: Vec::new(), covered: None },
        ];
        assert_eq!(chosen(&items, true), BTreeSet::from(["a".to_owned(), "g".to_owned()]));
        assert_eq!(chosen(&items, false), BTreeSet::from(["a".to_owned()]));
    }

    #[test]
    fn platforms_have_to_agree() {
        let lab = tempfile::tempdir().unwrap();
        let root = std::fs::canonicalize(lab.path()).unwrap();
        let bases = [
            base(&root, "one", &[("same/f", "x"), ("b/f", "1"), ("only/f", "")]),
            base(&root, "two", &[("same/f", "x"), ("b/f", "2")]),
        ];
        let folder = Folder::new(root.join("collected"));
        let names = BTreeSet::from(["same".to_owned(), "only".to_owned()]);
        let (trees, refused) = take(&names, &bases, &[&root], &folder).unwrap();
        assert!(refused.is_empty());
        let found: Vec<_> = trees.iter().map(|tree| (tree.path.as_str(), tree.platforms.len())).collect();
        assert_eq!(found, [("vendor/only", 1), ("vendor/same", 2)]);
        let pins = std::fs::read_to_string(root.join("collected/trees/vendor/VENDOR.bazel")).unwrap();
        assert_eq!(pins, "pin(\"@@only\")\npin(\"@@same\")\n");
        let error = take(&BTreeSet::from(["b".to_owned()]), &bases, &[&root], &folder).unwrap_err().to_string();
        assert!(error.starts_with("the repository b is not the same for one and two: f differs"), "{error}");
        assert!(error.ends_with("--no-vendor (LT740)"), "{error}");
    }
}
