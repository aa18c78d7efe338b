//! Signatures, checked with `ring` and `minisign-verify`.

mod minisign;
mod npm;

pub use minisign::{check_bytes, check_file};
pub use npm::{check_by_keys, check_by_registry};
