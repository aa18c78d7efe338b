//! Programs that the other side needs: Bazel itself as bazelisk keeps it, and `lazytools` itself.

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use lazytools_lock::CachePath;
use tempfile::TempDir;

use crate::bundle::Extra;
use crate::digest::{Algorithm, Digest};
use crate::files;
use crate::manifest::{FileKind, Manifest, BAZELISK};
use crate::{AirgapError, Result};

/// Whose Bazel bazelisk takes where a version names nobody.
const FORK: &str = "bazelbuild";

/// A machine, as bazelisk names it: `linux-x86_64`, `darwin-arm64`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine(String);

impl Machine {
    /// This one.
    pub fn host() -> Self {
        let os = if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS };
        let arch = if cfg!(target_arch = "aarch64") { "arm64" } else { std::env::consts::ARCH };
        Self(format!("{os}-{arch}"))
    }

    fn program(&self) -> &'static str {
        if self.0.starts_with("windows-") {
            "bazel.exe"
        } else {
            "bazel"
        }
    }
}

impl FromStr for Machine {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let known = ["linux", "darwin", "windows"]
            .iter()
            .any(|os| text.strip_prefix(os).is_some_and(|rest| matches!(rest, "-x86_64" | "-arm64")));
        known
            .then(|| Self(text.to_owned()))
            .ok_or_else(|| format!("{text:?} is no machine: it is linux, darwin or windows, then -x86_64 or -arm64"))
    }
}

/// Bazel's own program: `FILE`, or `MACHINE=FILE` where it is for another machine than this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BazelProgram {
    machine: Machine,
    file: PathBuf,
}

impl FromStr for BazelProgram {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let named = text.split_once('=').and_then(|(machine, file)| Some((machine.parse().ok()?, file)));
        let (machine, file) = named.unwrap_or_else(|| (Machine::host(), text));
        Ok(Self { machine, file: file.into() })
    }
}

/// Files that go into a bundle, and the folder that some of them are made in.
#[derive(Debug, Default)]
pub struct Programs {
    /// The files.
    pub extras: Vec<Extra>,
    made: Vec<TempDir>,
}

impl Programs {
    /// Adds Bazel in bazelisk's layout, so that bazelisk takes it for this version.
    pub fn add_bazel(&mut self, program: &BazelProgram, version: &str) -> Result<()> {
        let facts =
            files::facts(Algorithm::Sha256, &program.file).map_err(AirgapError::io("reading", &program.file))?;
        if facts.size == 0 {
            let message = "it is empty, and no Bazel: name the program itself".to_owned();
            return Err(AirgapError::Program { path: program.file.clone(), message });
        }
        let (digits, machine) = (facts.sha256.hex(), &program.machine);
        let folder = tempfile::tempdir().map_err(AirgapError::io("making", std::env::temp_dir()))?;
        let text = folder.path().join("sha256");
        // Bazelisk takes the whole text for the digest: no line's end.
        let written = fs::File::create(&text).and_then(|mut file| file.write_all(digits.as_bytes()));
        written.map_err(AirgapError::io("writing", &text))?;
        let name = format!("bazel-{version}-{}", machine.0);
        self.add(format!("{BAZELISK}/downloads/metadata/{FORK}/{name}"), text, FileKind::Bazel, false)?;
        let path = format!("{BAZELISK}/downloads/sha256/{digits}/bin/{}", machine.program());
        self.add(path, program.file.clone(), FileKind::Bazel, true)?;
        self.made.push(folder);
        Ok(())
    }

    /// Adds this very program.
    pub fn add_lazytools(&mut self) -> Result<()> {
        let program = std::env::current_exe().map_err(AirgapError::io("finding", "lazytools"))?;
        let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
        let path = format!("tools/{os}_{arch}/lazytools{}", std::env::consts::EXE_SUFFIX);
        self.add(path, program, FileKind::Lazytools, true)
    }

    fn add(&mut self, path: String, source: PathBuf, kind: FileKind, executable: bool) -> Result<()> {
        let parsed: std::result::Result<CachePath, _> = path.parse();
        let refuse = |error| AirgapError::Program { path: source.clone(), message: format!("{error}") };
        let path = parsed.map_err(refuse)?;
        self.extras.push(Extra { path, source, kind, executable });
        Ok(())
    }
}

