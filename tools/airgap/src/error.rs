//! What can go wrong, each with what mends it.

use std::io;
use std::path::{Path, PathBuf};

use lazytools_fetch::FetchError;

use crate::exception_error::ExceptionError;
use crate::lock_check::Disagreement;
use crate::plain::plain;
use crate::verify::Problem;

/// Something that keeps a build from going into the air gap.
#[derive(Debug, thiserror::Error)]
pub enum AirgapError {
    /// A file cannot be read or written.
    #[error("{doing} {path}: {error}{hint} (LT700)", path = path.display(), hint = hint(error))]
    Io {
        /// What was being done with it.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not. It stands in the message, and so is no further source of it.
        error: io::Error,
    },
    /// A file that is not of the form it should have.
    #[error("{what} {path}: {message}. {mend} (LT701)", path = path.display())]
    Form {
        /// What the file is.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong, and where in the file.
        message: String,
        /// What makes it anew.
        mend: &'static str,
    },
    /// A MODULE.bazel.lock of a form that cannot be read.
    #[error("{path}: {message} (LT702)", path = path.display())]
    LockFile {
        /// The file.
        path: PathBuf,
        /// What is wrong and what mends it.
        message: String,
    },
    /// A lock file that is not of the bundle's state.
    #[error(
        "{path} and the bundle are not of one state:\n  {lines}\nCheck out the commit that was collected, or collect and bundle \
         again (LT725)",
        path = path.display(),
        lines = shown(disagreements)
    )]
    LockDisagrees {
        /// The lock file.
        path: PathBuf,
        /// What differs, sorted.
        disagreements: Vec<Disagreement>,
    },
    /// A link or a file in the way of a folder of a bundle.
    #[error(
        "{path} is a {what} where the bundle has a folder, and nothing is written through it. Remove it, or name another \
         folder (LT726)",
        path = path.display()
    )]
    Planted {
        /// Where it is.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// A full disk.
    #[error("writing {path}: no room is left there{lacks}. Make room and run the same command again: {again} (LT727)", path = path.display(), lacks = lacks(*missing))]
    Full {
        /// The file that was being written.
        path: PathBuf,
        /// How many bytes are missing for all that is still to be written; `None` where that is not known.
        missing: Option<u64>,
        /// What a second run does.
        again: &'static str,
    },
    /// A bundle that is not signed by who has to have signed it.
    #[error("the bundle {path}: {message}. Nothing of it was used. Ask who made it, and copy it again (LT729)", path = path.display())]
    Signature {
        /// The bundle.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// A key that cannot be used.
    #[error("the key {path}: {message} (LT730)", path = path.display())]
    Key {
        /// The file, or what was given for one.
        path: PathBuf,
        /// What is wrong with it and what mends it.
        message: String,
    },
    /// A packed bundle that is damaged, or that `bundle` did not write.
    #[error("the bundle {path}: {message}. It is not as `lazytools airgap bundle` wrote it: copy it again (LT728)", path = path.display())]
    Packed {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where in it.
        message: String,
    },
    /// A program that cannot be taken along.
    #[error("{path}: {message} (LT731)", path = path.display())]
    Program {
        /// The program.
        path: PathBuf,
        /// What is wrong with it and what mends it.
        message: String,
    },
    /// A damaged rules log.
    #[error(
        "the log of repository rules {path}: {message}. Bazel was ended before it had written all: run `lazytools airgap \
         collect` again (LT703)",
        path = path.display()
    )]
    RulesLog {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// Bazel cannot be started, or cannot analyse the targets.
    #[error("{command}: {message} (LT704)")]
    Bazel {
        /// The command, as a person would type it.
        command: String,
        /// What happened and what mends it.
        message: String,
    },
    /// A Bazel that this program knows nothing about.
    #[error("{0} (LT705)")]
    BazelVersion(String),
    /// A pattern of `--without` that names no repository.
    #[error(
        "--without={0} names no repository that an extension or MODULE.bazel makes: `bazel mod graph --extension_info=all` \
         lists them (LT770)"
    )]
    Pattern(String),
    /// A workspace that takes everything from a bundle cannot say what it needs from elsewhere.
    #[error(
        "{}: it makes this workspace take everything from a bundle, so nothing can be fetched: take it away for now, by \
         `lazytools airgap install --undo` (LT771)",
        .0.display()
    )]
    Installed(PathBuf),
    /// A folder that is no place for what is to be written.
    #[error("{path}: {message} (LT706)", path = path.display())]
    Place {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it and what mends it.
        message: String,
    },
    /// A file of a registry cannot be fetched.
    #[error("a file of the registry {registry}: {error} (LT707)")]
    Registry {
        /// The registry's address.
        registry: String,
        /// Why not.
        error: Box<FetchError>,
    },
    /// A registry's file is another one than Bazel has read.
    #[error("{url} is {found}, and Bazel has read {expected}: it changed in between; run `lazytools airgap collect` again (LT708)")]
    RegistryChanged {
        /// The file's address.
        url: String,
        /// The digest now.
        found: String,
        /// The digest that counts.
        expected: String,
    },
    /// A collected file is missing or is not what its name says.
    #[error("{path}: {message}. Run `lazytools airgap collect` again, which fetches it anew (LT709)", path = path.display())]
    Collected {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// A bundle that is not whole.
    #[error("the bundle {path} is not whole:\n{problems}\nCopy it again, or what is named (LT710)", path = path.display(), problems = lines(problems))]
    Bundle {
        /// The bundle.
        path: PathBuf,
        /// What is wrong, sorted.
        problems: Vec<Problem>,
    },
    /// A bazelrc file names a registry that cannot be reached.
    #[error(
        "{path}:{line} names the registry {registry}, and Bazel would ask it before the bundle's: registries of all bazelrc \
         files add up. Move the line to a configuration that only the connected side uses, as in `common:connected \
         --registry={registry}`, and build there with --config=connected (LT711)",
        path = path.display()
    )]
    RegistryInRc {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The registry.
        registry: String,
    },
    /// This process cannot be kept from the network.
    #[error("namespaces of its own cannot be had ({reason}): {mend} (LT713)")]
    Jail {
        /// What failed.
        reason: String,
        /// What makes it possible.
        mend: String,
    },
    /// A build that needs something from elsewhere.
    #[error("{lead}:\n  {lines}\n{mend} (LT714)", lines = .lines.join("\n  "))]
    NotProved {
        /// Whether it was built in spite of that.
        lead: &'static str,
        /// What it needs, one thing a line.
        lines: Vec<String>,
        /// What to do.
        mend: String,
    },
    /// A build that fails, and not for lack of something from elsewhere.
    #[error(
        "the build fails, and wants nothing from elsewhere: {counts}, and no file is missing. So something else is wrong with \
         it: {error}. Mend that where it can be built with a network, and prove it again (LT715)"
    )]
    Fails {
        /// What the kernel has counted.
        counts: String,
        /// Bazel's first error.
        error: String,
    },
    /// Someone wanted this program to end.
    #[error("interrupted: Bazel and all that it started have ended, and {0}. Run the same command again (LT716)")]
    Interrupted(String),
    /// Something that no repository cache can hold.
    #[error(transparent)]
    Exception(#[from] ExceptionError),
    /// A folder that is in the place of the `CARGO_HOME` that is to be made.
    #[error(
        "{path}: `lazytools airgap install` would make a CARGO_HOME there, and something else is in this folder: remove it, or \
         name another one with --cargo-home (LT755)",
        path = .0.display()
    )]
    CargoHome(PathBuf),
    /// A folder that is neither a bundle nor a collection.
    #[error(
        "{path} is neither a bundle nor a collection: there is no manifest.json and no collection.json in it. Name a folder \
         that `lazytools airgap bundle` or `lazytools airgap collect` has written to its end, or a manifest.json (LT720)",
        path = .0.display()
    )]
    NothingToReport(PathBuf),
    /// A platform that a bundle knows nothing of.
    #[error(
        "--platform {platform} is none of this bundle's platforms, which are: {known}. Name one of them as it stands here, or \
         what file names tell, as in linux_x86_64, macos or aarch64 (LT721)"
    )]
    Platform {
        /// What was named.
        platform: String,
        /// The labels that there are.
        known: String,
    },
    /// A fragment that this program did not write, or that was changed since.
    #[error("{path} {message} (LT712)", path = path.display())]
    Fragment {
        /// The file.
        path: PathBuf,
        /// What is wrong and what mends it.
        message: String,
    },
}

impl AirgapError {
    /// A file that cannot be read or written.
    pub fn io(doing: &'static str, path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        let path = path.as_ref().to_owned();
        move |error| Self::Io { doing, path, error }
    }
}

fn hint(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull => ". Make room and run the same command again",
        io::ErrorKind::FileTooLarge => {
            ". The file system there holds no file of that size (FAT: 4 GiB): use another one"
        }
        io::ErrorKind::ReadOnlyFilesystem => ". Name a folder that can be written to",
        _ => "",
    }
}

fn lacks(missing: Option<u64>) -> String {
    missing.map_or_else(|| " for more files".to_owned(), |bytes| format!(", and {bytes} bytes more are needed"))
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(|problem| format!("  {}", plain(&problem.to_string()))).collect();
    lines.join("\n")
}

/// How many lines of one kind a message has.
const MAX_LINES: usize = 20;

fn shown(all: &[impl ToString]) -> String {
    let mut lines: Vec<String> = all.iter().take(MAX_LINES).map(ToString::to_string).collect();
    if all.len() > MAX_LINES {
        lines.push(format!("and {} more", all.len() - MAX_LINES));
    }
    lines.join("\n  ")
}
