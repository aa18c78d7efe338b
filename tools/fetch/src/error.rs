//! What can go wrong on the way to a file, with its address.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::redact::redact;

/// Something could not be fetched.
#[derive(Clone, Debug, thiserror::Error)]
pub enum FetchError {
    /// An address did not give what it should have.
    #[error("{url}: {reason}")]
    Address {
        /// The address, without secrets.
        url: String,
        /// What went wrong.
        reason: Reason,
    },
    /// No base address of a package registry is known.
    #[error(
        "no address of the {ecosystem} registry is known: add lazy_tools.registry(type = \"{ecosystem}\", url = \"…\") \
         to MODULE.bazel, or {remedy} (LT305)"
    )]
    NoRegistry {
        /// The purl's type.
        ecosystem: &'static str,
        /// What else would say it.
        remedy: &'static str,
    },
    /// Go's list of module proxies ends before one has the module.
    #[error(
        "{why} where a Go module proxy is needed, and nothing is fetched from version control: put a proxy \
         before it, as in GOPROXY=https://HOST,direct, or add lazy_tools.registry(type = \"golang\", url = \"…\") to \
         MODULE.bazel (LT323)"
    )]
    NoGoProxy {
        /// What says so.
        why: String,
    },
    /// No archive of packages has a suite.
    #[error(
        "no apt source of this machine has the suite {suite}: add one to /etc/apt/sources.list.d, or add \
         lazy_tools.registry(type = \"deb\", url = \"…\") to MODULE.bazel (LT324)"
    )]
    NoSuite {
        /// The suite.
        suite: String,
    },
    /// A purl that cannot be used.
    #[error("package URL {purl:?} {reason} (LT209)")]
    Purl {
        /// The purl.
        purl: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A local file.
    #[error("{path}: {source} (LT310)", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why it cannot be read or written.
        source: Arc<std::io::Error>,
    },
}

/// What went wrong at an address.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Reason {
    /// Nothing came, or not all of it, as often as it was tried.
    #[error("{what}, tried {attempts} times (LT301)")]
    Network {
        /// What happened at the last attempt.
        what: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// The server answered, and said no.
    #[error("the server answered {status} {words} (LT302)", words = status_words(*status))]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// What came is not the file that was to come.
    #[error("{0} (LT303)")]
    Content(String),
    /// What came does not have the digest that was published for it.
    #[error(
        "its digest is {actual}, and {published_by} says {expected}: someone changed the file, or a proxy did (LT304)"
    )]
    Digest {
        /// The digest of what came.
        actual: String,
        /// The published one.
        expected: String,
        /// Who published it.
        published_by: String,
    },
    /// A credential helper gives nothing.
    #[error(
        "credential helper {program} {what}: see what it says with `echo '{{\"uri\":\"https://{host}/\"}}' | {program} \
         get` (LT335)"
    )]
    Helper {
        /// The program, as it is configured.
        program: String,
        /// The host that it was asked for.
        host: String,
        /// What went wrong.
        what: String,
    },
    /// A signature that has to be there is not, or cannot be read.
    #[error("{0} (LT338)")]
    Unsigned(String),
    /// The program that checks a kind of signature is not on this machine.
    #[error("{0} (LT342)")]
    NoChecker(String),
    /// A signature that proves nothing.
    #[error("{0} (LT339)")]
    Signature(String),
    /// The address leads where it must not.
    #[error("{0} (LT306)")]
    Insecure(String),
    /// The index of a Debian suite is not signed by who should have signed it.
    #[error("{0} (LT325)")]
    SuiteSignature(String),
    /// What the recipe names as the source of a digest has none.
    #[error("{0} (LT320)")]
    NoDigest(String),
    /// A server answers no more for now.
    #[error("{0} (LT321)")]
    Limit(String),
    /// What was published about files does not say what it should.
    #[error("{0} (LT307)")]
    Metadata(String),
}

fn status_words(status: u16) -> &'static str {
    match status {
        401 => "(unauthorized: it wants credentials, from .netrc, a credential helper or .npmrc)",
        403 => "(forbidden)",
        404 => "(not found: there is no such version or file)",
        407 => "(the proxy wants a name and a password)",
        410 => "(gone)",
        429 => "(too many requests)",
        500..=599 => "(an error of the server)",
        _ => "",
    }
}

impl FetchError {
    /// An error at an address.
    pub fn at(url: &str, reason: Reason) -> Self {
        Self::Address { url: redact(url), reason }
    }

    /// An error of a local file.
    pub fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::File { path: path.to_owned(), source: Arc::new(source) }
    }
}
