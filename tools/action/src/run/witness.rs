//! What a tool without network tried to reach, and when its patience has lasted long enough.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long a tool may go on after it asked for a host that its cache stands for.
pub const GRACE: Duration = Duration::from_secs(5);
/// How long a tool may go on asking for anything else.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How often a tool may ask for one host.
pub const MOST: u32 = 20;

/// Why a tool was ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It asked for what its cache lacks, and did not give up by itself.
    Certain(String),
    /// It asked for one host again and again.
    Often(String),
    /// It went on asking for a long time.
    Long,
}

/// The account of what was tried.
#[derive(Debug, Default)]
pub struct Witness {
    asked: BTreeMap<String, BTreeMap<u16, u32>>,
    first: Option<Instant>,
    untold: i32,
    certain: Option<(Instant, Why)>,
    insistent: Option<(Instant, Why)>,
}

impl Witness {
    /// Notes that the tool asked for `host`; `kind` tells the two questions of one look-up apart (A and AAAA).
    /// `certain` says that a cache's recipe names the host, so that a miss is certain.
    pub fn note(&mut self, host: &str, kind: u16, certain: bool, now: Instant) {
        let count = self.asked.entry(host.to_owned()).or_default().entry(kind).or_default();
        *count += 1;
        let often = *count >= MOST;
        let first = *self.first.get_or_insert(now);
        if certain {
            self.certain.get_or_insert((now + GRACE, Why::Certain(host.to_owned())));
        }
        if often {
            self.insistent.get_or_insert((now, Why::Often(host.to_owned())));
        }
        if now.duration_since(first) > PATIENCE {
            self.insistent.get_or_insert((now, Why::Long));
        }
    }

    /// Notes so many more, or fewer, look-ups of which it is not known what was asked for.
    pub fn note_untold(&mut self, more: i32) {
        self.untold += more;
    }

    /// When and why a tool that only waits has to be ended. One that is at work may know another way.
    pub fn end_if_idle(&self) -> Option<&(Instant, Why)> {
        self.certain.as_ref()
    }

    /// When and why the tool has to be ended whatever it does.
    pub fn end(&self) -> Option<&(Instant, Why)> {
        self.insistent.as_ref()
    }

    /// Whether names were looked up, and none of them is known.
    pub fn is_unknown(&self) -> bool {
        self.untold > 0 && self.asked.is_empty()
    }

    /// The hosts and addresses, sorted.
    pub fn hosts(&self) -> Vec<String> {
        self.asked.keys().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certain_miss_gets_a_few_seconds() {
        let (mut witness, start) = (Witness::default(), Instant::now());
        witness.note("other.test", 1, false, start);
        assert_eq!(witness.end_if_idle(), None);
        witness.note("a.test", 1, true, start);
        witness.note("a.test", 1, true, start + Duration::from_secs(3));
        assert_eq!(witness.end_if_idle(), Some(&(start + GRACE, Why::Certain("a.test".to_owned()))));
        assert_eq!(witness.end(), None);
        assert_eq!(witness.hosts(), ["a.test", "other.test"]);
    }

    #[test]
    fn asking_often_or_long_ends_it() {
        let (mut witness, start) = (Witness::default(), Instant::now());
        for _ in 1..MOST {
            witness.note("a.test", 1, false, start);
            witness.note("a.test", 28, false, start);
        }
        assert_eq!(witness.end(), None);
        witness.note("a.test", 28, false, start);
        assert_eq!(witness.end(), Some(&(start, Why::Often("a.test".to_owned()))));
        let mut witness = Witness::default();
        witness.note("a.test", 1, false, start);
        let later = start + PATIENCE + Duration::from_millis(1);
        witness.note("b.test", 1, false, later);
        assert_eq!(witness.end(), Some(&(later, Why::Long)));
    }
}
