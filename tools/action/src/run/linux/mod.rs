//! Running a tool on Linux: two processes of this program around it.
//!
//! The outer one stays outside of all namespaces. It forwards signals, and removes the private folder whatever becomes
//! of the others. The inner one enters the namespaces, starts the tool, watches it, and ends all that it started. Each
//! ends the tool when the other is killed.

mod filter;
mod guard;
mod inner;
mod mounts;
mod notify;
mod outer;
mod patience;

pub use outer::{end_by, run};
