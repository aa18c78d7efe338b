//! All package registries: each is found when it is first asked for.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;

use crate::client::Client;
use crate::error::FetchError;
use crate::npm::{Npm, NpmRegistry};
use crate::purl::Purl;
use crate::registry::{Ecosystem as _, Located, Release};

/// The package registries as this machine and MODULE.bazel name them.
pub struct Registries {
    client: Client,
    workspace: PathBuf,
    declared: BTreeMap<String, String>,
    npm: OnceLock<Result<Npm, FetchError>>,
}

impl Registries {
    /// `declared` are the base addresses of `lazy_tools.registry`, by purl type. The workspace is where configuration
    /// files of the ecosystems are looked for.
    pub fn new(client: Client, workspace: PathBuf, declared: BTreeMap<String, String>) -> Self {
        Self { client, workspace, declared, npm: OnceLock::new() }
    }

    /// See [`crate::registry::Ecosystem::locate`].
    pub fn locate(&self, purl: &Purl) -> Result<Located, FetchError> {
        match purl {
            Purl::Npm(purl) => self.npm()?.locate(purl),
        }
    }

    /// See [`crate::registry::Ecosystem::addresses`].
    pub fn addresses(&self, purl: &Purl) -> Result<Vec<String>, FetchError> {
        match purl {
            Purl::Npm(purl) => self.npm()?.addresses(purl),
        }
    }

    /// See [`crate::registry::Ecosystem::releases`].
    pub fn releases(&self, package: &Purl) -> Result<Vec<Release>, FetchError> {
        match package {
            Purl::Npm(purl) => self.npm()?.releases(purl),
        }
    }

    /// See [`crate::registry::Ecosystem::licence`].
    pub fn licence(&self, purl: &Purl) -> Result<Option<String>, FetchError> {
        match purl {
            Purl::Npm(purl) => self.npm()?.licence(purl),
        }
    }

    fn npm(&self) -> Result<&Npm, FetchError> {
        let found = self.npm.get_or_init(|| {
            let registry = NpmRegistry::find(self.declared.get("npm").map(String::as_str), &self.workspace)?;
            Ok(Npm { registry, client: self.client.clone() })
        });
        found.as_ref().map_err(Clone::clone)
    }
}
