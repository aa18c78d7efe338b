//! `lazytools airgap serve`.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};
use lazytools_airgap::bazel_version::BazelVersion;
use lazytools_airgap::serve::{self, Asked, CONFIG, CONFIG_FILE};
use lazytools_airgap::AirgapError;

/// Stands for the addresses that a bundle's downloads came from, on the loopback alone, and writes the file by which Bazel
/// asks it. It serves what was collected without a checksum, files of registries, and all other downloads of the bundle.
#[derive(clap::Args)]
#[command(after_help = "\
Build beside it, or by it:
  lazytools airgap serve /srv/bundle -- bazel build --config=airgap-serve //...
Exit status: that of the command; without one it serves until it is ended, as by Ctrl-C.")]
pub struct Arguments {
    /// The bundle.
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// The port on 127.0.0.1; 0 is any that is free.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// The file that says to Bazel where the server is, instead of airgap-serve.cfg in the workspace, which is what
    /// `install` names. It is written at the start.
    #[arg(long, value_name = "FILE")]
    downloader_config: Option<PathBuf>,
    /// The workspace.
    #[arg(long, env = "BUILD_WORKSPACE_DIRECTORY", default_value = ".", value_name = "DIR")]
    workspace: PathBuf,
    /// A command to run while it serves; it ends with it.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let (addresses, manifest) = serve::addresses(&arguments.bundle)?;
    let count = addresses.len();
    let serving = serve::start(addresses, arguments.port, missed)?;
    let config = arguments.downloader_config.clone().unwrap_or_else(|| arguments.workspace.join(CONFIG_FILE));
    let text = serve::downloader_config(serving.port());
    std::fs::write(&config, text).map_err(AirgapError::io("writing", &config))?;
    let config = Config(std::path::absolute(&config)?);
    eprintln!("lazytools: serving {count} addresses on http://127.0.0.1:{}", serving.port());
    if let [program, rest @ ..] = arguments.command.as_slice() {
        let status = Command::new(program).args(rest).status().with_context(|| format!("starting {program}"))?;
        // Bazel, which may go on in the background, is done with the build.
        let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
        return Ok(ExitCode::from(code));
    }
    eprintln!("lazytools: build with {}", how(&manifest.bazel, &config.0, arguments.downloader_config.is_none()));
    serving.wait();
    Ok(ExitCode::SUCCESS)
}

/// The flags to build with: short where `install` has written them.
fn how(bazel: &str, config: &Path, installed: bool) -> String {
    let flags = bazel.parse::<BazelVersion>().ok().map(serve::flags);
    let long = flags.map(|flags| format!("{} {}={}", flags.download, flags.config, config.display()));
    match (installed, long) {
        (true, Some(long)) => format!("--config={CONFIG}, or where the bundle is not installed: {long}"),
        (false, Some(long)) => long,
        (_, None) => format!("--config={CONFIG}"),
    }
}

fn missed(asked: &Asked) {
    if asked.status >= 400 {
        eprintln!("lazytools: {} for {}, which is not in the bundle", asked.status, asked.address);
    }
}

/// The file that says where the server is, which goes with it.
struct Config(PathBuf);

impl Drop for Config {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
