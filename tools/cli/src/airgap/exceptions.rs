//! The flags of `lazytools airgap collect` for what no repository cache can hold.

use std::path::Path;

use anyhow::Result;
use clap::ValueEnum;
use lazytools_airgap::collect::{Exceptions, Git, Vendor};
use lazytools_airgap::collection::{Collection, Folder};
use lazytools_airgap::manifest::FileKind;
use lazytools_airgap::replay::Index;

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

/// What was taken along of that which no repository cache can hold, and how far it can be trusted.
pub fn taken(collection: &Collection, output: &Path) -> Result<String> {
    let mut lines = Vec::new();
    let trees = |kind: FileKind| collection.trees.iter().filter(move |tree| tree.kind == kind);
    if trees(FileKind::Vendored).next().is_some() {
        lines.push(
            "\nTaken along as Bazel made them here, so that their rules do not run on the other side:".to_owned(),
        );
        lines.extend(trees(FileKind::Vendored).flat_map(|tree| &tree.needed_by).map(|who| format!("  {who}")));
    }
    if trees(FileKind::Git).next().is_some() {
        lines.push("\nMirrored for git:".to_owned());
        lines.extend(trees(FileKind::Git).flat_map(|tree| &tree.sources).map(|url| format!("  {url}")));
    }
    if let Some(index) = Index::of(&Folder::new(output).path().join("trees"))? {
        lines.push(
            "\nTaken along as they came just now; nothing else vouches for them. They need `lazytools airgap serve` on the \
             other side:"
                .to_owned(),
        );
        lines.extend(index.downloads.iter().map(|(url, replay)| format!("  {} {url}", replay.sha256)));
    }
    // Each line has its end.
    lines.push(String::new());
    Ok(lines.join("\n"))
}

/// What to do on the other side about downloads that are served; nothing where there are none.
pub fn how_to_build(has_replays: bool, bundle: &Path) -> Option<String> {
    has_replays.then(|| {
        format!(
            "Downloads without a checksum are served. Where they are needed, build with:\n\n  lazytools airgap serve {} -- bazel \
             build --config={} //...\n",
            bundle.display(),
            lazytools_airgap::serve::CONFIG
        )
    })
}
