//! Who wanted what from elsewhere, as far as the build itself tells: its log of repository rules, and what Bazel said.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use lazytools_fetch::redact::redact;
use serde::Serialize;

use super::holdings::{Holdings, State, Wanted};
use crate::cache::RepositoryCache;
use crate::collect::{command_kind, show_command, CommandKind};
use crate::digest::Digest;
use crate::rules_log::{Action, Event};

/// Something that is wanted from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "what")]
pub enum Want {
    /// A file of a registry.
    RegistryFile {
        /// The module.
        needed_by: String,
        /// Where it was looked for.
        urls: Vec<String>,
        /// What the bundle has of it.
        #[serde(skip_serializing_if = "Option::is_none")]
        file: Option<Wanted>,
    },
    /// A download.
    Download {
        /// The repository or extension.
        needed_by: String,
        /// Where it comes from, without secrets.
        urls: Vec<String>,
        /// The declared digest; none where there is none, and so no cache from which Bazel would take it.
        #[serde(skip_serializing_if = "Option::is_none")]
        digest: Option<Digest>,
        /// What the bundle has of it.
        #[serde(skip_serializing_if = "Option::is_none")]
        file: Option<Wanted>,
    },
    /// What git fetches.
    Git {
        /// The repository or extension.
        needed_by: String,
        /// The command line.
        command: String,
        /// The addresses in command lines of git for this repository.
        urls: Vec<String>,
    },
    /// What a program of a repository rule fetches.
    Program {
        /// The repository or extension.
        needed_by: String,
        /// The command line.
        command: String,
    },
}

/// What is known of a build.
pub struct Evidence<'a> {
    /// What its repository rules did, in order.
    pub events: Vec<Event>,
    /// What Bazel said.
    pub text: &'a str,
    /// Whether anything was sent or looked up.
    pub sent: bool,
    /// The bundle in force.
    pub holdings: Option<&'a Holdings>,
    /// The repository cache in force.
    pub cache: Option<RepositoryCache>,
    /// Bazel's output root, which is shortened in command lines.
    pub root: &'a Path,
}

impl Evidence<'_> {
    /// What a build that failed wanted.
    pub fn wants(&self) -> BTreeSet<Want> {
        let mut wants = self.registry_files();
        let mut last: BTreeMap<&str, &Action> = BTreeMap::new();
        for event in &self.events {
            last.insert(&event.context, &event.action);
            if let Action::Download { urls, sha256, integrity } = &event.action {
                wants.extend(self.download(event, urls, Digest::declared(sha256, integrity).ok().flatten()));
            }
        }
        for (context, action) in last {
            let Action::Execute { arguments } = action else { continue };
            if !fails(context, self.text) {
                continue;
            }
            let (needed_by, command) = (who(context), show_command(arguments, self.root));
            match command_kind(arguments, self.root) {
                CommandKind::Git => {
                    let urls = self.git_urls(context);
                    wants.insert(Want::Git { needed_by, command, urls });
                }
                _ if self.sent => {
                    wants.insert(Want::Program { needed_by, command });
                }
                _ => {}
            }
        }
        wants
    }

    /// Downloads that the cache in force lacks, of a build that did without them.
    pub fn did_without(&self) -> BTreeSet<Want> {
        let downloads = self.events.iter().filter_map(|event| match &event.action {
            Action::Download { urls, sha256, integrity } => {
                let digest = Digest::declared(sha256, integrity).ok().flatten()?;
                self.download(event, urls, Some(digest))
            }
            _ => None,
        });
        downloads.collect()
    }

    /// A download that the cache in force does not have, or that failed in spite of it.
    fn download(&self, event: &Event, urls: &[String], digest: Option<Digest>) -> Option<Want> {
        if urls.iter().all(|url| url.starts_with("file:")) && digest.is_none() {
            return None;
        }
        let cache = self.cache.as_ref().zip(digest.as_ref());
        let absent = cache.is_some_and(|(cache, digest)| cache.size(digest).is_none());
        let file = || Some(self.holdings?.download(digest.as_ref()?));
        let file = if absent {
            file()
        } else if !self.refused(event) {
            return None;
        } else {
            file()
        };
        let urls = urls.iter().map(|url| redact(url)).collect();
        Some(Want::Download { needed_by: who(&event.context), urls, digest, file })
    }

    /// Whether it is a download on which its repository or extension failed: that is the last one.
    fn refused(&self, event: &Event) -> bool {
        let of_context = self.events.iter().filter(|one| one.context == event.context);
        let mut downloads = of_context.filter(|one| matches!(one.action, Action::Download { .. }));
        downloads.next_back() == Some(event)
            && (self.text.contains(&format!("Failed to download {}", event.context))
                || self.text.contains("Error downloading") && fails(&event.context, self.text))
    }

    /// The addresses that git was told for a repository.
    fn git_urls(&self, context: &str) -> Vec<String> {
        let mut urls = BTreeSet::new();
        for event in self.events.iter().filter(|event| event.context == context) {
            if let Action::Execute { arguments } = &event.action {
                urls.extend(arguments.iter().filter(|word| word.contains("://")).map(|url| redact(url)));
            }
        }
        urls.into_iter().collect()
    }

    /// Files of registries that Bazel says it lacks. <https://bazel.build/external/registry>
    fn registry_files(&self) -> BTreeSet<Want> {
        let mut wants = BTreeSet::new();
        let mut lines = self.text.lines().peekable();
        while let Some(line) = lines.next() {
            let (needed_by, urls) = if let Some((module, listed)) = not_found(line) {
                let mut urls: Vec<&str> = listed.into_iter().collect();
                while let Some(url) = lines.peek().and_then(|line| line.strip_prefix("* ")) {
                    urls.push(url.split_once(": ").map_or(url, |(url, _)| url));
                    lines.next();
                }
                (module.to_owned(), urls.into_iter().map(str::to_owned).collect())
            } else if let Some((module, url)) = no_source(line) {
                (module, vec![url])
            } else if let Some((_, rest)) = line.split_once("Failed to fetch registry file ") {
                let url = rest.split_once(": ").map_or(rest, |(url, _)| url).trim_end_matches('.');
                (module_of(url).unwrap_or_else(|| "module resolution".to_owned()), vec![url.to_owned()])
            } else {
                continue;
            };
            wants.insert(self.registry_file(needed_by, &urls));
        }
        wants
    }

    fn registry_file(&self, needed_by: String, urls: &[String]) -> Want {
        let asked = urls.iter().filter_map(|url| self.holdings?.registry_file(url));
        let listed = asked.into_iter().find(|file| file.state != State::NotCollected);
        // Of several registries any might have had it; the one that had it is the one that counts.
        let shown = match &listed {
            Some(file) => {
                self.holdings.and_then(|holdings| holdings.registry_address(&file.path)).into_iter().collect()
            }
            None => urls.iter().map(|url| self.address(url)).collect(),
        };
        Want::RegistryFile { needed_by, urls: shown, file: listed }
    }

    /// The address that a mirrored file of a registry had.
    fn address(&self, url: &str) -> String {
        let mirrored = self.holdings.and_then(|holdings| holdings.registry_address(&holdings.registry_file(url)?.path));
        mirrored.unwrap_or_else(|| redact(url))
    }
}

