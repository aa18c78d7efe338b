//! Builds where nothing can be reached, and says what was tried all the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use lazytools_fetch::redact::redact;
use lazytools_jail::counters::Counters;
use lazytools_jail::namespaces::Namespaces;
use lazytools_jail::{dns, loopback};
use serde::Serialize;

use crate::bazel_flags::{self, Flags};
use crate::cache::RepositoryCache;
use crate::collect::Bazel;
use crate::collection::Version;
use crate::digest::Digest;
use crate::rules_log::{Action, RulesLog};
use crate::{files, AirgapError, Result};

/// What is to be built.
#[derive(Clone, Debug)]
pub struct Options {
    /// The workspace.
    pub workspace: PathBuf,
    /// A folder in which Bazel's output root is made, which is new and goes with the run.
    pub scratch: PathBuf,
    /// The targets, as `bazel build` takes them.
    pub targets: Vec<String>,
    /// More flags for `bazel build`.
    pub flags: Vec<String>,
}

/// How it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The version of the form.
    pub report_version: Version,
    /// The Bazel that built.
    pub bazel: String,
    /// The targets.
    pub targets: BTreeSet<String>,
    /// Whether Bazel built them.
    pub built: bool,
    /// Packets that were sent, on the loopback, too.
    pub packets: u64,
    /// Connections that were opened, or were tried to be.
    pub opened: u64,
    /// The names that were looked up, with how often.
    pub asked: BTreeMap<String, u64>,
    /// Downloads with a checksum that the repository cache does not hold.
    pub missing: Vec<Missing>,
}

/// A download that is not in the repository cache.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Missing {
    /// The repository or extension that wants it.
    pub needed_by: String,
    /// The declared digest.
    pub digest: Digest,
    /// Where it would come from, without secrets.
    pub urls: Vec<String>,
}

impl Report {
    /// Whether the build needs nothing from elsewhere.
    pub fn is_proof(&self) -> bool {
        self.built && self.packets == 0 && self.opened == 0 && self.asked.is_empty()
    }

    /// What is wrong, one thing a line.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.built {
            lines.push("Bazel did not build it; what it says stands above".to_owned());
        }
        for missing in &self.missing {
            lines.push(format!(
                "{} wants {}, {}, which is not in the repository cache",
                missing.needed_by,
                missing.urls.join(" or "),
                missing.digest
            ));
        }
        lines.extend(self.asked.iter().map(|(host, times)| format!("the host {host} was looked up, {times} times")));
        if self.packets > 0 || self.opened > 0 {
            lines.push(format!("{} packets were sent, {} connections opened", self.packets, self.opened));
        }
        lines
    }
}

/// Builds in a network namespace of its own, with an output root that is new and no server.
///
/// This process enters the namespace, and so must have one thread and no further use for a network. A name server in
/// there notes what is asked for. Works as any user that may make user namespaces.
pub fn prove(options: &Options, bazel: &Bazel, say: &dyn Fn(&str)) -> Result<Report> {
    let version = bazel.version()?.supported()?;
    files::folder(&options.scratch).map_err(AirgapError::io("making", &options.scratch))?;
    let scratch = fs::canonicalize(&options.scratch).map_err(AirgapError::io("finding", &options.scratch))?;
    let work =
        tempfile::Builder::new().prefix("prove-").tempdir_in(&scratch).map_err(AirgapError::io("making", &scratch))?;
    let work = Scratch(work.keep());
    let asked = enter()?;
    say(&format!("bazel build {}, where the loopback is the only network", options.targets.join(" ")));
    let (log, events) = (work.0.join("rules.log"), work.0.join("events.json"));
    let built = bazel.jailed_build(&work.0, &log, &events, &options.flags, &options.targets)?;
    let counters = Counters::read().map_err(AirgapError::io("reading", Path::new("/proc/self/net")))?;
    let asked = asked.lock().map(|asked| asked.clone()).unwrap_or_default();
    Ok(Report {
        report_version: Version,
        bazel: version.to_string(),
        targets: options.targets.iter().cloned().collect(),
        built,
        packets: counters.packets,
        opened: counters.opened,
        asked,
        missing: missing(&log, &events, &options.workspace)?,
    })
}

type Asked = Arc<Mutex<BTreeMap<String, u64>>>;

fn enter() -> Result<Asked> {
    let user = !nix::unistd::geteuid().is_root();
    let jail = Namespaces { user, mounts: false, network: true };
    jail.enter().map_err(AirgapError::Jail)?;
    let asked = Asked::default();
    let noted = Arc::clone(&asked);
    let note = move |one: dns::Asked| {
        if let Ok(mut asked) = noted.lock() {
            *asked.entry(one.host).or_default() += 1;
        }
    };
    let servers = dns::configured();
    for (number, server) in servers.iter().filter(|server| !server.is_loopback()).enumerate() {
        // Without it the names are not told; that they were asked for is counted all the same.
        let _ = loopback::add_address(number, *server);
    }
    let _ = dns::serve(&servers, &note);
    Ok(asked)
}

/// The downloads that the repository cache in force lacks. A run that failed early may have left no events and no log.
fn missing(log: &Path, events: &Path, workspace: &Path) -> Result<Vec<Missing>> {
    let flags = match File::open(events) {
        Ok(file) => bazel_flags::read(BufReader::new(file)).map_err(AirgapError::io("reading", events))?,
        Err(_) => None,
    };
    let (Some(Flags { repository_cache: Some(cache), .. }), Ok(file)) = (flags, File::open(log)) else {
        return Ok(Vec::new());
    };
    let cache = RepositoryCache::new(workspace.join(cache));
    let mut missing = BTreeSet::new();
    // Bazel may have been ended while it wrote.
    for event in RulesLog::new(BufReader::new(file)).map_while(std::result::Result::ok) {
        let Action::Download { urls, sha256, integrity } = event.action else { continue };
        let Ok(Some(digest)) = Digest::declared(&sha256, &integrity) else { continue };
        if cache.size(&digest).is_none() {
            let needed_by = event.context.strip_prefix("repository ").unwrap_or(&event.context).to_owned();
            missing.insert(Missing { needed_by, digest, urls: urls.iter().map(|url| redact(url)).collect() });
        }
    }
    Ok(missing.into_iter().collect())
}

/// Bazel's output root, which goes with the run.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = files::remove_tree(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Algorithm;

    #[test]
    fn a_report_is_a_proof_or_says_what_is_wrong() {
        let mut report = Report {
            report_version: Version,
            bazel: "7.7.1".to_owned(),
            targets: BTreeSet::new(),
            built: true,
            packets: 0,
            opened: 0,
            asked: BTreeMap::new(),
            missing: Vec::new(),
        };
        assert!(report.is_proof() && report.lines().is_empty());
        report.asked.insert("h.example".to_owned(), 2);
        assert!(!report.is_proof());
        report.built = false;
        report.packets = 4;
        report.missing.push(Missing {
            needed_by: "@@x".to_owned(),
            digest: Algorithm::Sha1.digest(b""),
            urls: vec!["https://h.example/x".to_owned()],
        });
        assert_eq!(
            report.lines()[1..],
            [
                "@@x wants https://h.example/x, sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709, which is not in the repository cache",
                "the host h.example was looked up, 2 times",
                "4 packets were sent, 0 connections opened"
            ]
        );
    }
}
