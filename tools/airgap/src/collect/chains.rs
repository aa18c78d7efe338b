//! Why a repository is needed: the shortest chain of targets that leads to it.
//!
//! A chain begins with a target that was asked for. It ends with a target of the repository; or, of one that only gives
//! .bzl files, with such a file after the BUILD file that loads it; or, of an extension or of the module that has it, with
//! a target of a repository that the extension makes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;

use serde::Deserialize;

use super::bazel::{Bazel, Run};
use super::target_graph::{shown, Paths, TargetGraph};
use crate::{AirgapError, Result};

/// The longest line with a build event or a BUILD file that is read.
const MAX_LINE: u64 = 64 << 20;

/// For a repository or extension its chain of labels.
pub type Chains = BTreeMap<String, Vec<String>>;

/// The chains that a run's targets show. Bazel is asked twice, of what it has analysed and fetched: nothing more is.
pub fn of_run(bazel: &Bazel, run: &Run<'_>, work: &Path) -> Result<Chains> {
    let events = run.events(work);
    let read = File::open(&events).and_then(|file| roots(BufReader::new(file)));
    let roots = read.map_err(AirgapError::io("reading", &events))?;
    let graph = bazel.targets(run, work, &|output| TargetGraph::read(output))?;
    let paths = graph.shortest(roots.iter().map(String::as_str));
    let mut chains = of_targets(&paths);
    let of = of_each_package(&paths);
    if of.is_empty() {
        return Ok(chains);
    }
    let loads = bazel.build_files(run, work, &of, &|output| loads(output))?;
    add_loaded(&mut chains, &paths, &loads);
    Ok(chains)
}

#[derive(Deserialize)]
struct Event {
    id: EventId,
    #[serde(default)]
    children: Vec<Child>,
}

#[derive(Deserialize)]
struct EventId {
    pattern: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Child {
    target_configured: Option<Configured>,
}

#[derive(Deserialize)]
struct Configured {
    label: String,
}

/// The targets that the patterns of a build come to, in canonical form, from its events.
pub fn roots(events: impl BufRead) -> io::Result<BTreeSet<String>> {
    let mut roots = BTreeSet::new();
    lines(events, |line| {
        // Lines with other events may be of any form.
        let Ok(Event { id: EventId { pattern: Some(_) }, children }) = serde_json::from_slice(line) else { return };
        let labels = children.into_iter().filter_map(|child| Some(child.target_configured?.label));
        roots.extend(labels.map(|label| if label.starts_with('@') { label } else { format!("@@{label}") }));
    })?;
    Ok(roots)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Target {
    source_file: Option<SourceFile>,
}

#[derive(Deserialize)]
struct SourceFile {
    name: String,
    location: String,
}

/// For a package its BUILD file and the .bzl files that are read on behalf of it.
pub type Loads = BTreeMap<String, (String, BTreeSet<String>)>;

/// Reads what `bazel query --output=streamed_jsonproto` says of `buildfiles(…)`. A BUILD file's location is a line of
/// itself; that of a .bzl file, and of the BUILD file beside it, is the BUILD file of the first package that loads it.
pub fn loads(text: impl BufRead) -> io::Result<Loads> {
    let (mut build_files, mut loaded) = (BTreeMap::new(), BTreeSet::new());
    lines(text, |line| {
        let Ok(Target { source_file: Some(SourceFile { name, location }) }) = serde_json::from_slice(line) else {
            return;
        };
        match location.strip_suffix(":1:1") {
            Some(path) => drop(build_files.insert(path.to_owned(), name)),
            None => drop(loaded.insert((name, location))),
        }
    })?;
    let mut loads = Loads::new();
    for (bzl, path) in loaded {
        let Some(build_file) = build_files.get(&path) else { continue };
        let Some(package) = package(build_file) else { continue };
        let entry = loads.entry(package.to_owned()).or_insert_with(|| (build_file.clone(), BTreeSet::new()));
        if Path::new(&bzl).extension().is_some_and(|extension| extension == "bzl") {
            entry.1.insert(bzl);
        }
    }
    Ok(loads)
}

/// Lines, each read with a bound: what is longer comes in parts, which are no JSON.
fn lines(mut text: impl BufRead, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let mut line = Vec::new();
    while {
        line.clear();
        text.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)?
    } > 0
    {
        take(&line);
    }
    Ok(())
}

/// The package of a label, `@@x//y` of `@@x//y:z`.
fn package(label: &str) -> Option<&str> {
    Some(label.rsplit_once(':')?.0)
}

/// The repository of a canonical label, `@@x` of `@@x//y:z`; of the main repository none.
fn repository(label: &str) -> Option<&str> {
    let (name, _) = label.split_once("//")?;
    (name.starts_with("@@") && name.len() > 2).then_some(name)
}

/// One target of each package that was reached, in the order of `Paths`.
pub fn of_each_package<'a>(paths: &Paths<'a>) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    let first = paths.reached().filter(|(_, label)| package(label).is_some_and(|package| seen.insert(package)));
    first.map(|(_, label)| label).collect()
}

