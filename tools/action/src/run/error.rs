//! What can go wrong, in the words that the user reads.

use std::io;
use std::path::{Path, PathBuf};

/// An error of `run`. Each ends in its code; `docs/errors/` has a page for each code.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The spec or the command line is not what this program was made for.
    #[error("{0} (LT501)")]
    Usage(String),
    /// Two caches want different values of one variable.
    #[error(
        "caches {first:?} and {second:?} set {variable} to different values, {first_value:?} and {second_value:?}: put \
         the wanted value into the rule's `env` (LT502)"
    )]
    Conflict {
        /// The variable.
        variable: String,
        /// The cache that comes first.
        first: String,
        /// Its value.
        first_value: String,
        /// The cache that comes later.
        second: String,
        /// Its value.
        second_value: String,
    },
    /// The tool cannot be started.
    #[error(
        "{program}: {source}: the tool could not be started. Is it an executable of this machine, and does the \
         interpreter that it names exist? (LT503)"
    )]
    Start {
        /// What was to be started.
        program: String,
        /// Why it was not.
        source: io::Error,
    },
    /// The tool failed after it had tried to reach something. The text is whole.
    #[error("{0} (LT504)")]
    Reached(String),
    /// The tool wrote to a cache that it may only read. The text is whole.
    #[error("{0} (LT505)")]
    Wrote(String),
    /// A declared output is missing. The text is whole.
    #[error("{0} (LT506)")]
    NoOutput(String),
    /// A cache is not as it was laid out.
    #[error("{0} (LT507)")]
    BadCache(String),
    /// The operating system refused something.
    #[error(
        "{doing} {path}: {source}. Is the disk full, or may this user not write there? TMPDIR says where private folders \
         are made (LT508)"
    )]
    Io {
        /// What was tried.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A launcher does not find its files.
    #[error("{0} (LT509)")]
    Runfiles(String),
    /// No guard against the network can be had.
    #[error(
        "this machine lets nobody cut a program off from the network: {0}. Allow user namespaces or seccomp, or set \
         LAZYTOOLS_UNGUARDED=1 (bazel: --action_env=LAZYTOOLS_UNGUARDED=1) where something else keeps the network away \
         (LT510)"
    )]
    Unguarded(String),
    /// A tool that was to reach for nothing did so, and succeeded all the same. The text is whole.
    #[error("{0} (LT511)")]
    Strict(String),
    /// A tool that was to make a cache made nothing. The text is whole.
    #[error("{0} (LT530)")]
    NoCache(String),
    /// Something in a cache that a tool made cannot be kept. The text is whole.
    #[error("{0} (LT531)")]
    Unkept(String),
    /// A cache that a tool made names places that are not there elsewhere. The text is whole.
    #[error("{0} (LT532)")]
    Absolute(String),
    /// What shall be done with a cache that a tool made cannot be. The text is whole.
    #[error("{0} (LT533)")]
    Normalize(String),
}

/// The result of most functions of `run`.
pub type Result<T> = std::result::Result<T, RunError>;

/// Adds what was tried, and with which path, to an I/O error.
pub trait At<T> {
    /// Says what was tried: a verb, "cannot read".
    fn at(self, doing: &'static str, path: &Path) -> Result<T>;
}

impl<T, E: Into<io::Error>> At<T> for std::result::Result<T, E> {
    fn at(self, doing: &'static str, path: &Path) -> Result<T> {
        self.map_err(|error| RunError::Io { doing, path: path.to_owned(), source: error.into() })
    }
}
