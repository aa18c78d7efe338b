//! Which Bazel is in use, as far as it matters to a bundle.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::AirgapError;

/// A released Bazel, or one of a distribution: `7.7.1`, `9.0.0rc5`, `7.7.1+ds`. What follows the numbers is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BazelVersion {
    major: u32,
    minor: u32,
    patch: u32,
}

impl BazelVersion {
    /// The oldest that is known: before it the lock file held no digests of registry files.
    pub const OLDEST: Self = Self::new(7, 2, 0);
    /// The first that nothing is known about.
    pub const UNKNOWN: Self = Self::new(10, 0, 0);

    /// A version.
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { major, minor, patch }
    }

    /// The version in what `bazel --version` prints.
    pub fn from_output(output: &str) -> Result<Self, AirgapError> {
        let mut words = output.lines().next().unwrap_or_default().split_ascii_whitespace();
        let found = words.find_map(|word| word.parse().ok());
        found.ok_or_else(|| {
            AirgapError::BazelVersion(format!(
                "`bazel --version` printed {:?}, which names no version: say which it is, as in --bazel-version=8.4.2",
                output.trim()
            ))
        })
    }

    /// This version, if it is one that bundles are known to work with.
    pub fn supported(self) -> Result<Self, AirgapError> {
        if self < Self::OLDEST {
            return Err(AirgapError::BazelVersion(format!(
                "Bazel {self} is older than {}, the first whose downloads can all be told: use a newer one, by \
                 .bazelversion or --bazel",
                Self::OLDEST
            )));
        }
        if self >= Self::UNKNOWN {
            return Err(AirgapError::BazelVersion(format!(
                "Bazel {self} is newer than this lazytools, which knows Bazel up to 9: use a newer lazytools, or an older \
                 Bazel by .bazelversion or --bazel"
            )));
        }
        Ok(self)
    }

    /// Whether Bazel keeps fetched repositories in a cache of their own, which needs a lock file beside it and so does
    /// not go with a bundle that cannot be written to.
    pub fn has_repo_contents_cache(self) -> bool {
        self >= Self::new(8, 3, 0)
    }

    /// Whether the flag that names a downloader's configuration is no experiment any more.
    pub fn has_downloader_config(self) -> bool {
        self >= Self::new(8, 2, 0)
    }

    /// Whether Bazel tries failed downloads again by default, which in an air gap only takes time.
    pub fn retries_downloads(self) -> bool {
        self >= Self::new(8, 0, 0)
    }

    /// The versions of MODULE.bazel.lock that it may have written. They only grow, and some releases' are known: 7.7.1
    /// writes 13 or 14, 8.4.2 writes 18, 8.7.0 writes 24, 9.0.0 and 9.1.1 write 26, 9.2.0 writes 28. In between the
    /// bounds are as wide as that leaves them: what is outside is certainly of another Bazel.
    pub fn lock_versions(self) -> RangeInclusive<u64> {
        match (self.major, self.minor) {
            (..=7, _) => 0..=14,
            (8, ..=3) => 15..=18,
            (8, 4) => 15..=24,
            (8, ..=6) => 18..=24,
            (8, _) => 24..=25,
            (9, ..=1) => 26..=27,
            (9.., _) => 28..=u64::MAX,
        }
    }
}

impl fmt::Display for BazelVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl FromStr for BazelVersion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parse = || {
            let mut parts = text.splitn(3, '.');
            let (major, minor, patch) = (parts.next()?, parts.next()?, parts.next()?);
            let digits = patch.find(|c: char| !c.is_ascii_digit()).unwrap_or(patch.len());
            let after = &patch[digits..];
            if after.starts_with(['.']) {
                return None;
            }
            Some(Self::new(major.parse().ok()?, minor.parse().ok()?, patch[..digits].parse().ok()?))
        };
        parse().ok_or_else(|| format!("{text:?} is no version of Bazel: it is of the form 8.4.2"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_bazel_prints() {
        let version = |text| BazelVersion::from_output(text).map(|version| version.to_string());
        assert_eq!(version("bazel 7.7.1\n").unwrap(), "7.7.1");
        assert_eq!(version("bazel 9.0.0rc5").unwrap(), "9.0.0");
        assert_eq!(version("bazel 7.7.1+ds (@non-git)").unwrap(), "7.7.1");
        assert_eq!(version("bazel 7.7.1- (@non-git)").unwrap(), "7.7.1");
        let error = version("bazel no_version\n").unwrap_err().to_string();
        assert!(error.contains("--bazel-version=8.4.2") && error.ends_with("(LT705)"), "{error}");
        assert!("7.7".parse::<BazelVersion>().is_err());
        assert!("7.7.1.2".parse::<BazelVersion>().is_err());
    }

    #[test]
    fn too_old_and_too_new_are_refused() {
        let error = BazelVersion::new(7, 1, 2).supported().unwrap_err().to_string();
        assert!(error.starts_with("Bazel 7.1.2 is older than 7.2.0"), "{error}");
        let error = BazelVersion::new(10, 0, 0).supported().unwrap_err().to_string();
        assert!(error.starts_with("Bazel 10.0.0 is newer than this lazytools"), "{error}");
        assert!(BazelVersion::new(9, 2, 0).supported().is_ok());
    }

    #[test]
    fn what_differs() {
        let (seven, eight, later) =
            (BazelVersion::new(7, 7, 1), BazelVersion::new(8, 2, 1), BazelVersion::new(8, 3, 0));
        assert!(!seven.retries_downloads() && eight.retries_downloads());
        assert!(!eight.has_repo_contents_cache() && later.has_repo_contents_cache());
        assert!(seven.lock_versions().contains(&13) && !seven.lock_versions().contains(&18));
        assert!(later.lock_versions().contains(&18) && !later.lock_versions().contains(&24));
        let of = |minor| BazelVersion::new(9, minor, 0).lock_versions();
        assert!(of(1).contains(&26) && !of(1).contains(&28) && of(2).contains(&28) && !of(2).contains(&26));
    }
}