/// The chains that a graph shows, for each repository of it.
pub fn of_targets(paths: &Paths<'_>) -> Chains {
    let mut chains = Chains::new();
    for (number, label) in paths.reached() {
        let Some(name) = repository(label) else { continue };
        if !chains.contains_key(name) {
            chains.insert(name.to_owned(), paths.chain(number));
        }
    }
    chains
}

/// Adds the chains of repositories that have no target in the graph, but .bzl files that its packages load.
pub fn add_loaded(chains: &mut Chains, paths: &Paths<'_>, loads: &Loads) {
    let mut seen = BTreeSet::new();
    for (number, label) in paths.reached() {
        let Some((build_file, bzl)) = package(label).filter(|one| seen.insert(*one)).and_then(|one| loads.get(one))
        else {
            continue;
        };
        for file in bzl {
            let Some(name) = repository(file).filter(|name| !chains.contains_key(*name)) else { continue };
            let mut chain = paths.chain(number);
            chain.extend([shown(build_file), shown(file)]);
            chains.insert(name.to_owned(), chain);
        }
    }
}

/// Keeps of two chains the shorter, or the first by its labels.
pub fn merge(chains: &mut Chains, others: Chains) {
    for (name, chain) in others {
        let better = |old: &Vec<String>| (chain.len(), &chain) < (old.len(), old);
        if chains.get(&name).is_none_or(better) {
            chains.insert(name, chain);
        }
    }
}

/// The chains of those that are needed: each by its own, else by a repository that an extension of it makes.
pub fn needed(chains: &Chains, needed_by: &BTreeSet<String>) -> Chains {
    let mut made: HashMap<&str, &Vec<String>> = HashMap::new();
    // The names of repositories that extensions make begin with those of the module and the extension.
    for (name, chain) in chains {
        for (end, _) in name.char_indices().filter(|(_, letter)| matches!(letter, '~' | '+')) {
            let best = made.entry(&name[..=end]).or_insert(chain);
            if (chain.len(), chain) < (best.len(), *best) {
                *best = chain;
            }
        }
    }
    let find = |who: &String| {
        if let Some(chain) = chains.get(who) {
            return Some(chain);
        }
        if let Some(extension) = who.strip_prefix("module extension ") {
            return prefixes(extension).iter().find_map(|prefix| made.get(prefix.as_str()).copied());
        }
        // `@@x~` and, of Bazel 7 with a version, `@@x~1.0`.
        ["~", "+"].iter().find_map(|mark| made.get(format!("{who}{mark}").as_str()).copied())
    };
    needed_by.iter().filter_map(|who| Some((who.clone(), find(who)?.clone()))).collect()
}

/// How the names of an extension's repositories may begin: `@@_main~names~` for `names in @@//:names.bzl` of Bazel 7,
/// `@@+names+` of Bazel 8 and 9.
fn prefixes(extension: &str) -> Vec<String> {
    let parts = extension.split_once(" in ").or_else(|| extension.rsplit_once('%').map(|(file, name)| (name, file)));
    let Some((name, file)) = parts else { return Vec::new() };
    let name = name.trim_matches(['\'', '"']);
    let module = repository(file.trim_matches(['\'', '"'])).unwrap_or("@@");
    let old = if module == "@@" { "@@_main" } else { module };
    vec![format!("{old}~{name}~"), format!("{module}+{name}+")]
}

#[cfg(test)]
mod tests {
    use super::super::target_graph::TargetGraph;
    use super::*;

    fn chains_of(graph: &str, roots: &[&str], loaded: &str) -> Chains {
        let graph = TargetGraph::read(graph.as_bytes()).unwrap();
        let paths = graph.shortest(roots.iter().copied());
        let mut chains = of_targets(&paths);
        add_loaded(&mut chains, &paths, &loads(loaded.as_bytes()).unwrap());
        chains
    }

