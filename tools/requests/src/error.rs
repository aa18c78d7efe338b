//! What can be wrong with what MODULE.bazel asks for.

use std::path::PathBuf;

use lazytools_lock::recipe::request::RequestErrors;
use lazytools_lock::recipe::RecipeErrors;
use lazytools_lock::{ArtifactSlot, LockError, Name};

use crate::version_from::VersionFromError;

/// A request that cannot be held against the lock. Some hold several messages, one a line.
#[derive(Debug, thiserror::Error)]
pub enum RequestsError {
    /// A file cannot be read.
    #[error("{what} {path}: {source} (LT310)", path = path.display())]
    File {
        /// What the file is.
        what: String,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A requests.json without its form.
    #[error("requests {path}: {message} (LT310)", path = path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// Two hubs that do not go together.
    #[error("two hubs ask for different things under the name {name}, and share {path} (LT310)", path = path.display())]
    TwoHubs {
        /// The tool.
        name: Name,
        /// The lock.
        path: PathBuf,
    },
    /// The extension left a path out.
    #[error("the extension does not say where {what} ({label}) is (LT310)")]
    NoPath {
        /// What is missing.
        what: String,
        /// Its label.
        label: String,
    },
    /// A file of the workspace that cannot be taken instead of a download.
    #[error(
        "artifact_files = {{{label:?}: \"{slot}\"}}: {path}: {problem}. It has to be a file that lies there before anything is \
         built (LT346)",
        path = path.display()
    )]
    LocalFile {
        /// The artifact that it is for.
        slot: ArtifactSlot,
        /// Its label.
        label: String,
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// No recipe of that name.
    #[error(
        "there is no recipe {name:?}: {hint} A recipe of your own is named by its label, as in \"//tools:{name}.toml\" (LT209)"
    )]
    NoRecipe {
        /// The name.
        name: String,
        /// What is near.
        hint: String,
    },
    /// A range that is none.
    #[error("version_range = {0} (LT355)")]
    Range(String),
    /// The lock.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A recipe with mistakes.
    #[error(transparent)]
    Recipe(#[from] RecipeErrors),
    /// A request that does not fit its recipe.
    #[error(transparent)]
    Request(#[from] RequestErrors),
    /// A file that gives no version.
    #[error(transparent)]
    VersionFrom(#[from] VersionFromError),
}

impl RequestsError {
    /// A file that cannot be read.
    pub fn file(what: impl Into<String>, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let (what, path) = (what.into(), path.into());
        move |source| Self::File { what, path, source }
    }
}
