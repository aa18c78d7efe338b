//! Signatures, checked with `ring`, `minisign-verify` and `gpgv`.

mod minisign;
mod npm;
mod openpgp;

pub use minisign::{check_bytes, check_file};
pub use npm::{check_by_keys, check_by_registry};
pub use openpgp::check_openpgp;