/// The Bazel of a version that bazelisk has downloaded to this machine; `None` where it has none. One that is not what
/// bazelisk noted of it is refused.
pub fn of_bazelisk(home: &Path, version: &str) -> Result<Option<BazelProgram>> {
    let machine = Machine::host();
    let downloads = home.join("downloads");
    let noted = downloads.join("metadata").join(FORK).join(format!("bazel-{version}-{}", machine.0));
    let Some(digest) = fs::read_to_string(&noted).ok().and_then(|text| Digest::from_hex(Algorithm::Sha256, &text))
    else {
        return Ok(None);
    };
    let file = downloads.join("sha256").join(digest.hex()).join("bin").join(machine.program());
    if !file.is_file() {
        return Ok(None);
    }
    let facts = files::facts(Algorithm::Sha256, &file).map_err(AirgapError::io("reading", &file))?;
    if facts.sha256 != digest {
        let message = format!(
            "it is {}, and bazelisk has noted {digest}: remove the file, and let bazelisk download it again",
            facts.sha256
        );
        return Err(AirgapError::Program { path: file, message });
    }
    Ok(Some(BazelProgram { machine, file }))
}

/// Where bazelisk keeps what it has downloaded; `None` where nothing says that.
pub fn bazelisk_home(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let named = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let of_system = match std::env::consts::OS {
        "macos" => "BAZELISK_HOME_DARWIN",
        "windows" => "BAZELISK_HOME_WINDOWS",
        _ => "BAZELISK_HOME_LINUX",
    };
    named(of_system).or_else(|| named("BAZELISK_HOME")).or_else(|| {
        let cache = match std::env::consts::OS {
            "macos" => named("HOME")?.join("Library/Caches"),
            "windows" => named("LocalAppData")?,
            _ => named("XDG_CACHE_HOME").or_else(|| Some(named("HOME")?.join(".cache")))?,
        };
        Some(cache.join("bazelisk"))
    })
}

/// Whether a bundle has Bazel itself.
pub fn has_bazel(manifest: &Manifest) -> bool {
    manifest.files.values().any(|entry| entry.kind == FileKind::Bazel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bazel_is_found_where_bazelisk_keeps_it() {
        let home = tempfile::tempdir().unwrap();
        let (bytes, host) = (b"\x7fELF of Bazel", Machine::host());
        let digest = Algorithm::Sha256.digest(bytes);
        let folder = home.path().join("downloads/sha256").join(digest.hex()).join("bin");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(host.program()), bytes).unwrap();
        let noted = home.path().join("downloads/metadata/bazelbuild");
        fs::create_dir_all(&noted).unwrap();
        fs::write(noted.join(format!("bazel-8.4.2-{}", host.0)), digest.hex()).unwrap();
        assert_eq!(of_bazelisk(home.path(), "8.4.1").unwrap(), None);
        let found = of_bazelisk(home.path(), "8.4.2").unwrap().unwrap();

        let mut programs = Programs::default();
        programs.add_bazel(&found, "8.4.2").unwrap();
        let paths: Vec<_> = programs.extras.iter().map(|extra| extra.path.as_str().to_owned()).collect();
        assert_eq!(paths[0], format!("bazelisk/downloads/metadata/bazelbuild/bazel-8.4.2-{}", host.0));
        assert_eq!(fs::read_to_string(&programs.extras[0].source).unwrap(), digest.hex(), "no line's end");
        assert!(paths[1].starts_with(&format!("bazelisk/downloads/sha256/{}/bin/bazel", digest.hex())));

        fs::write(folder.join(host.program()), "another").unwrap();
        let error = of_bazelisk(home.path(), "8.4.2").unwrap_err().to_string();
        assert!(error.contains("bazelisk has noted sha256:") && error.ends_with("(LT731)"), "{error}");
    }

    #[test]
    fn machines_are_named_as_bazelisk_does() {
        let program = |text: &str| text.parse::<BazelProgram>().unwrap();
        assert_eq!(program("darwin-arm64=/b").machine, Machine("darwin-arm64".to_owned()));
        assert_eq!(program("/a=b"), BazelProgram { machine: Machine::host(), file: "/a=b".into() });
        assert_eq!(program("windows-x86_64=b").machine.program(), "bazel.exe");
        assert!("linux-riscv".parse::<Machine>().is_err());
        let home = |wanted: &'static str| {
            bazelisk_home(move |name| (name == wanted).then(|| OsString::from("/x"))).unwrap_or_default()
        };
        assert_eq!(home("BAZELISK_HOME"), Path::new("/x"));
        assert_eq!(home("HOME").file_name().unwrap(), "bazelisk");
    }
}
