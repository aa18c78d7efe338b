//! The configuration by which Bazel asks a server on the loopback for all that it downloads.

use std::path::Path;

use crate::bazel_version::BazelVersion;
use crate::{AirgapError, Result};

use super::PREFIX;

/// The `--config` by which a build uses the server.
pub const CONFIG: &str = "airgap-serve";
/// The file that says where the server is, in the workspace, where Bazel looks for it.
pub const CONFIG_FILE: &str = "airgap-serve.cfg";

const FIRST: &str = "# Written by `lazytools airgap serve`: all downloads are asked of it.";

/// The text of the file for a server on a port: Bazel gives the rewriter all of an address but its scheme.
pub fn downloader_config(port: u16) -> String {
    format!("{FIRST}\nrewrite (.*) http://127.0.0.1:{port}{PREFIX}$1\n")
}

/// Writes the file for a server on a port, unless somebody else's stands there.
pub fn write(path: &Path, port: u16) -> Result<()> {
    if std::fs::read_to_string(path).is_ok_and(|text| !text.starts_with(FIRST)) {
        let message =
            "is not written by `lazytools airgap serve`: name another file with --downloader-config".to_owned();
        return Err(AirgapError::Fragment { path: path.to_owned(), message });
    }
    std::fs::write(path, downloader_config(port)).map_err(AirgapError::io("writing", path))
}

/// Removes the file from a workspace, if a server that was ended has left it there.
pub fn remove(workspace: &Path) -> Result<()> {
    let path = workspace.join(CONFIG_FILE);
    if std::fs::read_to_string(&path).is_ok_and(|text| text.starts_with(FIRST)) {
        std::fs::remove_file(&path).map_err(AirgapError::io("removing", &path))?;
    }
    Ok(())
}

/// The flags of a Bazel that asks a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flags {
    /// Downloads are wanted again where a fragment forbids them.
    pub download: &'static str,
    /// The name of the flag that names the file.
    pub config: &'static str,
}

/// The flags of a Bazel.
pub fn flags(version: BazelVersion) -> Flags {
    let config =
        if version.has_downloader_config() { "--downloader_config" } else { "--experimental_downloader_config" };
    Flags { download: "--norepository_disable_download", config }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_file_is_removed() {
        let lab = tempfile::tempdir().unwrap();
        remove(lab.path()).unwrap();
        let path = lab.path().join(CONFIG_FILE);
        std::fs::write(&path, "block *\n").unwrap();
        remove(lab.path()).unwrap();
        assert!(path.exists());
        let error = write(&path, 1).unwrap_err().to_string();
        assert!(error.ends_with(
            "is not written by `lazytools airgap serve`: name another file with --downloader-config (LT712)"
        ));
        std::fs::remove_file(&path).unwrap();
        write(&path, 1).unwrap();
        write(&path, 2).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), downloader_config(2));
        remove(lab.path()).unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn each_bazel_has_its_flag() {
        assert_eq!(flags(BazelVersion::new(8, 1, 1)).config, "--experimental_downloader_config");
        assert_eq!(flags(BazelVersion::new(8, 2, 0)).config, "--downloader_config");
        assert!(downloader_config(81).ends_with("\nrewrite (.*) http://127.0.0.1:81/from/$1\n"));
    }
}
