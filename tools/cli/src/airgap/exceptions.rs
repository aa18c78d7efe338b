//! The flags of `lazytools airgap collect` for what no repository cache can hold.

use clap::ValueEnum;
use lazytools_airgap::collect::{Exceptions, Git, Vendor};

#[derive(Clone, Copy, Debug, ValueEnum)]
enum GitFlag {
    /// As Bazel made it: git is not started on the other side.
    Vendor,
    /// A bare repository that git on the other side fetches from.
    Mirror,
}

/// What no repository cache can hold.
#[derive(clap::Args)]
#[group(id = "exceptions")]
#[command(next_help_heading = "What no repository cache can hold")]
pub struct ExceptionArguments {
    /// Takes a repository along as Bazel made it here, by its canonical or own name; `*` stands for anything. Those with a
    /// download without a checksum, and those that git fetches, are taken without being named. Name one that starts a
    /// program which downloads. May be repeated.
    #[arg(long, value_name = "REPOSITORY", conflicts_with = "no_vendor")]
    vendor: Vec<String>,
    /// Takes no repository along as Bazel made it.
    #[arg(long)]
    no_vendor: bool,
    /// How repositories are taken that git fetches. What extensions fetch by git is mirrored in any case.
    #[arg(long, value_enum, default_value = "vendor")]
    git: GitFlag,
    /// Takes the bytes of all downloads without a checksum, for `lazytools airgap serve`, and not just of those that
    /// extensions make. Nothing vouches for them but that they came when this ran.
    #[arg(long)]
    replay: bool,
}

impl ExceptionArguments {
    pub fn options(&self) -> Exceptions {
        let vendor = if self.no_vendor { Vendor::None } else { Vendor::Needed { and: self.vendor.clone() } };
        let git = match self.git {
            GitFlag::Vendor => Git::Vendor,
            GitFlag::Mirror => Git::Mirror,
        };
        Exceptions { vendor, git, replay_all: self.replay }
    }
}
