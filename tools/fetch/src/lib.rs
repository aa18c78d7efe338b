//! HTTP, package registries, checksum sources, retries and a content-addressed store.
//!
//! Nothing that runs inside a build action may depend on this crate.

mod auth;
pub mod cargo;
pub mod checksums;
pub mod client;
mod dates;
pub mod deb;
pub mod digests;
pub mod download;
pub mod error;
pub mod github;
pub mod golang;
mod links;
mod machine;
pub mod maven;
pub mod member;
pub mod memo;
pub mod npm;
pub mod npmrc;
pub mod purl;
pub mod pypi;
pub mod redact;
pub mod registries;
pub mod registry;
mod resolver;
pub mod retry;
pub mod store;

pub use client::{Client, ClientOptions};
pub use digests::{Digests, FileFacts};
pub use error::{FetchError, Reason};
pub use npm::{Npm, NpmRegistry};
pub use purl::{NpmPurl, Purl};
pub use registries::Registries;
pub use registry::{Ecosystem, Located, Release};
pub use store::Store;
