//! What git was asked to fetch, as its command lines tell.

use std::collections::{BTreeMap, BTreeSet};

/// Options before the command that take a value as the next argument.
const GLOBAL_WITH_VALUE: [&str; 5] = ["-c", "-C", "--git-dir", "--work-tree", "--namespace"];
/// Options of clone, fetch and ls-remote that take a value as the next argument.
const WITH_VALUE: [&str; 21] = [
    "--branch",
    "--config",
    "--deepen",
    "--depth",
    "--filter",
    "--jobs",
    "--origin",
    "--reference",
    "--refmap",
    "--revision",
    "--separate-git-dir",
    "--server-option",
    "--shallow-exclude",
    "--shallow-since",
    "--template",
    "--upload-pack",
    "-b",
    "-c",
    "-j",
    "-o",
    "-u",
];

/// What is wanted of a remote repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wants {
    /// Commits, by their ids.
    pub commits: BTreeSet<String>,
    /// Branches and tags, as they were named; `HEAD` is the default branch.
    pub refs: BTreeSet<String>,
    /// All branches and tags.
    pub all: bool,
    /// Whether all of it is wanted with its history.
    pub history: bool,
    /// Whether its submodules are wanted; `Some(true)` for theirs, too.
    pub submodules: Option<bool>,
}

impl Wants {
    /// A commit alone.
    pub fn commit(id: &str) -> Self {
        Self { commits: BTreeSet::from([id.to_owned()]), ..Self::default() }
    }

    /// What both want.
    pub fn add(&mut self, other: Self) {
        self.commits.extend(other.commits);
        self.refs.extend(other.refs);
        self.all |= other.all;
        self.history |= other.history;
        self.submodules = self.submodules.max(other.submodules);
    }
}

/// Whether a text is the full id of a commit.
pub fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// What command lines of one repository rule or extension fetch, by address.
#[derive(Default)]
pub struct Fetched {
    remotes: BTreeMap<String, String>,
    wants: BTreeMap<String, Wants>,
    last: Option<String>,
}

impl Fetched {
    /// Reads the command lines, in order.
    pub fn of(lines: &[Vec<String>]) -> BTreeMap<String, Wants> {
        let mut fetched = Self::default();
        for line in lines {
            fetched.line(line);
        }
        fetched.wants
    }

    fn line(&mut self, line: &[String]) {
        let mut at = 1;
        while let Some(option) = line.get(at).filter(|word| word.starts_with('-')) {
            at += if GLOBAL_WITH_VALUE.contains(&option.as_str()) { 2 } else { 1 };
        }
        let Some(command) = line.get(at) else { return };
        let rest = Arguments::parse(&line[at + 1..]);
        let plain: Vec<&str> = rest.plain.iter().map(String::as_str).collect();
        match (command.as_str(), plain.as_slice()) {
            ("remote", ["add" | "set-url", name, url]) | ("config", [name, url]) => {
                let name = name.strip_prefix("remote.").and_then(|name| name.strip_suffix(".url")).unwrap_or(name);
                self.remotes.insert(name.to_owned(), (*url).to_owned());
            }
            ("clone", [url, ..]) => self.clone(url, &rest),
            ("fetch" | "pull", []) => self.fetch("origin", &[], &rest),
            ("fetch" | "pull", [remote, refspecs @ ..]) => self.fetch(remote, refspecs, &rest),
            ("ls-remote", [remote, ..]) => {
                // It shows names and ids alone, but a repository that has them has what they name.
                let head = BTreeSet::from(["HEAD".to_owned()]);
                self.want(remote, Wants { refs: head, all: true, ..Wants::default() });
            }
            ("submodule", ["update", ..]) => {
                if let Some(url) = self.last.clone() {
                    let submodules = Some(rest.has("--recursive"));
                    self.want(&url, Wants { submodules, ..Wants::default() });
                }
            }
            _ => {}
        }
    }

    fn clone(&mut self, url: &str, arguments: &Arguments) {
        let origin = arguments.value(&["-o", "--origin"]).unwrap_or("origin");
        self.remotes.insert(origin.to_owned(), url.to_owned());
        let branch = arguments.value(&["-b", "--branch"]);
        let shallow = arguments.is_shallow();
        let single = shallow && !arguments.has("--no-single-branch") || arguments.has("--single-branch");
        let recursive = arguments.has("--recursive") || arguments.has("--recurse-submodules");
        self.want(
            url,
            Wants {
                refs: BTreeSet::from([branch.unwrap_or("HEAD").to_owned()]),
                all: !single,
                history: !shallow,
                submodules: recursive.then_some(true),
                ..Wants::default()
            },
        );
    }

