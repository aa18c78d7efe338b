//! How it went.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::holdings::{State, Wanted};
use super::wants::Want;
use crate::collection::Version;
use crate::manifest::REGISTRIES;
use crate::AirgapError;

/// The report of a proof, or of why it is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The version of the form.
    pub report_version: Version,
    /// What it comes to.
    pub outcome: Outcome,
    /// The Bazel that built.
    pub bazel: String,
    /// `build` or `test`.
    pub command: &'static str,
    /// The targets.
    pub targets: BTreeSet<String>,
    /// The platforms; none where Bazel took the one that it takes by itself.
    pub platforms: Vec<String>,
    /// Whether Bazel did what it was told.
    pub built: bool,
    /// Packets that were sent, on the loopback, too.
    pub packets: u64,
    /// TCP connections that were opened, or were tried to be.
    pub opened: u64,
    /// The hosts that were looked up.
    pub lookups: BTreeMap<String, Lookup>,
    /// The addresses that were tried, without those in `served` and `allowed`.
    pub addresses: Vec<Address>,
    /// Connections between programs of the build that were allowed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<Address>,
    /// What was served in the jail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub served: Option<Served>,
    /// What a build that failed wanted from elsewhere.
    pub wants: BTreeSet<Want>,
    /// What a build that succeeded asked for, and did without.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub did_without: BTreeSet<Want>,
    /// The bundle in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle: Option<PathBuf>,
    /// Actions that were not run, because a cache of theirs had what they make.
    pub cached_actions: u64,
    /// Bazel's first error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What a report comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// It was built, and nothing was wanted from elsewhere.
    Proved,
    /// Something was wanted from elsewhere.
    Needs,
    /// It was not built, and nothing was wanted from elsewhere.
    Fails,
}

/// A host that was looked up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Lookup {
    /// How many questions were asked; a lookup asks one for each kind of address.
    pub questions: u64,
    /// By whom, where that could be told.
    pub by: BTreeSet<Asker>,
}

/// Who looked a host up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Asker {
    /// The program's command line, without secrets in addresses.
    pub program: String,
    /// On whose behalf, where that could be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needed_by: Option<String>,
}

/// An address that was tried.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// The address, with the port.
    pub address: SocketAddr,
    /// `tcp` or `udp`.
    pub protocol: &'static str,
    /// Connections or datagrams.
    pub times: u64,
    /// Whether a program of the build was there.
    pub answered: bool,
}

/// What was served in the jail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Served {
    /// Where.
    pub address: SocketAddr,
    /// The connections to it.
    pub connections: u64,
    /// The requests, as the server has counted them.
    pub requests: u64,
}

impl Report {
    /// What is wrong, one thing a line.
    pub fn lines(&self) -> Vec<String> {
        let told = |needed_by: &String| {
            let by = |lookup: &Lookup| lookup.by.iter().any(|asker| asker.needed_by.as_ref() == Some(needed_by));
            self.lookups.values().any(by)
        };
        // Which host a program wanted says more.
        let wants =
            self.wants.iter().filter(|want| !matches!(want, Want::Program { needed_by, .. } if told(needed_by)));
        let mut lines: Vec<String> = wants.map(|want| want.line(self.bundle.as_deref())).collect();
        lines.extend(self.lookups.iter().map(|(host, lookup)| lookup.line(host)));
        lines.extend(self.addresses.iter().map(Address::line));
        if self.packets > 0 || self.opened > 0 {
            lines.push(format!("the kernel has counted {}", self.counts()));
        }
        if let Some(error) = self.error.as_ref().filter(|_| self.wants.is_empty()) {
            lines.push(format!("Bazel says: {error}"));
        }
        lines
    }

    /// The error that it comes to, if it is no proof.
    pub fn failure(&self) -> Option<AirgapError> {
        match self.outcome {
            Outcome::Proved => None,
            Outcome::Fails => {
                let error = self.error.clone().unwrap_or_else(|| "what Bazel says stands above".to_owned());
                Some(AirgapError::Fails { counts: self.counts(), error: error.trim_end_matches('.').to_owned() })
            }
            Outcome::Needs => {
                let lead = match (self.built, self.command) {
                    (true, "test") => "it was built and tested, and tried to reach something all the same",
                    (true, _) => "it was built, and tried to reach something all the same",
                    (false, _) if self.wants.is_empty() => {
                        "the build failed, and tried to reach something, which may be why"
                    }
                    (false, _) => "this build needs something from elsewhere",
                };
                Some(AirgapError::NotProved { lead, lines: self.lines(), mend: self.mend() })
            }
        }
    }

    /// What the kernel has counted, in words.
    pub fn counts(&self) -> String {
        let plural = |count: u64| if count == 1 { "" } else { "s" };
        format!(
            "{} packet{}, {} connection{} opened",
            self.packets,
            plural(self.packets),
            self.opened,
            plural(self.opened)
        )
    }

