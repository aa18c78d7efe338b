//! What can go wrong with what no repository cache can hold, each with what mends it.

use std::path::PathBuf;

/// Why something that no repository cache can hold cannot be taken along or put in force.
#[derive(Debug, thiserror::Error)]
pub enum ExceptionError {
    /// A repository is not the same for two platforms.
    #[error(
        "the repository {repository} is not the same for {platforms}: {path} differs. A bundle holds one folder for each \
         repository: collect each of these platforms into a collection of its own, or leave such repositories out with \
         --no-vendor (LT740)",
        platforms = platforms.join(" and ")
    )]
    Differs {
        /// Its canonical name.
        repository: String,
        /// The platforms.
        platforms: [String; 2],
        /// The first file that differs, from the top of the repository.
        path: String,
    },
    /// A name that no fetched repository has.
    #[error(
        "--vendor={pattern}: Bazel fetched no repository of that name for these targets. `bazel mod dump_repo_mapping ''` \
         shows the canonical names of those that the workspace sees{near} (LT741)"
    )]
    NoRepository {
        /// What was given.
        pattern: String,
        /// Names that are near, as a part of the sentence.
        near: String,
    },
    /// git cannot be started, or fails.
    #[error("git {command}: {message} (LT742)")]
    Git {
        /// The command, without secrets.
        command: String,
        /// What happened and what mends it.
        message: String,
    },
    /// The server cannot listen.
    #[error("127.0.0.1:{port}: {message}. Name another port with --port, or let it choose one with --port=0 (LT743)")]
    Listen {
        /// The port.
        port: u16,
        /// Why not.
        message: String,
    },
    /// A bundle's index of replays does not fit the bundle.
    #[error("{path}: {message}. Copy the bundle again, or run `lazytools airgap bundle` again (LT744)", path = path.display())]
    Index {
        /// The index.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// A repository of a bundle whose name cannot stand in a flag.
    #[error("{path} is no folder of a repository that a bazelrc file can name: collect and bundle again (LT745)", path = path.display())]
    RepositoryName {
        /// Its folder in the bundle.
        path: PathBuf,
    },
}
