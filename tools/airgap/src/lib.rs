//! What a Bazel build needs from elsewhere: collected by Bazel itself, bundled in Bazel's own layouts, verified and
//! installed on the other side of an air gap.
//!
//! Nothing that runs inside a build action may depend on this crate.

pub mod bazel_flags;
pub mod bazel_version;
pub mod bundle;
pub mod cache;
pub mod clients;
pub mod collect;
pub mod collection;
pub mod digest;
pub mod ecosystem;
pub mod error;
pub mod exception_error;
pub mod files;
pub mod inside;
pub mod install;
pub mod json;
pub mod link_target;
mod links;
pub mod lock_check;
pub mod lock_file;
pub mod manifest;
pub mod module_graph;
pub mod packed;
pub mod plain;
pub mod programs;
#[cfg(target_os = "linux")]
pub mod prove;
pub mod registry;
pub mod replay;
pub mod report;
pub mod rules_log;
mod secrets;
pub mod serve;
pub mod signature;
pub mod space;
pub mod tree;
pub mod verify;
mod wire;
mod workspace;

pub use error::AirgapError;

/// What the functions of this crate give.
pub type Result<T> = std::result::Result<T, AirgapError>;
