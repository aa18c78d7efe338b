//! Moments as registries write them.

use std::time::SystemTime;

/// A moment such as `2026-01-31T12:00:00.123Z`; `None` where it is none, or names a time zone.
pub(crate) fn rfc3339(text: &str) -> Option<SystemTime> {
    humantime::parse_rfc3339(text.trim()).ok()
}
