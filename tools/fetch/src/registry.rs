//! What package registries have in common: where an artifact is, and which releases a package has.

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::time::SystemTime;

use lazytools_lock::step::DigestAlgorithm;
use lazytools_lock::Integrity;

use crate::error::FetchError;
use crate::npm::Signed;

/// A package registry with a client to ask it.
pub trait Ecosystem {
    /// Its package URLs.
    type Purl;

    /// Where a purl's file is, and what the registry publishes of it. Asks the registry.
    fn locate(&self, purl: &Self::Purl) -> Result<Located, FetchError>;

    /// Where a purl's file is, for who knows its digest already: without asking the registry, where the address needs
    /// no look-up. Default: as [`Ecosystem::locate`].
    fn addresses(&self, purl: &Self::Purl) -> Result<Vec<String>, FetchError> {
        Ok(self.locate(purl)?.addresses)
    }

    /// All releases of a purl's package, sorted by the text of their versions; the purl's own version does not matter.
    fn releases(&self, package: &Self::Purl) -> Result<Vec<Release>, FetchError>;

    /// The licence that upstream declares, as upstream writes it (an SPDX expression, where the ecosystem has these);
    /// `None` where it declares none, or publishes it only inside the artifact. May cost a request of its own.
    fn licence(&self, purl: &Self::Purl) -> Result<Option<String>, FetchError> {
        Ok(self.locate(purl)?.licence)
    }
}

/// What a registry says of an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The purl as the lock records it: canonical, its version exact, no host in it.
    pub purl: String,
    /// Where the file is, the first one first. Never empty.
    pub addresses: Vec<String>,
    /// The digest that the registry publishes, where it is strong enough to pin with.
    pub integrity: Option<Integrity>,
    /// Digests that are too weak to pin with. A download that differs from one is refused all the same.
    pub weak: BTreeMap<DigestAlgorithm, Vec<u8>>,
    /// How many bytes the registry says that the file has.
    pub size: Option<NonZeroU64>,
    /// The licence, where the answer held it; see [`Ecosystem::licence`].
    pub licence: Option<String>,
    /// What the registry has signed; only npm's do.
    pub signed: Signed,
}

/// A version that a package was released in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The version, as a purl of this ecosystem names it.
    pub version: String,
    /// When it was published; `None` where the registry does not say.
    pub published: Option<SystemTime>,
    /// Whether upstream took it back: yanked (Python, cargo), deprecated (npm), retracted (Go).
    pub yanked: bool,
}