    /// What to do about what is wrong.
    pub fn mend(&self) -> String {
        let mut mends = Vec::new();
        let states: BTreeSet<Option<State>> = self.wants.iter().filter_map(Want::state).collect();
        let bundle = self.bundle.as_deref().unwrap_or(Path::new("BUNDLE")).display();
        let has = |wanted: &[State]| states.iter().flatten().any(|state| wanted.contains(state));
        if has(&[State::Missing, State::Damaged, State::MarkerMissing]) {
            mends.push(format!(
                "Copy what is named again; `lazytools airgap verify {bundle}` finds all that is not whole"
            ));
        }
        if has(&[State::NotCollected]) || states.contains(&None) {
            mends.push(
                "Collect for these targets, this platform and these flags, and bundle and install that".to_owned(),
            );
        }
        let others = self.wants.iter().any(|want| want.state().is_none());
        if others || !self.lookups.is_empty() || !self.addresses.is_empty() {
            mends.push(
                "See docs/airgap-prove.md for what a bundle cannot hold, and for programs that ask by themselves"
                    .to_owned(),
            );
        }
        mends.join(". ")
    }
}

impl Want {
    /// Of a file, what the bundle has of it; the inner `None` where it is not known or not in the bundle at all.
    fn state(&self) -> Option<Option<State>> {
        match self {
            Self::RegistryFile { file, .. } => Some(file.as_ref().map(|file| file.state)),
            Self::Download { digest: Some(_), file, .. } => Some(file.as_ref().map(|file| file.state)),
            Self::Download { .. } | Self::Git { .. } | Self::Program { .. } => None,
        }
    }

    /// The want in words.
    pub fn line(&self, bundle: Option<&Path>) -> String {
        match self {
            Self::RegistryFile { needed_by, urls, file: Some(file) }
            | Self::Download { needed_by, urls, file: Some(file), .. } => {
                format!("{needed_by} wants {}:\n    {}", urls.join(" or "), found(file, needed_by, urls, bundle))
            }
            Self::RegistryFile { needed_by, urls, file: None } => {
                format!("{needed_by} is in none of the registries that were asked, at {}", urls.join(" or "))
            }
            Self::Download { needed_by, urls, digest: Some(digest), file: None } => {
                format!("{needed_by} wants {}, {digest}, which is not in the repository cache", urls.join(" or "))
            }
            Self::Download { needed_by, urls, digest: None, .. } => format!(
                "{needed_by} wants {}, without a checksum, so that Bazel takes it from no cache: give the rule a sha256 or \
                 integrity",
                urls.join(" or ")
            ),
            Self::Git { needed_by, command, urls } => {
                format!("{needed_by} fetches by git from {}: `{command}` failed", urls.join(" or "))
            }
            Self::Program { needed_by, command } => {
                format!("{needed_by} started a program that wanted the network, and failed: `{command}`")
            }
        }
    }
}

fn found(file: &Wanted, wanted_by: &str, urls: &[String], bundle: Option<&Path>) -> String {
    let Wanted { path, state, sources, needed_by } = file;
    let bundle = bundle.map_or_else(|| "the bundle".to_owned(), |bundle| format!("the bundle {}", bundle.display()));
    let mut said = Vec::new();
    // What the manifest adds to what the build says.
    if sources.iter().any(|source| !urls.contains(source)) {
        said.push(format!("came from {}", sources.join(" or ")));
    }
    if needed_by.iter().any(|one| one != wanted_by && !path.as_str().starts_with(REGISTRIES)) {
        said.push(format!("is needed by {}", needed_by.join(", ")));
    }
    let said = if said.is_empty() { String::new() } else { format!("; by the manifest it {}", said.join(" and ")) };
    match state {
        State::Missing => format!("{path} is missing from {bundle}{said}"),
        State::Damaged => format!("{path} in {bundle} is damaged{said}"),
        State::MarkerMissing => format!("beside {path} in {bundle} a marker id-… is missing, by which Bazel finds it{said}"),
        State::NotCollected => format!("{bundle} does not hold it, and would at {path}"),
        State::Whole => format!(
            "{path} is in {bundle} and whole, and Bazel did not take it: the rule's addresses or its canonical_id are others \
             than when it was collected{said}"
        ),
    }
}

impl Lookup {
    fn line(&self, host: &str) -> String {
        let by = self.by.iter().map(|asker| match &asker.needed_by {
            Some(needed_by) => format!("by `{}` for {needed_by}", asker.program),
            None => format!("by `{}`", asker.program),
        });
        let by: Vec<String> = by.collect();
        format!("the host {host} was looked up {}", by.join(" and ")).trim_end().to_owned()
    }
}

impl Address {
    /// Whether it is of this machine itself.
    pub fn is_loopback(&self) -> bool {
        self.address.ip().is_loopback()
    }

    fn line(&self) -> String {
        let Self { address, protocol, times, answered } = self;
        let times = if *times == 1 { "once".to_owned() } else { format!("{times} times") };
        let end = match (self.is_loopback(), answered) {
            (true, true) => ": programs of the build talk to each other over the loopback (--allow-loopback lets them)",
            (true, false) => ": this machine itself, where nobody listens in here",
            (false, _) => "",
        };
        format!("the address {address} ({protocol}) was tried {times}{end}")
    }
}
