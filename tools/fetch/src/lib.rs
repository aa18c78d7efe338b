//! HTTP, package registries, checksum sources, retries and a content-addressed store.
//!
//! Nothing that runs inside a build action may depend on this crate.

mod address;
mod auth;
pub mod bazelrc;
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
mod header;
pub mod helper;
mod links;
mod machine;
pub mod maven;
pub mod member;
pub mod memo;
pub mod npm;
mod npmrc;
mod partial;
mod proxy;
pub mod purl;
pub mod pypi;
pub mod redact;
pub mod registries;
pub mod registry;
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
pub use purl::{NpmPurl, Purl};
pub use registries::Registries;
pub use registry::{Ecosystem, Located, Release};
pub use store::Store;
