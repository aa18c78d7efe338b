//! HTTP, package registries, checksum sources, retries and a content-addressed store.
//!
//! Nothing that runs inside a build action may depend on this crate.

mod address;
mod auth;
pub mod bazelrc;
pub mod checksums;
pub mod client;
pub mod digests;
pub mod download;
pub mod error;
pub mod helper;
pub mod member;
pub mod npm;
mod npmrc;
mod partial;
mod proxy;
pub mod purl;
pub mod redact;
mod remembered;
mod resolver;
pub mod retry;
pub mod signature;
pub mod store;
pub mod timestamp;

pub use client::{Client, ClientOptions};
pub use digests::{Digests, FileFacts};
pub use error::{FetchError, Reason};
pub use helper::HelperFlag;
pub use npm::{Npm, NpmRegistry};
pub use purl::NpmPurl;
pub use store::Store;
