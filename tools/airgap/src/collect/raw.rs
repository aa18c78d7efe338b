//! What the rules log says, word for word: mirrors and replays are made by it. It is never written or shown.

use std::collections::{BTreeMap, BTreeSet};

/// The addresses and command lines of what no repository cache can hold. Both may hold secrets.
#[derive(Clone, Default)]
pub struct Raw {
    /// The addresses of each download without a checksum, in the rule's order, with who asks for it.
    pub downloads: BTreeMap<Vec<String>, BTreeSet<String>>,
    /// The command lines of git, in order, by who started them.
    pub git: BTreeMap<String, Vec<Vec<String>>>,
}

impl Raw {
    /// Adds a download.
    pub fn download(&mut self, who: &str, urls: &[String]) {
        self.downloads.entry(urls.to_vec()).or_default().insert(who.to_owned());
    }

    /// Adds a command line of git.
    pub fn git(&mut self, who: &str, arguments: &[String]) {
        self.git.entry(who.to_owned()).or_default().push(arguments.to_vec());
    }
}
