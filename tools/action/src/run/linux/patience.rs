//! When a tool that tries in vain has tried for long enough.

use std::time::{Duration, Instant};

use super::super::witness::{Why, Witness};
use lazytools_jail::children;

/// How long a tool is watched before it is said to be idle.
const LOOK: Duration = Duration::from_millis(500);
/// The clock ticks (of 10 ms) that an idle tool may use in that time: timers go on.
const IDLE_TICKS: u64 = 2;

/// What was last seen of the tool.
#[derive(Debug, Default)]
pub struct Patience {
    looked: Option<(Instant, u64)>,
}

impl Patience {
    /// Why the tool has to be ended now.
    pub fn is_over(&mut self, witness: &Witness, now: Instant) -> Option<Why> {
        if let Some((_, why)) = witness.end() {
            return Some(why.clone());
        }
        let (_, why) = witness.end_if_idle().filter(|(at, _)| *at <= now)?;
        let (ticks, busy) = match self.looked {
            Some((at, _)) if now < at + LOOK => return None,
            _ => children::activity(),
        };
        let idle = self.looked.is_some_and(|(_, before)| !busy && ticks <= before + IDLE_TICKS);
        self.looked = Some((now, ticks));
        idle.then(|| why.clone())
    }

    /// When to ask again.
    pub fn next(&self, witness: &Witness) -> Option<Instant> {
        match self.looked {
            Some((at, _)) => Some(at + LOOK),
            None => witness.end().or(witness.end_if_idle()).map(|(at, _)| *at),
        }
    }
}
