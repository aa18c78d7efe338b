//! `lazytools airgap serve` in the jail, where nothing else is to be reached.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use lazytools_jail::traffic::Seen;

use super::report::Served;
use crate::bazel_version::BazelVersion;
use crate::serve::{self, Serving, CONFIG_FILE};
use crate::{AirgapError, Result};

/// Serves until it is dropped.
pub struct Replay {
    serving: Serving,
    config: PathBuf,
    flags: serve::Flags,
}

impl Replay {
    /// Begins, in the network namespace of this thread. The file by which Bazel asks it is made in a folder.
    pub fn start(bundle: &Path, folder: &Path, version: BazelVersion) -> Result<Self> {
        let (addresses, _) = serve::addresses(bundle)?;
        let serving = serve::start(addresses, 0, |_| {})?;
        let config = folder.join(CONFIG_FILE);
        fs::write(&config, serve::downloader_config(serving.port())).map_err(AirgapError::io("writing", &config))?;
        Ok(Self { serving, config, flags: serve::flags(version) })
    }

    /// The flags by which Bazel asks it.
    pub fn flags(&self) -> [String; 2] {
        [self.flags.download.to_owned(), format!("{}={}", self.flags.config, self.config.display())]
    }

    /// Ends, and says what was asked for.
    pub fn served(self, seen: &Seen) -> Served {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.serving.port()));
        let asked = self.serving.asked();
        let missed = asked.iter().filter(|one| one.status >= 400).map(|one| one.address.clone());
        Served {
            address,
            connections: seen.connections.get(&address).map_or(0, |tried| tried.times),
            requests: asked.len() as u64,
            missed: missed.collect(),
        }
    }
}