    fn shown_chain(chains: &Chains, name: &str) -> String {
        chains.get(name).map(|chain| chain.join(" → ")).unwrap_or_default()
    }

    #[test]
    fn a_graph_of_bazel_7() {
        // As Bazel 7.7.1 has written them for the workspace of e2e/airgap/upstream.py.
        let events = include_bytes!("../../tests/data/chains/events.json");
        let roots = roots(events.as_slice()).unwrap();
        assert_eq!(Vec::from_iter(&roots), ["@@//:everything", "@@//git:git"]);
        let graph = include_str!("../../tests/data/chains/targets.graph");
        let loaded = include_str!("../../tests/data/chains/build_files.json");
        let roots: Vec<_> = roots.iter().map(String::as_str).collect();
        let chains = chains_of(graph, &roots, loaded);
        for (name, chain) in [
            ("@@_main~_repo_rules~first", "//:everything → @@_main~_repo_rules~first//:first.txt"),
            ("@@_main~_repo_rules~linux_tool", "//:everything → @@_main~_repo_rules~linux_tool//file:file"),
            ("@@_main~_repo_rules~by_git", "//git:git → @@_main~_repo_rules~by_git//:git.txt"),
            ("@@_main~names~listed", "//:everything → @@_main~names~listed//:text.txt"),
            ("@@greet~", "//:everything → @@greet~//:hello.txt"),
            (
                "@@platforms~host_platform~host_platform",
                "//:everything → @@platforms//host:host → @@platforms//host:BUILD.bazel → \
                 @@platforms~host_platform~host_platform//:constraints.bzl",
            ),
        ] {
            assert_eq!(shown_chain(&chains, name), chain);
        }
        let asked: BTreeSet<String> =
            ["module extension names in @@//:names.bzl", "@@greet~", "@@nobody"].map(str::to_owned).into();
        let chains = needed(&chains, &asked);
        assert_eq!(chains.len(), 2, "{chains:?}");
        assert_eq!(
            shown_chain(&chains, "module extension names in @@//:names.bzl"),
            "//:everything → @@_main~names~listed//:text.txt"
        );
    }

    #[test]
    fn what_is_only_loaded_or_only_makes_others() {
        let graph = "\"@@//a:a (1)\" -> \"@@x+//:x (1)\"\n\"@@//a:a (1)\" -> \"@@rules++ext+made//:m (1)\"\n";
        let file = |name: &str, at: &str| {
            format!(r#"{{"type":"SOURCE_FILE","sourceFile":{{"name":"{name}","location":"{at}"}}}}"#)
        };
        let loaded = [
            file("@@x+//:BUILD.bazel", "/w/x+/BUILD.bazel:1:1"),
            file("@@x+//:x.bzl", "/w/x+/BUILD.bazel"),
            file("@@only_bzl+//:d.bzl", "/w/x+/BUILD.bazel"),
            file("@@only_bzl+//:BUILD", "/w/x+/BUILD.bazel"),
            file("@@lost+//:d.bzl", "/w/gone/BUILD.bazel"),
        ]
        .join("\n");
        let chains = chains_of(graph, &["@@//a:a"], &loaded);
        assert_eq!(shown_chain(&chains, "@@only_bzl+"), "//a:a → @@x+//:x → @@x+//:BUILD.bazel → @@only_bzl+//:d.bzl");
        let asked: BTreeSet<String> =
            ["@@rules+", "module extension @@rules+//:e.bzl%ext", "module extension ext in @@other+//:e.bzl"]
                .map(str::to_owned)
                .into();
        let chains = needed(&chains, &asked);
        assert_eq!(shown_chain(&chains, "@@rules+"), "//a:a → @@rules++ext+made//:m");
        assert_eq!(shown_chain(&chains, "module extension @@rules+//:e.bzl%ext"), "//a:a → @@rules++ext+made//:m");
        assert_eq!(chains.len(), 2);
    }

    #[test]
    fn the_shorter_of_two_platforms() {
        let chain = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>();
        let mut chains = Chains::from([("@@x".to_owned(), chain(&["//:b", "@@x//:x"]))]);
        merge(&mut chains, Chains::from([("@@x".to_owned(), chain(&["//:a", "@@x//:x"]))]));
        merge(&mut chains, Chains::from([("@@x".to_owned(), chain(&["//:0", "//:1", "@@x//:x"]))]));
        assert_eq!(chains["@@x"], ["//:a", "@@x//:x"]);
    }
}
