//! Fetches downloads without a checksum, so that they can be served on the other side.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use lazytools_fetch::redact::redact;
use lazytools_fetch::Client;

use crate::collection::{Folder, REPLAY};
use crate::manifest::FileKind;
use crate::replay::Index;
use crate::tree::Tree;
use crate::{secrets, Result};

/// Fetches downloads: each from the first of its addresses that gives it. Gives the tree, and the downloads that are
/// covered by it, as their addresses may be shown.
///
/// One that cannot be fetched, or whose addresses are secret, is said and not covered.
pub fn take(
    downloads: &BTreeMap<Vec<String>, BTreeSet<String>>,
    folder: &Folder,
    client: &Client,
    say: &dyn Fn(&str),
) -> Result<(Option<Tree>, BTreeSet<BTreeSet<String>>)> {
    let mut index = Index::default();
    let (mut covered, mut not) = (BTreeSet::new(), BTreeSet::new());
    let (mut sources, mut needed_by) = (BTreeSet::new(), BTreeSet::new());
    for (urls, who) in downloads {
        let shown: BTreeSet<String> = urls.iter().map(|url| redact(url)).collect();
        match fetch(urls, &mut index, &folder.path().join("trees"), client)? {
            Ok(()) => {
                sources.extend(shown.iter().cloned());
                needed_by.extend(who.iter().cloned());
                covered.insert(shown);
            }
            Err(why) => {
                let shown_text: Vec<&str> = shown.iter().map(String::as_str).collect();
                say(&format!("no replay of {}: {}", shown_text.join(", "), why.join("; ")));
                not.insert(shown);
            }
        }
    }
    // Two downloads may look the same once their queries are left out.
    covered.retain(|shown| !not.contains(shown));
    if index.downloads.is_empty() {
        return Ok((None, covered));
    }
    index.write(&folder.path().join("trees"))?;
    let path = REPLAY.parse().unwrap_or_else(|_| unreachable!("it is a name"));
    Ok((Some(Tree { path, kind: FileKind::Replay, sources, needed_by, platforms: BTreeSet::new() }), covered))
}

type Why = Vec<String>;

fn fetch(urls: &[String], index: &mut Index, trees: &Path, client: &Client) -> Result<std::result::Result<(), Why>> {
    let mut why = Vec::new();
    for url in urls.iter().filter(|url| url.starts_with("https://") || url.starts_with("http://")) {
        if let Some(what) = secrets::of(url) {
            why.push(format!("its address holds {what}, which would be written into the bundle"));
            continue;
        }
        match client.bytes(url, "*/*") {
            Ok(bytes) => {
                index.add(trees, url, &bytes)?;
                return Ok(Ok(()));
            }
            Err(error) => why.push(error.to_string()),
        }
    }
    Ok(Err(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_fetched() {
        let lab = tempfile::tempdir().unwrap();
        let downloads = [
            ("https://me:hush@h.example/x", "no replay of https://h.example/x: its address holds a user name"),
            ("https://h.example/x?Token=hush", "no replay of https://h.example/x?…: its address holds a parameter"),
        ];
        for (url, expected) in downloads {
            let said = std::cell::RefCell::new(String::new());
            let say = |what: &str| said.borrow_mut().push_str(what);
            let wanted = BTreeMap::from([(vec![url.to_owned()], BTreeSet::from(["who".to_owned()]))]);
            let client = Client::new(lazytools_fetch::ClientOptions::default());
            let (tree, covered) = take(&wanted, &Folder::new(lab.path()), &client, &say).unwrap();
            assert!(tree.is_none() && covered.is_empty());
            let said = said.into_inner();
            assert!(said.starts_with(expected) && !said.contains("hush"), "{said}");
        }
    }
}
