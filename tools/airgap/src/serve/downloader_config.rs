//! The configuration by which Bazel asks a server on the loopback for all that it downloads.

use crate::bazel_version::BazelVersion;

use super::PREFIX;

/// The `--config` by which a build uses the server.
pub const CONFIG: &str = "airgap-serve";
/// The file that says where the server is, in the workspace, where Bazel looks for it.
pub const CONFIG_FILE: &str = "airgap-serve.cfg";

/// The text of the file for a server on a port: Bazel gives the rewriter all of an address but its scheme.
pub fn downloader_config(port: u16) -> String {
    format!(
        "# Written by `lazytools airgap serve`: all downloads are asked of it.\n\
         rewrite (.*) http://127.0.0.1:{port}{PREFIX}$1\n"
    )
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
    fn each_bazel_has_its_flag() {
        assert_eq!(flags(BazelVersion::new(8, 1, 1)).config, "--experimental_downloader_config");
        assert_eq!(flags(BazelVersion::new(8, 2, 0)).config, "--downloader_config");
        assert!(downloader_config(81).ends_with("\nrewrite (.*) http://127.0.0.1:81/from/$1\n"));
    }
}
