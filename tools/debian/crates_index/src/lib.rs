//! The little of `crates-index` that cargo-bazel uses, for the Debian way only.
//!
//! The crate of that name (3.2) looks for Cargo's index in a folder whose name Cargo changed in 1.85
//! (<https://github.com/rust-lang/cargo/pull/14917>), so with a current Cargo cargo-bazel finds nothing.
//! It also brings a whole git implementation, more than half of cargo-bazel's compile time.

use std::path::{Path, PathBuf};
use std::{env, fmt, fs};

use serde::Deserialize;

/// Why an index could not be read.
#[derive(Debug)]
pub struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// An index's `config.json`: <https://doc.rust-lang.org/cargo/reference/registry-index.html#index-configuration>.
#[derive(Debug, Deserialize)]
pub struct IndexConfig {
    dl: String,
}

/// One published version of a crate, as an index describes it.
#[derive(Debug, Deserialize)]
pub struct Version {
    name: String,
    vers: String,
    cksum: String,
}

impl Version {
    /// The version's number.
    pub fn version(&self) -> &str {
        &self.vers
    }

    /// The SHA-256 of the crate's archive.
    pub fn checksum(&self) -> [u8; 32] {
        let mut digest = [0; 32];
        for (i, byte) in digest.iter_mut().enumerate() {
            let pair = self.cksum.get(2 * i..2 * i + 2).unwrap_or("00");
            *byte = u8::from_str_radix(pair, 16).unwrap_or(0);
        }
        digest
    }

    /// Where the crate's archive is.
    pub fn download_url(&self, config: &IndexConfig) -> Option<String> {
        const MARKERS: [&str; 5] = ["{crate}", "{version}", "{prefix}", "{lowerprefix}", "{sha256-checksum}"];
        if !MARKERS.iter().any(|marker| config.dl.contains(marker)) {
            return Some(format!("{}/{}/{}/download", config.dl, self.name, self.vers));
        }
        let prefix = prefix(&self.name);
        Some(
            config
                .dl
                .replace("{crate}", &self.name)
                .replace("{version}", &self.vers)
                .replace("{prefix}", &prefix)
                .replace("{lowerprefix}", &prefix.to_lowercase())
                .replace("{sha256-checksum}", &self.cksum),
        )
    }
}

/// All published versions of a crate.
#[derive(Debug)]
pub struct Crate(Vec<Version>);

impl Crate {
    /// The versions, in the index's order.
    pub fn versions(&self) -> &[Version] {
        &self.0
    }
}

/// What Cargo keeps of the sparse indexes that it has asked.
#[derive(Debug)]
pub struct SparseIndex {
    /// Folders of indexes, those of the wanted host first: behind a source replacement the crates are
    /// filed under the replacement's host.
    folders: Vec<PathBuf>,
}

impl SparseIndex {
    /// The index at `url`, as far as Cargo has it.
    pub fn from_url(url: &str) -> Result<Self, Error> {
        let host = url.split("://").nth(1).unwrap_or(url);
        let host = host.split(['/', ':']).next().unwrap_or(host);
        let indexes = cargo_home()?.join("registry/index");
        let mut folders: Vec<(bool, PathBuf)> = fs::read_dir(&indexes)
            .map_err(|e| Error(format!("{}: {e}", indexes.display())))?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|folder| folder.join("config.json").is_file())
            .map(|folder| {
                let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
                (name.rsplit_once('-').map(|(left, _)| left) != Some(host), folder)
            })
            .collect();
        folders.sort();
        Ok(Self { folders: folders.into_iter().map(|(_, folder)| folder).collect() })
    }

    /// The index's configuration.
    pub fn index_config(&self) -> Result<IndexConfig, Error> {
        let folder = self.folders.first().ok_or_else(|| Error("Cargo has no sparse index yet".into()))?;
        let file = folder.join("config.json");
        let text = fs::read(&file).map_err(|e| Error(format!("{}: {e}", file.display())))?;
        serde_json::from_slice(&text).map_err(|e| Error(format!("{}: {e}", file.display())))
    }

    /// A crate, from what Cargo has fetched.
    pub fn crate_from_cache(&self, name: &str) -> Result<Crate, Error> {
        let name = name.to_lowercase();
        let place = Path::new(".cache").join(prefix(&name)).join(&name);
        self.folders
            .iter()
            .find_map(|folder| fs::read(folder.join(&place)).ok())
            .map(|bytes| Crate(versions(&bytes)))
            .ok_or_else(|| Error(format!("Cargo has not fetched the index entry of {name}")))
    }
}

/// Registries in git are not for the Debian way.
#[derive(Debug)]
pub struct GitIndex;

impl GitIndex {
    /// Always an error.
    pub fn from_url(url: &str) -> Result<Self, Error> {
        Err(Error(format!("{url} is a registry in git; the Debian way of bazelw reads sparse ones only")))
    }

    /// Never reached.
    pub fn index_config(&self) -> Result<IndexConfig, Error> {
        Self::from_url("this").map(|_| unreachable!())
    }

    /// Never reached.
    pub fn crate_(&self, _name: &str) -> Option<Crate> {
        None
    }
}

/// Cargo's cache of an index entry is a short header, then `version NUL json NUL` over and over.
fn versions(cache: &[u8]) -> Vec<Version> {
    cache
        .split(|byte| *byte == 0)
        .filter(|field| field.first() == Some(&b'{'))
        .filter_map(|field| serde_json::from_slice(field).ok())
        .collect()
}

/// The folder in which an index files a crate.
fn prefix(name: &str) -> String {
    match name.len() {
        1 => "1".into(),
        2 => "2".into(),
        3 => format!("3/{}", &name[..1]),
        _ => format!("{}/{}", &name[..2], &name[2..4]),
    }
}

fn cargo_home() -> Result<PathBuf, Error> {
    if let Some(folder) = env::var_os("CARGO_HOME") {
        return Ok(folder.into());
    }
    env::var_os("HOME")
        .map(|home| Path::new(&home).join(".cargo"))
        .ok_or_else(|| Error("neither CARGO_HOME nor HOME is set".into()))
}
