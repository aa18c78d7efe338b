//! A collection in words.

use std::collections::{BTreeMap, BTreeSet};

use indicatif::HumanBytes;
use lazytools_airgap::collection::{Collection, Item};
use lazytools_airgap::plain::plain;

/// What was collected, and all that a bundle cannot hold.
pub fn summary(collection: &Collection) -> String {
    let (mut counts, mut bytes): (BTreeMap<&str, usize>, u64) = (BTreeMap::new(), 0);
    for item in &collection.items {
        *counts.entry(item.class()).or_default() += 1;
        if let Item::Checksummed { size, .. } | Item::RegistryFile { size, .. } = item {
            bytes += size;
        }
    }
    let head = format!("Bazel {}: {} in {} items", collection.bazel, HumanBytes(bytes), collection.items.len());
    let counts = counts.into_iter().map(|(class, count)| format!("  {count:>6} {class}"));
    let lines: Vec<String> = [head].into_iter().chain(counts).collect();
    format!("{}\n{}", lines.join("\n"), not_included(&collection.items))
}

/// What a bundle cannot hold, each with what to do; the items have to be sorted.
pub fn not_included(items: &[Item]) -> String {
    let mut lines = Vec::new();
    let mut last = None;
    for item in items {
        let Some(mend) = item.mend() else { continue };
        if last != Some((item.class(), mend)) {
            lines.push(format!("\nNot in a bundle, {}: {mend}", item.class()));
            last = Some((item.class(), mend));
        }
        lines.push(line(item));
    }
    // Each line has its end.
    lines.push(String::new());
    lines.join("\n")
}

fn line(item: &Item) -> String {
    // A manifest comes from elsewhere: a terminal is not to obey what stands in it.
    let join = |set: &BTreeSet<String>| set.iter().map(|text| plain(text)).collect::<Vec<_>>().join(", ");
    match item {
        Item::WithoutChecksum { urls, needed_by, .. } | Item::NotFetched { urls, needed_by, .. } => {
            format!("  {} for {}", join(urls), join(needed_by))
        }
        Item::Git { needed_by, commands, .. } | Item::Executes { needed_by, commands, .. } => {
            let commands: Vec<_> = commands.iter().map(|command| plain(command)).collect();
            format!("  {}\n    {}", plain(needed_by), commands.join("\n    "))
        }
        Item::LeftOut { repository, targets } if targets.is_empty() => format!("  {}", plain(repository)),
        Item::LeftOut { repository, targets } => {
            format!("  {}, and so {} was not collected", plain(repository), join(targets))
        }
        Item::Host { what, needed_by } => format!("  {} for {}", plain(what), join(needed_by)),
        Item::Checksummed { .. } | Item::RegistryFile { .. } => String::new(),
    }
}