    fn fetch(&mut self, remote: &str, refspecs: &[&str], arguments: &Arguments) {
        let mut wants = Wants { history: !arguments.is_shallow(), ..Wants::default() };
        for refspec in refspecs {
            let source = refspec.trim_start_matches('+').split(':').next().unwrap_or_default();
            if is_commit(source) {
                wants.commits.insert(source.to_owned());
            } else if source.contains('*') || source == "tag" {
                wants.all = true;
            } else if !source.is_empty() && !source.starts_with('^') {
                wants.refs.insert(source.to_owned());
            }
        }
        wants.all |= refspecs.is_empty() || arguments.has("--tags") || arguments.has("--all");
        self.want(remote, wants);
    }

    fn want(&mut self, remote: &str, mut wants: Wants) {
        let url = self.remotes.get(remote).map_or(remote, String::as_str).to_owned();
        let found = self.wants.entry(url.clone()).or_default();
        // The built-in rules ask for a commit alone first, and for all only if the server does not give it so.
        let again = !found.commits.is_empty() && wants.refs.is_empty();
        if again {
            wants.all = false;
            wants.history = found.history;
        }
        found.add(wants);
        self.last = Some(url);
    }
}

/// The arguments of a command.
struct Arguments {
    plain: Vec<String>,
    options: Vec<(String, Option<String>)>,
}

impl Arguments {
    fn parse(words: &[String]) -> Self {
        let (mut plain, mut options, mut only_plain) = (Vec::new(), Vec::new(), false);
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if only_plain || !word.starts_with('-') || word == "-" {
                plain.push(word.clone());
            } else if word == "--" {
                only_plain = true;
            } else if let Some((name, value)) = word.split_once('=').filter(|_| word.starts_with("--")) {
                options.push((name.to_owned(), Some(value.to_owned())));
            } else if WITH_VALUE.contains(&word.as_str()) {
                options.push((word.clone(), words.next().cloned()));
            } else {
                options.push((word.clone(), None));
            }
        }
        Self { plain, options }
    }

    fn has(&self, option: &str) -> bool {
        self.options.iter().any(|(name, _)| name == option)
    }

    fn value(&self, names: &[&str]) -> Option<&str> {
        let found = self.options.iter().rev().find(|(name, _)| names.contains(&name.as_str()));
        found.and_then(|(_, value)| value.as_deref())
    }

    /// Whether it takes the last commit alone. One that takes some of the history is given all of it.
    fn is_shallow(&self) -> bool {
        self.value(&["--depth"]) == Some("1")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wants(lines: &[&str]) -> BTreeMap<String, Wants> {
        let lines: Vec<Vec<String>> = lines.iter().map(|line| line.split(' ').map(str::to_owned).collect()).collect();
        Fetched::of(&lines)
    }

    fn texts(texts: &[&str]) -> BTreeSet<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn the_built_in_rule() {
        let id = "6a7f9293db234d7cd4743fa76365d3d868606776";
        let fetch = format!("git -c core.fsmonitor=false fetch --depth=1 origin {id}");
        let lines = [
            "git init /w/x",
            "git -c core.fsmonitor=false remote add origin https://h.example/x",
            &fetch,
            // What it does where the server does not give single commits.
            "git fetch origin refs/heads/*:refs/remotes/origin/* refs/tags/*:refs/tags/*",
            "git -c core.fsmonitor=false -c --depth=1 protocol.file.allow=always submodule update --init",
            "git -c core.fsmonitor=false -c protocol.file.allow=always submodule update --init --checkout --force",
        ];
        let expected = Wants { submodules: Some(false), ..Wants::commit(id) };
        assert_eq!(wants(&lines), BTreeMap::from([("https://h.example/x".to_owned(), expected)]));
    }

    #[test]
    fn clones() {
        let of = |line: &str| wants(&[line]).remove("git@h.example:x").unwrap();
        let whole = of("git clone git@h.example:x dir");
        assert_eq!(whole, Wants { refs: texts(&["HEAD"]), all: true, history: true, ..Wants::default() });
        let one = of("git clone --depth 1 -b v1 -- git@h.example:x");
        assert_eq!(one, Wants { refs: texts(&["v1"]), ..Wants::default() });
        assert_eq!(of("git clone --recursive --depth=2 git@h.example:x").submodules, Some(true));
        let named = wants(&["git clone -o up https://h.example/a", "git -C a fetch up v2:v2 +refs/heads/b"]);
        assert_eq!(named["https://h.example/a"].refs, texts(&["HEAD", "v2", "refs/heads/b"]));
        assert!(wants(&["git ls-remote --tags https://h.example/a"])["https://h.example/a"].all);
        assert!(wants(&["git", "git -c", "git status", "git clone", "git --version"]).is_empty());
    }
}
