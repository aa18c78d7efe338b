//! When to try again, and after how long.

use std::time::{Duration, Instant};

/// How patient a client is.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How often an address is tried in all.
    pub attempts: u32,
    /// The first pause; each one is twice as long as the one before.
    pub pause: Duration,
    /// The longest pause, whatever a server asks for.
    pub longest_pause: Duration,
    /// How long all attempts together may take before no other one is begun.
    pub total: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 5,
            pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(30),
            total: Duration::from_secs(600),
        }
    }
}

/// The outcome of one attempt that failed.
#[derive(Debug)]
pub enum Failure<E> {
    /// Another attempt may succeed. With the pause that the server asked for.
    Again {
        /// What happened.
        what: String,
        /// The pause that the server asked for.
        after: Option<Duration>,
    },
    /// Another attempt would fail alike.
    Final(E),
}

/// Why there is no result.
#[derive(Debug)]
pub enum Ended<E> {
    /// No attempt succeeded.
    Exhausted {
        /// What happened last.
        what: String,
        /// How many attempts there were.
        attempts: u32,
    },
    /// An attempt failed for good.
    Final(E),
}

/// Tries until an attempt succeeds or fails for good, or patience ends.
pub fn retry<T, E>(patience: &Patience, mut attempt: impl FnMut() -> Result<T, Failure<E>>) -> Result<T, Ended<E>> {
    let start = Instant::now();
    let mut pause = patience.pause;
    let mut attempts = 0;
    loop {
        attempts += 1;
        match attempt() {
            Ok(value) => return Ok(value),
            Err(Failure::Final(error)) => return Err(Ended::Final(error)),
            Err(Failure::Again { what, after }) => {
                let wait = after.unwrap_or(pause).min(patience.longest_pause);
                if attempts >= patience.attempts || start.elapsed() + wait > patience.total {
                    return Err(Ended::Exhausted { what, attempts });
                }
                std::thread::sleep(wait);
                pause *= 2;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: Patience = Patience {
        attempts: 3,
        pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(5),
        total: Duration::from_secs(10),
    };

    #[test]
    fn tries_again_until_it_works_or_patience_ends() {
        let mut calls = 0;
        let result = retry::<_, ()>(&QUICK, || {
            calls += 1;
            if calls < 3 {
                Err(Failure::Again { what: "no".to_owned(), after: None })
            } else {
                Ok(calls)
            }
        });
        assert_eq!(result.unwrap(), 3);
        let result = retry::<(), ()>(&QUICK, || Err(Failure::Again { what: "no".to_owned(), after: None }));
        assert!(matches!(result, Err(Ended::Exhausted { attempts: 3, .. })));
    }

    #[test]
    fn a_final_failure_ends_it() {
        let mut calls = 0;
        let result = retry::<(), _>(&QUICK, || {
            calls += 1;
            Err(Failure::Final("gone"))
        });
        assert!(matches!(result, Err(Ended::Final("gone"))));
        assert_eq!(calls, 1);
    }

    #[test]
    fn a_servers_wish_is_bounded() {
        let start = Instant::now();
        let hour = Some(Duration::from_secs(3600));
        let result = retry::<(), ()>(&QUICK, || Err(Failure::Again { what: "busy".to_owned(), after: hour }));
        assert!(matches!(result, Err(Ended::Exhausted { .. })));
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}