/// `module NAME@VERSION not found in registries:`, with the address in the same line or below.
fn not_found(line: &str) -> Option<(&str, Option<&str>)> {
    let (before, after) = line.split_once(" not found in registries:")?;
    let module = before.rsplit(' ').next()?;
    Some((module, Some(after.trim()).filter(|after| after.contains("://"))))
}

/// `Module NAME@VERSION's source.json not found in registry URL`, and the address of that file.
fn no_source(line: &str) -> Option<(String, String)> {
    let (before, registry) = line.split_once("'s source.json not found in registry ")?;
    let module = before.rsplit(' ').next()?;
    let (name, version) = module.split_once('@')?;
    Some((module.to_owned(), format!("{}/modules/{name}/{version}/source.json", registry.trim().trim_end_matches('/'))))
}

/// `…/modules/NAME/VERSION/FILE` is of NAME@VERSION.
fn module_of(url: &str) -> Option<String> {
    let (_, inside) = url.rsplit_once("/modules/")?;
    let mut names = inside.split('/');
    Some(format!("{}@{}", names.next()?, names.next()?))
}

/// Who a context of the log is.
pub fn who(context: &str) -> String {
    context.strip_prefix("repository ").unwrap_or(context).to_owned()
}

/// Whether Bazel says of a context of the log that it failed.
fn fails(context: &str, text: &str) -> bool {
    let says = |parts: [&str; 3]| text.contains(&parts.concat());
    match context.strip_prefix("repository @@") {
        Some(name) => {
            says(["no such package '@@", name, "//"])
                || says(["fetch of repository '", name, "'"])
                || says(["fetch of repository '@@", name, "'"])
                || says(["Failed to download repository @@", name, ":"])
        }
        None => {
            says(["Failed to download ", context, ":"])
                || says(["error evaluating ", context, ""])
                || says(["error evaluating ", &context.replace(" in @@//", " in //"), ""])
        }
    }
}

