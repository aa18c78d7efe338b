//! The error message of a tool that failed after it had tried to reach something.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use lazytools_lock::{CacheSpec, RunSpec};

use super::reaches::Reaches;
use super::witness::Why;

/// What is known about a failed tool.
pub struct Failure<'a> {
    /// What was run.
    pub spec: &'a RunSpec,
    /// How it ended: "failed with exit code 1".
    pub ending: String,
    /// The hosts and addresses that it tried, sorted.
    pub hosts: Vec<String>,
    /// The web addresses in its output by host.
    pub addresses: BTreeMap<String, BTreeSet<String>>,
    /// Why it was ended, where it did not end by itself.
    pub why: Option<Why>,
    /// What kept it from the network.
    pub guard: &'a str,
}

/// Addresses shown for one host.
const SHOWN: usize = 3;

impl Failure<'_> {
    /// The message, without its code.
    pub fn message(&self, reaches: &Reaches) -> String {
        let mut text =
            format!("{}: the tool {}{}, and it had tried to reach", self.spec.label, self.ending, self.why());
        let mut uncovered = false;
        for host in &self.hosts {
            let _ = write!(text, "\n  {host}");
            if let Some(addresses) = self.addresses.get(host) {
                let shown: Vec<&str> = addresses.iter().take(SHOWN).map(String::as_str).collect();
                let _ = write!(text, " ({})", shown.join(", "));
            }
            let caches = reaches.of(host);
            uncovered |= caches.is_empty();
            for (cache, remedy) in caches {
                let _ = write!(text, "\n    cache {}: {remedy}", describe(&self.spec.caches[cache]));
            }
        }
        if uncovered {
            let _ = write!(text, "\n{}", self.general());
        }
        let _ = write!(text, "\nIt had no network ({})", self.guard);
        text
    }

    fn why(&self) -> String {
        match &self.why {
            None => String::new(),
            Some(Why::Certain(host)) => {
                format!(" (it was ended: {host} can only mean a miss, and it only waited on)")
            }
            Some(Why::Often(host)) => format!(" (it was ended: it asked for {host} 20 times)"),
            Some(Why::Long) => " (it was ended: it went on asking for more than 30 seconds)".to_owned(),
        }
    }

    fn general(&self) -> String {
        let caches = match self.spec.caches.as_slice() {
            [] => "The tool has no cache.".to_owned(),
            caches => format!("Its caches: {}.", caches.iter().map(describe).collect::<Vec<_>>().join("; ")),
        };
        format!(
            "{caches} Pin what is missing with lazy_tools.tool(...) in MODULE.bazel, run `bazel run //tools:update_pins` \
             and add the cache to the rule's `caches`; or give the rule `network = True`, knowing that its result then \
             depends on the network."
        )
    }
}

/// A cache in a few words: `"bun" (bun 1.4.5, linux_x86_64 for linux_aarch64)`.
fn describe(cache: &CacheSpec) -> String {
    let platforms = match (cache.host, cache.target) {
        (Some(host), Some(target)) if host != target => format!(", {host} for {target}"),
        (Some(platform), _) | (None, Some(platform)) => format!(", {platform}"),
        (None, None) => String::new(),
    };
    format!("{:?} ({}{platforms})", cache.name.as_str(), cache.recipe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::output::addresses;

    #[test]
    fn says_what_was_wanted_and_what_to_do() {
        let spec: RunSpec = serde_json::from_value(serde_json::json!({
            "specVersion": 1, "label": "//app:hello",
            "caches": [{"name": "bun", "recipe": "bun 1.4.5", "host": "linux_x86_64", "target": "linux_aarch64",
                        "reaches": [{"host": "*.bun.test", "remedy": "Pin platform linux_aarch64."}]}]}))
        .unwrap();
        let failure = Failure {
            spec: &spec,
            ending: "failed with exit code 1".to_owned(),
            hosts: vec!["dl.bun.test".to_owned(), "other.test".to_owned()],
            addresses: addresses("GET https://dl.bun.test/x.tgz failed"),
            why: None,
            guard: "a network namespace with only loopback",
        };
        let message = failure.message(&Reaches::new(&spec.caches, |_| None));
        assert_eq!(
            message,
            "//app:hello: the tool failed with exit code 1, and it had tried to reach\n  dl.bun.test \
             (https://dl.bun.test/x.tgz)\n    cache \"bun\" (bun 1.4.5, linux_x86_64 for linux_aarch64): Pin platform \
             linux_aarch64.\n  other.test\nIts caches: \"bun\" (bun 1.4.5, linux_x86_64 for linux_aarch64). Pin what is \
             missing with lazy_tools.tool(...) in MODULE.bazel, run `bazel run //tools:update_pins` and add the cache to \
             the rule's `caches`; or give the rule `network = True`, knowing that its result then depends on the \
             network.\nIt had no network (a network namespace with only loopback)"
        );
    }
}
