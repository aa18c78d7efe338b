//! `lazytools airgap bundle`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use indicatif::HumanBytes;
use lazytools_airgap::bundle::{is_packed, write, Link, Options, Watch};
use lazytools_airgap::collection::Folder;
use lazytools_airgap::programs::{bazelisk_home, of_bazelisk, BazelProgram, Programs};
use lazytools_airgap::signature::Signer;

use super::password::Password;
use super::progress::Bytes;
use super::summary::not_included;

/// The bundle is a folder: `repository_cache` and `registries` in Bazel's own layouts, and `manifest.json`, which says of
/// each file where it came from and what needs it. Same collection, same bytes. A run that was interrupted goes on
/// where it was when it is started again; the manifest comes last. A name that ends in .tar.zst makes it one file.
#[derive(clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "they are flags")]
pub struct Arguments {
    /// What `lazytools airgap collect -o` has written.
    #[arg(value_name = "COLLECTION")]
    collection: PathBuf,
    /// The bundle: a folder, or a file whose name ends in .tar.zst. Where an earlier bundle is in the folder, only what is
    /// new is written, and what is not needed any more is removed.
    #[arg(short, long, value_name = "DIR|FILE.tar.zst")]
    output: PathBuf,
    /// Writes only what this manifest of an earlier bundle does not list. The result is to be copied over that bundle.
    #[arg(long, value_name = "MANIFEST")]
    since: Option<PathBuf>,
    /// Links to the collection's files instead of copying them, where both are on one file system.
    #[arg(long)]
    hard_links: bool,
    /// Also has the downloads under their own names, in numbered folders for --distdir.
    #[arg(long)]
    distdirs: bool,
    /// Signs the manifest with this secret key of minisign. Of an encrypted one the password is asked on the terminal, if
    /// no other place is named. The signature has something random in it; all else is the same each time.
    #[arg(long, value_name = "KEY")]
    sign: Option<PathBuf>,
    #[command(flatten)]
    password: Password,
    /// Takes this Bazel along, for bazelisk; MACHINE, as in linux-arm64, if it is not for one like this. May be repeated.
    /// Without it, the one that bazelisk has downloaded here, if there is one of the version that was collected with.
    #[arg(long, value_name = "[MACHINE=]FILE", conflicts_with = "no_bazel")]
    bazel_binary: Vec<BazelProgram>,
    /// Leaves Bazel itself out.
    #[arg(long)]
    no_bazel: bool,
    /// Leaves lazytools itself out.
    #[arg(long)]
    no_lazytools: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let folder = Folder::new(&arguments.collection);
    let (programs, has_bazel) = programs(arguments, &folder)?;
    let signer = arguments.sign.as_ref().map(|key| Signer::read(key, || arguments.password.read(key)));
    let signer = signer.transpose()?;
    let options = Options {
        since: arguments.since.as_deref(),
        link: if arguments.hard_links { Link::Hard } else { Link::Copy },
        distdirs: arguments.distdirs,
        extras: &programs.extras,
        signer: signer.as_ref(),
        ..Options::new(&folder, &arguments.output)
    };
    let progress = Bytes::new();
    let outcome = write(&options, &progress);
    progress.finish();
    let (manifest, written) = outcome?;
    print!("{}: {} files written ({})", arguments.output.display(), written.files, HumanBytes(written.bytes));
    if !is_packed(&arguments.output) {
        print!(", {} were there, {} removed", written.kept, written.removed);
    }
    if manifest.since.is_some() {
        print!(", {} are in the earlier bundle", written.earlier);
    }
    println!("{}", signer.map(|signer| format!(", signed by the key {}", signer.public().id())).unwrap_or_default());
    if !has_bazel && !arguments.no_bazel {
        println!(
            "Bazel itself is not in it: bazelisk has none of {} here, and --bazel-binary names none",
            manifest.bazel
        );
    }
    print!("{}", not_included(&manifest.not_included));
    Ok(ExitCode::SUCCESS)
}

/// The programs that go along, and whether Bazel is among them.
fn programs(arguments: &Arguments, folder: &Folder) -> Result<(Programs, bool)> {
    let (mut programs, version) = (Programs::default(), folder.read()?.bazel);
    let home = bazelisk_home(|name| std::env::var_os(name)).filter(|_| !arguments.no_bazel);
    let found = match home.filter(|_| arguments.bazel_binary.is_empty()) {
        Some(home) => of_bazelisk(&home, &version)?,
        None => None,
    };
    for program in arguments.bazel_binary.iter().chain(&found) {
        programs.add_bazel(program, &version)?;
    }
    let has_bazel = !programs.extras.is_empty();
    if !arguments.no_lazytools {
        programs.add_lazytools()?;
    }
    Ok((programs, has_bazel))
}

impl Watch for Bytes {
    fn begin(&self, bytes: u64, _: usize) {
        self.set_total(bytes);
    }

    fn done(&self, bytes: u64) {
        self.add(bytes);
    }
}
