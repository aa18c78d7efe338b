//! A file that has changed under its address: that is how an upstream that was taken over looks, and a careless one.

use std::collections::BTreeMap;

use lazytools_lock::{Artifact, Integrity, Lock, Name, Source, Tool};

/// What of a tool's artifacts is not what the lock has for the same address, in whichever tool it stands.
pub fn under_the_same_address(old: &Lock, name: &Name, new: &Tool) -> Vec<String> {
    let mut pinned: BTreeMap<&Source, Vec<&Integrity>> = BTreeMap::new();
    for (_, artifact) in old.tools.values().flat_map(artifacts) {
        pinned.entry(&artifact.source).or_default().push(&artifact.integrity);
    }
    let mut failures = Vec::new();
    for (place, artifact) in artifacts(new) {
        // Who changes a file of the workspace sees it in their own diff.
        if matches!(artifact.source, Source::File(_)) {
            continue;
        }
        // Digests in different algorithms say nothing of each other.
        let same = |integrity: &&Integrity| integrity.algorithm() == artifact.integrity.algorithm();
        let before: Vec<&Integrity> =
            pinned.get(&artifact.source).into_iter().flatten().copied().filter(same).collect();
        if before.is_empty() || before.contains(&&artifact.integrity) {
            continue;
        }
        failures.push(format!(
            "tool {name} {place}: {} gives another file than before: the lock has {}, and now its digest is {}. A release \
             does not change; ask upstream, or look at what is different. If it is right, run `bazel run \
             //tools:update_pins -- --accept-changed {name}` (LT337)",
            shown(&artifact.source),
            before[0],
            artifact.integrity,
        ));
    }
    failures
}

/// A tool's artifacts with their places.
fn artifacts(tool: &Tool) -> Vec<(String, &Artifact)> {
    let all = tool.parts().flat_map(|(role, platform, part)| {
        let place = platform.map_or_else(|| role.name().to_owned(), |platform| format!("{} {platform}", role.name()));
        part.artifacts.iter().map(move |(id, found)| (format!("{place}: {id}"), found))
    });
    all.collect()
}

fn shown(source: &Source) -> String {
    match source {
        Source::Purl(text) | Source::File(text) => text.clone(),
        Source::Urls(urls) => urls.first().map(|url| lazytools_fetch::redact::redact(url)).unwrap_or_default(),
    }
}
