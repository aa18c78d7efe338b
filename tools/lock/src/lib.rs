//! The data model of `rules_lazytools`.
//!
//! Everything here is parsed once and cannot hold a bad value afterwards: a digest, a platform, a path inside a
//! cache. There is no I/O in this crate, so both sides use it: what pins (with a network) and what runs inside an
//! action (without one).

pub mod artifact;
pub mod artifact_slot;
pub mod cache_path;
pub mod format;
pub mod integrity;
pub mod licence;
pub mod lock;
pub mod lock_text;
pub mod manifest;
pub mod mode;
pub mod name;
pub mod plan;
pub mod platform;
pub mod provenance;
pub mod recipe;
pub mod run_spec;
pub mod step;

pub use artifact::{Artifact, Source};
pub use artifact_slot::ArtifactSlot;
pub use cache_path::CachePath;
pub use format::Format;
pub use integrity::{Algorithm, Integrity};
pub use licence::Licence;
pub use lock::{Access, AccessMode, Environment, Lock, Part, Reach, RecipeRef, Request, RuntimeFile, Tool};
pub use lock_text::LockError;
pub use manifest::{Entry, EntryKind, Manifest};
pub use mode::FileMode;
pub use name::Name;
pub use plan::{Plan, PlanArtifact, PlanPart, Role};
pub use platform::Platform;
pub use provenance::{Provenance, SignatureKind, SignedThing};
pub use run_spec::{CacheSpec, RunSpec};
pub use step::{DigestText, Encoding, Step, TextPart};
