//! What MODULE.bazel asks for, held against the lock: without a network, so that a test can do it anywhere.

pub mod check;
pub mod current;
pub mod error;
pub mod files;
pub mod local;
pub mod recipes;
pub mod report;
pub mod requests;
pub mod targets;
pub mod version_from;

pub use current::Prepared;
pub use error::RequestsError;
pub use local::LocalFile;
pub use report::{Change, LockReport};
pub use requests::{Requests, ToolRequest};
pub use targets::Target;
