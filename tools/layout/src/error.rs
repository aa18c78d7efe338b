//! What can go wrong, in words for the one who wrote the plan's recipe or runs the build.

use std::fmt;
use std::io;
use std::path::PathBuf;

use lazytools_lock::{Format, Integrity};

/// Why a folder could not be assembled, and at which step.
#[derive(Debug)]
pub struct Error {
    /// The tool's name.
    pub tool: String,
    /// The step, in words, where the problem is one step's.
    pub step: Option<String>,
    /// The problem itself.
    pub problem: Box<Problem>,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tool {}", self.tool)?;
        if let Some(step) = &self.step {
            write!(f, ", {step}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.problem.source()
    }
}

/// What is wrong. Each text ends in the remedy and the code of a page in `docs/errors`.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// An artifact of the plan is not on the command line.
    #[error("artifact {key} was not handed over: add --artifact {key}=FILE (LT401)")]
    MissingArtifact {
        /// `ROLE/ID`.
        key: String,
    },
    /// An artifact on the command line is not in the plan.
    #[error("--artifact {key}: the plan has no such artifact; it has {known} (LT401)")]
    UnknownArtifact {
        /// `ROLE/ID`.
        key: String,
        /// Those that it has.
        known: String,
    },
    /// An artifact's file cannot be read.
    #[error("artifact {key} cannot be read at {}: {error}; hand over the file that was fetched for it (LT401)", path.display())]
    Unreadable {
        /// `ROLE/ID`.
        key: String,
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        error: io::Error,
    },
    /// An artifact's size is not the plan's.
    #[error(
        "artifact {key} has {actual} bytes where the plan has {expected}, at {}: it is another file than the one that was \
         pinned; fetch it again, or pin it anew with `bazel run //tools:update_pins` (LT402)",
        path.display()
    )]
    Size {
        /// `ROLE/ID`.
        key: String,
        /// The file.
        path: PathBuf,
        /// The plan's size.
        expected: u64,
        /// The file's size.
        actual: u64,
    },
    /// An artifact's digest is not the plan's.
    #[error(
        "artifact {key} has the digest {actual} where the plan has {expected}, at {}: it is another file than the one \
         that was pinned; fetch it again, or pin it anew with `bazel run //tools:update_pins` (LT402)",
        path.display()
    )]
    Digest {
        /// `ROLE/ID`.
        key: String,
        /// The file.
        path: PathBuf,
        /// The plan's digest.
        expected: Integrity,
        /// The file's digest.
        actual: Integrity,
    },
    /// A file of the workspace is another one than when it was pinned.
    #[error(
        "artifact {key} is the file {label} of the workspace, and it has changed since it was pinned ({difference}): run \
         `bazel run //tools:update_pins`, or restore the file (LT402)"
    )]
    LocalFile {
        /// `ROLE/ID`.
        key: String,
        /// The file's label.
        label: String,
        /// What is different.
        difference: String,
    },
    /// An artifact is not of the declared kind.
    #[error(
        "artifact {key} is declared as {declared}, but is {found}: correct the artifact's format in the recipe, or its \
         address when that answers with something else (LT403)"
    )]
    Kind {
        /// `ROLE/ID`.
        key: String,
        /// The declared format.
        declared: Format,
        /// What it looks like.
        found: String,
    },
    /// An archive ends too early or does not follow its format.
    #[error(
        "the archive is truncated or damaged: {detail}; fetch it again, and when it stays so, pin another version: \
         upstream's file is bad (LT404)"
    )]
    Damaged {
        /// What does not fit.
        detail: String,
    },
    /// An archive uses something that nobody should have to guess at.
    #[error("{what}: pin an archive without it, or place the archive as it is and let the tool unpack it (LT405)")]
    Unsupported {
        /// The member and the feature.
        what: String,
    },
    /// A member's name is not one for a cache.
    #[error("member {member:?} {reason}: exclude it, or pick the members that are needed (LT406)")]
    MemberName {
        /// The member's name as the archive has it.
        member: String,
        /// Why it is refused.
        reason: String,
    },
    /// A member is not a file, folder or link.
    #[error("member {member:?} is {kind}: exclude it, or pick the members that are needed (LT407)")]
    MemberKind {
        /// The member's name.
        member: String,
        /// What it is.
        kind: String,
    },
    /// A link leads out of the folder or nowhere.
    #[error("link {link} -> {target} {reason}: exclude it, or lay out what it names as well (LT408)")]
    Link {
        /// The link's path.
        link: String,
        /// What it names.
        target: String,
        /// Why it is refused.
        reason: &'static str,
    },
    /// Two steps or members write one path.
    #[error("{path} collides with {other}: {reason}; exclude one of them, or lay it out elsewhere (LT409)")]
    Collision {
        /// The path.
        path: String,
        /// The other path and its step.
        other: String,
        /// Why that does not go together.
        reason: &'static str,
    },
    /// An archive grows past a bound.
    #[error("{what}: when this is right, raise {bound} in the recipe's step; when it is a surprise, do not trust the archive (LT410)")]
    Bound {
        /// What grew, and past which number.
        what: String,
        /// The key of the recipe.
        bound: &'static str,
    },
    /// An archive would take more memory, or has longer names, than any honest one.
    #[error("{what}: no honest archive needs that; pin another one (LT410)")]
    Hostile {
        /// What is too large.
        what: String,
    },
    /// A member that is asked for by name is not in the archive.
    #[error("the archive has no member {member:?}{near}: correct the name in the recipe (LT411)", near = near_text(near))]
    NoMember {
        /// The member's name.
        member: String,
        /// Names that come near.
        near: Vec<String>,
    },
    /// A glob matches nothing, or nothing is left of an archive.
    #[error("{what}: correct it in the recipe (LT412)")]
    Nothing {
        /// What matches nothing.
        what: String,
    },
    /// The plan is at odds with itself.
    #[error("{what}: pin the tool again with `bazel run //tools:update_pins`; when that does not help, correct its recipe (LT413)")]
    Plan {
        /// What is wrong.
        what: String,
    },
    /// A path that must be there is not.
    #[error("{path} must be in the folder and is not{near}: correct the recipe's layout or its check (LT414)", near = near_text(near))]
    Check {
        /// The path.
        path: String,
        /// Paths that come near.
        near: Vec<String>,
    },
    /// The folder cannot be written.
    #[error("cannot {what} {}: {error}; is the disk full, or the folder not writable? (LT415)", path.display())]
    Output {
        /// What was tried.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// What the operating system says.
        error: io::Error,
    },
    /// The folder holds something that `assemble` did not make.
    #[error("{} already holds {name:?}, which this command did not make: remove it, or name another --out (LT415)", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
        /// One of the things in it.
        name: String,
    },
}

/// A result whose error does not know its step yet.
pub type Outcome<T> = Result<T, Problem>;

fn near_text(near: &[String]) -> String {
    if near.is_empty() {
        return String::new();
    }
    format!(" (near it: {})", near.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", "))
}

/// A problem with the output folder, from what the operating system says.
pub fn output(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Problem {
    let path = path.into();
    move |error| Problem::Output { what, path, error }
}

/// A damaged archive.
pub fn damaged(detail: impl Into<String>) -> Problem {
    Problem::Damaged { detail: detail.into() }
}

/// A problem from an error of a decompressor.
pub fn decoding(error: &io::Error) -> Problem {
    let text = error.to_string();
    let lower = text.to_ascii_lowercase();
    if lower.contains("memory limit") || lower.contains("memory usage limit") || lower.contains("too much memory") {
        return Problem::Hostile {
            what: format!("the archive's dictionary is over {} MiB", crate::decode::MAX_DICTIONARY >> 20),
        };
    }
    if error.kind() == io::ErrorKind::UnexpectedEof
        || lower.contains("incomplete frame")
        || lower.contains("premature eof")
    {
        return damaged("its compressed data ends too early");
    }
    damaged(format!("its compressed data is not right ({text})"))
}
