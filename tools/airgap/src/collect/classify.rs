//! Sorts what repository rules and extensions did by what can be done about it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use lazytools_fetch::redact::redact;

use super::commands::{self, Kind};
use super::lazy_tools;
use super::raw::Raw;
use super::registry_files::RegistryFiles;
use crate::cache::RepositoryCache;
use crate::collection::Item;
use crate::digest::Digest;
use crate::rules_log::{Action, Event};
use crate::Result;

#[derive(Default)]
struct Download {
    urls: BTreeSet<String>,
    needed_by: BTreeSet<String>,
    platforms: BTreeSet<String>,
}

/// What was done, without the same twice.
#[derive(Default)]
pub struct Classified {
    checksummed: BTreeMap<Digest, Download>,
    /// By their addresses.
    without_checksum: BTreeMap<BTreeSet<String>, BTreeSet<String>>,
    /// By who started them.
    git: BTreeMap<String, Vec<String>>,
    executes: BTreeMap<String, Vec<String>>,
    /// By what is of the machine.
    host: BTreeMap<String, BTreeSet<String>>,
    /// What the log says of all that no repository cache can hold.
    pub raw: Raw,
}

impl Classified {
    /// Adds one event of a run for a platform. `own` are Bazel's output root and the workspace: what is in them is
    /// not of the machine.
    pub fn note(&mut self, event: Event, platform: Option<&str>, own: &[&Path]) {
        let who = event.context.strip_prefix("repository ").unwrap_or(&event.context).to_owned();
        let has_checksum = matches!(&event.action, Action::Download { sha256, integrity, .. } if !(sha256.is_empty() && integrity.is_empty()));
        if lazy_tools::is_artifact(&who) && !has_checksum {
            return;
        }
        match event.action {
            Action::Download { urls, sha256, integrity } => self.download(who, &urls, &sha256, &integrity, platform),
            Action::Execute { arguments } => self.execute(who, &arguments, own[0]),
            Action::Which { program } => self.host(format!("the program {}", commands::name(&program)), who),
            Action::Symlink { target: path } | Action::Read { path } => {
                let inside = own.iter().any(|own| Path::new(&path).starts_with(own));
                if Path::new(&path).is_absolute() && !inside {
                    self.host(path, who);
                }
            }
            Action::Inside => {}
            Action::Unknown(number) => self.host(
                format!("whatever event {number} of Bazel's rules log stands for, which this lazytools does not know"),
                who,
            ),
        }
    }

    fn host(&mut self, what: String, who: String) {
        self.host.entry(what).or_default().insert(who);
    }

    fn download(&mut self, who: String, urls: &[String], sha256: &str, integrity: &str, platform: Option<&str>) {
        // Bazel itself refuses a digest that is none; such a download is one without.
        let Ok(Some(digest)) = Digest::declared(sha256, integrity) else {
            // Also a file of the machine: Bazel would copy it into its cache, and downloads it only where it may download.
            self.raw.download(&who, urls);
            let urls = urls.iter().map(|url| redact(url)).collect();
            self.without_checksum.entry(urls).or_default().insert(who);
            return;
        };
        let download = self.checksummed.entry(digest).or_default();
        download.urls.extend(urls.iter().cloned());
        download.needed_by.insert(who);
        download.platforms.extend(platform.map(str::to_owned));
    }

    fn execute(&mut self, who: String, arguments: &[String], work: &Path) {
        let list = match commands::kind(arguments, work) {
            Kind::Git => {
                self.raw.git(&who, arguments);
                &mut self.git
            }
            Kind::MayDownload => &mut self.executes,
            Kind::OfMachine => {
                let program = arguments.first().map_or("", |program| commands::name(program));
                return self.host(format!("the program {program}"), who);
            }
        };
        let (line, lines) = (commands::show(arguments, work), list.entry(who).or_default());
        if !lines.contains(&line) {
            lines.push(line);
        }
    }

    /// The items. Files of registries among the downloads (patches, overlays, the MODULE.bazel of a module) are handed on.
    pub fn items(self, cache: &RepositoryCache, registry_files: &mut RegistryFiles<'_>) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        for (digest, download) in self.checksummed {
            let Download { urls, needed_by, platforms } = download;
            let shown = urls.iter().map(|url| redact(url)).collect();
            let Some(size) = cache.size(&digest) else {
                items.push(Item::NotFetched { digest, urls: shown, needed_by });
                continue;
            };
            for url in &urls {
                registry_files.add_downloaded(url, &cache.file(&digest))?;
            }
            let ids = cache.ids(&digest);
            items.push(Item::Checksummed { digest, size, ids, urls: shown, needed_by, platforms });
        }
        let without = self.without_checksum.into_iter();
        items.extend(without.map(|(urls, needed_by)| Item::WithoutChecksum { urls, needed_by, covered: None }));
        items.extend(self.git.into_iter().map(|(needed_by, commands)| Item::Git {
            needed_by,
            commands,
            covered: None,
        }));
        items.extend(self.executes.into_iter().map(|(needed_by, commands)| Item::Executes {
            needed_by,
            commands,
            covered: None,
        }));
        items.extend(self.host.into_iter().map(|(what, needed_by)| Item::Host { what, needed_by }));
        Ok(items)
    }
}