/// The lines of what Bazel said that tell of failures in fetching: all that `Evidence` asks for, and a small part.
pub fn failures(text: &str) -> String {
    const SIGNS: [&str; 9] = [
        "no such package '@@",
        "fetch of repository '",
        "Failed to download ",
        "error evaluating ",
        "Error downloading",
        "not found in registries:",
        "'s source.json not found",
        "Failed to fetch registry file ",
        "* ",
    ];
    let lines = text.lines().filter(|line| SIGNS.iter().any(|sign| line.contains(sign)));
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Bazel 7.7.1 says.
    const NO_MODULE: &str = "Computing main repo mapping: \n\
        ERROR: Error computing the main repository mapping: in module dependency chain <root> -> word@1.0: module word@1.0 not found in registries:\n\
        * file:///ws/../bundle/registries/one/modules/word/1.0/MODULE.bazel: not found\n\
        * https://two.example/modules/word/1.0/MODULE.bazel: not found\n";
    const NO_SOURCE: &str = "ERROR: Error computing the main repository mapping: Unable to get module repo spec for word@1.0 from registry: Module word@1.0's source.json not found in registry https://two.example/r\n";
    const NO_NETWORK: &str = "ERROR: Error computing the main repository mapping: Error accessing registry https://r.example/: Failed to fetch registry file https://r.example/modules/a/1.2/MODULE.bazel: Unknown host: r.example\n";
    const NO_ARCHIVE: &str = "Error in download_and_extract: java.io.IOException: Failed to download repository @@_main~_repo_rules~first: download is disabled.\n\
        ERROR: no such package '@@_main~_repo_rules~first//': java.io.IOException: Failed to download repository @@_main~_repo_rules~first: download is disabled.\n";

    fn event(context: &str, action: Action) -> Event {
        Event { context: context.to_owned(), action }
    }

    fn download(urls: &[&str], sha256: &str) -> Action {
        let urls = urls.iter().map(|url| (*url).to_owned()).collect();
        Action::Download { urls, sha256: sha256.to_owned(), integrity: String::new() }
    }

    fn execute(line: &str) -> Action {
        Action::Execute { arguments: line.split(' ').map(str::to_owned).collect() }
    }

    fn wants(events: Vec<Event>, text: &str, sent: bool) -> Vec<Want> {
        let text = failures(text);
        let cache = Some(RepositoryCache::new("/nowhere"));
        let evidence = Evidence { events, text: &text, sent, holdings: None, cache, root: Path::new("/root-of-bazel") };
        evidence.wants().into_iter().collect()
    }

    fn registry(module: &str, urls: &[&str]) -> Want {
        let urls = urls.iter().map(|url| (*url).to_owned()).collect();
        Want::RegistryFile { needed_by: module.to_owned(), urls, file: None }
    }

    #[test]
    fn files_of_registries() {
        let urls = [
            "file:///ws/../bundle/registries/one/modules/word/1.0/MODULE.bazel",
            "https://two.example/modules/word/1.0/MODULE.bazel",
        ];
        assert_eq!(wants(vec![], NO_MODULE, false), [registry("word@1.0", &urls)]);
        assert_eq!(
            wants(vec![], NO_SOURCE, false),
            [registry("word@1.0", &["https://two.example/r/modules/word/1.0/source.json"])]
        );
        assert_eq!(
            wants(vec![], NO_NETWORK, true),
            [registry("a@1.2", &["https://r.example/modules/a/1.2/MODULE.bazel"])]
        );
        assert_eq!(wants(vec![], "ERROR: no such target '//:x': target 'x' not declared\n", false), []);
    }

    #[test]
    fn downloads_that_are_not_there() {
        let first = "repository @@_main~_repo_rules~first";
        let digits = "0".repeat(64);
        let events = vec![
            event("repository @@other", download(&["https://h.example/other"], "")),
            event(first, download(&["https://h.example/settings"], "")),
            event(first, download(&["https://me:hush@h.example/a?token=hush"], "")),
            event("module extension e in @@//:e.bzl", download(&["https://h.example/b"], &digits)),
            event("repository @@local", download(&["file:///srv/x"], "")),
        ];
        let found = wants(events, NO_ARCHIVE, false);
        let shown: Vec<_> = found
            .iter()
            .map(|want| match want {
                Want::Download { needed_by, urls, digest, .. } => (needed_by.as_str(), urls.concat(), digest.is_some()),
                other => panic!("{other:?}"),
            })
            .collect();
        // One lacks in the cache; the other is the last that a repository asked for before it failed.
        assert_eq!(
            shown,
            [
                ("@@_main~_repo_rules~first", "https://h.example/a?…".to_owned(), false),
                ("module extension e in @@//:e.bzl", "https://h.example/b".to_owned(), true)
            ]
        );
    }

    #[test]
    fn programs_that_were_running_when_their_repository_failed() {
        let events = || {
            vec![
                event("repository @@ok", execute("curl https://h.example")),
                event("repository @@git", execute("git remote add origin https://me:hush@git.example/x.git")),
                event("repository @@git", execute("git fetch origin")),
                event("repository @@cc", execute("gcc -v")),
            ]
        };
        let text = "ERROR: no such package '@@git//': error\nERROR: no such package '@@cc//': error\n";
        let git = Want::Git {
            needed_by: "@@git".to_owned(),
            command: "git fetch origin".to_owned(),
            urls: vec!["https://git.example/x.git".to_owned()],
        };
        assert_eq!(wants(events(), text, false), [git.clone()], "a compiler that fails wants nothing from elsewhere");
        let program = Want::Program { needed_by: "@@cc".to_owned(), command: "gcc -v".to_owned() };
        assert_eq!(wants(events(), text, true), [git, program]);
    }
}
