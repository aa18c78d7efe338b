//! The machine's apt sources, in both of their forms.

use std::path::{Path, PathBuf};

use crate::machine;

use super::control::Paragraphs;

/// An archive: a base address with the suites that are taken from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Archive {
    pub base: String,
    /// Suite and components; none of either where MODULE.bazel names the archive, which then has them all.
    suites: Vec<(String, Vec<String>)>,
    /// The keyrings that its signatures are checked with; none where the source names none.
    pub keyrings: Vec<PathBuf>,
    /// Whether the user wants no signature of it.
    pub trusted: bool,
}

impl Archive {
    /// The components that are wanted of a suite; empty: all.
    pub fn components(&self, suite: &str) -> &[String] {
        self.suites.iter().find(|(name, _)| name == suite).map_or(&[], |(_, components)| components)
    }

    fn has(&self, suite: &str) -> bool {
        self.suites.is_empty() || self.suites.iter().any(|(name, _)| name == suite)
    }
}

/// All archives, in apt's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sources(Vec<Archive>);

impl Sources {
    /// The archive at `declared`, else those that apt's files name.
    pub fn find(declared: Option<&str>, workspace: &Path) -> Self {
        if let Some(base) = declared.and_then(machine::base) {
            return Self(vec![Archive { base, suites: Vec::new(), keyrings: Vec::new(), trusted: true }]);
        }
        let (list, parts) = places(workspace);
        let mut sources = Self::default();
        if let Some(text) = machine::read(&list) {
            sources.one_line(&text);
        }
        let mut files: Vec<PathBuf> = std::fs::read_dir(&parts)
            .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
            .unwrap_or_default();
        files.sort();
        for file in files {
            let Some(text) = machine::read(&file) else { continue };
            match file.extension().and_then(|extension| extension.to_str()) {
                Some("list") => sources.one_line(&text),
                Some("sources") => sources.deb822(&text),
                _ => {}
            }
        }
        sources
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The archives that a suite is taken from.
    pub fn of_suite<'a>(&'a self, suite: &'a str) -> impl Iterator<Item = &'a Archive> {
        self.0.iter().filter(move |archive| archive.has(suite))
    }

    /// All base addresses: those that a suite is taken from first, then the others, which may have the file too.
    pub fn bases<'a>(&'a self, suite: &'a str) -> impl Iterator<Item = &'a str> {
        let others = self.0.iter().filter(move |archive| !archive.has(suite));
        let all: Vec<&str> = self.of_suite(suite).chain(others).map(|archive| archive.base.as_str()).collect();
        let mut seen = Vec::new();
        for base in all {
            if !seen.contains(&base) {
                seen.push(base);
            }
        }
        seen.into_iter()
    }

    /// `deb [options] URI SUITE COMPONENT…`
    fn one_line(&mut self, text: &str) {
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default().trim();
            let Some(rest) = line.strip_prefix("deb").filter(|rest| rest.starts_with([' ', '\t'])) else { continue };
            let rest = rest.trim_start();
            let (options, rest) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                Some((options, rest)) => (options, rest),
                None => ("", rest),
            };
            let option = |name: &str| {
                let pairs = options.split_ascii_whitespace().filter_map(|pair| pair.split_once('='));
                pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next_back()
            };
            let mut words = rest.split_ascii_whitespace();
            let (Some(uri), Some(suite)) = (words.next(), words.next()) else { continue };
            let keyrings: Vec<&str> = option("signed-by").unwrap_or_default().split(',').collect();
            self.add(&[uri], &[suite], &words.collect::<Vec<_>>(), &keyrings, option("trusted"));
        }
    }

    fn deb822(&mut self, text: &str) {
        for paragraph in Paragraphs::new(text.as_bytes()).map_while(Result::ok) {
            let words = |key: &str| -> Vec<&str> {
                paragraph.get(key).map(|value| value.split_ascii_whitespace().collect()).unwrap_or_default()
            };
            let enabled = !matches!(words("enabled").first(), Some(&("no" | "false" | "0")));
            if enabled && words("types").contains(&"deb") {
                let trusted = words("trusted").first().copied();
                self.add(&words("uris"), &words("suites"), &words("components"), &words("signed-by"), trusted);
            }
        }
    }

    fn add(&mut self, uris: &[&str], suites: &[&str], components: &[&str], keyrings: &[&str], trusted: Option<&str>) {
        // Not a folder: a key that stands in the source itself, or a fingerprint.
        let keyrings: Vec<PathBuf> =
            keyrings.iter().filter(|keyring| keyring.starts_with('/')).map(PathBuf::from).collect();
        let components: Vec<String> = components.iter().map(|&component| component.to_owned()).collect();
        for base in uris.iter().filter_map(|uri| machine::base(uri)) {
            // A suite that ends in a slash is a folder of its own kind, without components.
            let suites = suites.iter().filter(|suite| !suite.ends_with('/'));
            let suites: Vec<_> = suites.map(|&suite| (suite.to_owned(), components.clone())).collect();
            if !suites.is_empty() {
                let trusted = trusted == Some("yes");
                self.0.push(Archive { base, suites, keyrings: keyrings.clone(), trusted });
            }
        }
    }
}

/// apt's file and folder of sources, as apt itself says where they are.
fn places(workspace: &Path) -> (PathBuf, PathBuf) {
    let arguments = ["shell", "LIST", "Dir::Etc::sourcelist/f", "PARTS", "Dir::Etc::sourceparts/d"];
    let said = machine::ask(workspace, "apt-config", &arguments, &[]).unwrap_or_default();
    let value = |name: &str| {
        let found = said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix("='")?.strip_suffix('\''));
        found.map(PathBuf::from)
    };
    (
        value("LIST").unwrap_or_else(|| PathBuf::from("/etc/apt/sources.list")),
        value("PARTS").unwrap_or_else(|| PathBuf::from("/etc/apt/sources.list.d")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms() {
        let mut sources = Sources::default();
        sources.one_line(
            "# deb http://no x y\ndeb-src http://no x y\ndeb [arch=amd64 signed-by=/k.gpg] http://a.example/debian/ stable main contrib # z\ndeb cdrom:[x]/ stable main\n",
        );
        sources.deb822("Types: deb deb-src\nURIs: http://b.example/debian http://c.example/debian\nSuites: stable stable-updates\nComponents: main\nSigned-By: /b.gpg\n\nTypes: deb\nEnabled: no\nURIs: http://no\nSuites: x\n\nTypes: deb\nURIs: http://d.example\nSuites: other\nComponents: main\nTrusted: yes\n");
        let bases: Vec<&str> = sources.bases("other").collect();
        assert_eq!(
            bases,
            ["http://d.example", "http://a.example/debian", "http://b.example/debian", "http://c.example/debian"]
        );
        let stable: Vec<&Archive> = sources.of_suite("stable").collect();
        assert_eq!(stable.len(), 3);
        assert_eq!(stable[0].components("stable"), ["main", "contrib"]);
        assert_eq!(stable[0].keyrings, [PathBuf::from("/k.gpg")]);
        assert!(!stable[0].trusted && sources.of_suite("other").all(|archive| archive.trusted));
        assert_eq!(sources.of_suite("none").count(), 0);
    }
}
