//! A reader of zip archives, by their central directory.
//!
//! It is our own because several threads read one archive's members side by side, and because it must stay small
//! whatever the archive says: the `zip` crate keeps all that the directory holds, extra fields included, in memory.

mod directory;
mod member;

pub use directory::{Directory, Entry};
pub use member::{Inflater, MemberReader};

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
