//! All package registries: each is found when it is first asked for.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;

use crate::cargo::Cargo;
use crate::client::Client;
use crate::deb::Deb;
use crate::error::FetchError;
use crate::golang::Golang;
use crate::maven::Maven;
use crate::memo::Memo;
use crate::npm::{Npm, NpmRegistry};
use crate::purl::{NpmPurl, Purl};
use crate::pypi::Pypi;
use crate::registry::{Ecosystem as _, Located, Release};

/// A registry, once it has been looked for.
type Found<T> = OnceLock<Result<T, FetchError>>;

/// The package registries as this machine and MODULE.bazel name them.
pub struct Registries {
    client: Client,
    workspace: PathBuf,
    declared: BTreeMap<String, String>,
    cargo: Found<Cargo>,
    deb: Found<Deb>,
    golang: Found<Golang>,
    maven: Found<Maven>,
    /// By scope: `.npmrc` may name a registry for each.
    npm: Memo<Result<Npm, FetchError>>,
    pypi: Found<Pypi>,
}

/// Calls one method of whichever ecosystem a purl belongs to.
macro_rules! ask {
    ($self:ident, $purl:ident, $method:ident) => {
        match $purl {
            Purl::Cargo(purl) => $self.cargo()?.$method(purl),
            Purl::Deb(purl) => $self.deb()?.$method(purl),
            Purl::Golang(purl) => $self.golang()?.$method(purl),
            Purl::Maven(purl) => $self.maven()?.$method(purl),
            Purl::Npm(purl) => $self.npm(purl)?.$method(purl),
            Purl::Pypi(purl) => $self.pypi()?.$method(purl),
        }
    };
}

impl Registries {
    /// `declared` are the base addresses of `lazy_tools.registry`, by purl type. The workspace is where configuration
    /// files of the ecosystems are looked for.
    pub fn new(client: Client, workspace: PathBuf, declared: BTreeMap<String, String>) -> Self {
        Self {
            client,
            workspace,
            declared,
            cargo: Found::new(),
            deb: Found::new(),
            golang: Found::new(),
            maven: Found::new(),
            npm: Memo::default(),
            pypi: Found::new(),
        }
    }

    /// See [`crate::registry::Ecosystem::locate`].
    pub fn locate(&self, purl: &Purl) -> Result<Located, FetchError> {
        ask!(self, purl, locate)
    }

    /// See [`crate::registry::Ecosystem::addresses`].
    pub fn addresses(&self, purl: &Purl) -> Result<Vec<String>, FetchError> {
        ask!(self, purl, addresses)
    }

    /// See [`crate::registry::Ecosystem::releases`].
    pub fn releases(&self, package: &Purl) -> Result<Vec<Release>, FetchError> {
        ask!(self, package, releases)
    }

    /// See [`crate::registry::Ecosystem::licence`].
    pub fn licence(&self, purl: &Purl) -> Result<Option<String>, FetchError> {
        ask!(self, purl, licence)
    }

    fn declared(&self, ty: &str) -> Option<&str> {
        self.declared.get(ty).map(String::as_str)
    }

    fn cargo(&self) -> Result<&Cargo, FetchError> {
        let find = || Cargo::find(self.declared("cargo"), &self.workspace, self.client.clone());
        self.cargo.get_or_init(find).as_ref().map_err(Clone::clone)
    }

    fn deb(&self) -> Result<&Deb, FetchError> {
        let find = || Deb::find(self.declared("deb"), &self.workspace, self.client.clone());
        self.deb.get_or_init(find).as_ref().map_err(Clone::clone)
    }

    fn golang(&self) -> Result<&Golang, FetchError> {
        let find = || Golang::find(self.declared("golang"), &self.workspace, self.client.clone());
        self.golang.get_or_init(find).as_ref().map_err(Clone::clone)
    }

    fn maven(&self) -> Result<&Maven, FetchError> {
        let find = || Maven::find(self.declared("maven"), self.client.clone());
        self.maven.get_or_init(find).as_ref().map_err(Clone::clone)
    }

    /// The npm registry that a package is in.
    pub fn npm(&self, purl: &NpmPurl) -> Result<Npm, FetchError> {
        self.npm.get(purl.scope().unwrap_or_default().to_owned(), || {
            let registry = NpmRegistry::find(purl.scope(), self.declared("npm"), &self.workspace)?;
            Ok(Npm { registry, client: self.client.clone() })
        })
    }

    fn pypi(&self) -> Result<&Pypi, FetchError> {
        let find = || Pypi::find(self.declared("pypi"), self.client.clone());
        self.pypi.get_or_init(find).as_ref().map_err(Clone::clone)
    }
}
