//! The signature of an `InRelease` file, checked with the machine's own `gpgv`, as apt does it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{FetchError, Reason};

use super::sources::Archive;

/// Keys that apt trusts for sources that name none.
const TRUSTED: &str = "/etc/apt/trusted.gpg.d";

/// The signed text of an `InRelease` file.
///
/// A signature by another key is an error (LT325). Where nothing can check it (a machine without `gpgv` or without the
/// keys), an address of https, or of this machine, has to do. An archive that MODULE.bazel names, or whose source says
/// that it is trusted, is taken at its word.
pub(super) fn check(url: &str, text: &str, archive: &Archive) -> Result<String, FetchError> {
    let keyrings: Vec<PathBuf> = if archive.keyrings.is_empty() { trusted() } else { archive.keyrings.clone() };
    let keyrings: Vec<PathBuf> = keyrings.into_iter().filter(|keyring| keyring.is_file()).collect();
    if archive.trusted {
        return Ok(text.to_owned());
    }
    let unchecked = |why: &str| {
        if url.starts_with("https://") || url.starts_with("http://127.0.0.1:") || url.starts_with("http://localhost:") {
            return Ok(text.to_owned());
        }
        let message = format!("its signature cannot be checked, because {why}, and it came over plain http");
        Err(FetchError::at(url, Reason::SuiteSignature(message)))
    };
    if keyrings.is_empty() {
        return unchecked("the keys that its source names are not on this machine");
    }
    match verify(text, &keyrings) {
        Ok(Verdict::Good(signed)) => Ok(signed),
        Ok(Verdict::Bad(said)) => {
            let message = format!("its signature is not by a key that its source trusts: {said}");
            Err(FetchError::at(url, Reason::SuiteSignature(message)))
        }
        Err(_) => unchecked("there is no gpgv on this machine"),
    }
}

enum Verdict {
    /// With the text that is signed.
    Good(String),
    /// With what gpgv says.
    Bad(String),
}

fn trusted() -> Vec<PathBuf> {
    let entries =
        std::fs::read_dir(Path::new(TRUSTED)).map(|entries| entries.flatten().map(|entry| entry.path()).collect());
    let mut files: Vec<PathBuf> = entries.unwrap_or_default();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "gpg" || extension == "asc"));
    files.sort();
    files
}

fn verify(text: &str, keyrings: &[PathBuf]) -> std::io::Result<Verdict> {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(text.as_bytes())?;
    let mut command = Command::new("gpgv");
    for keyring in keyrings {
        command.arg("--keyring").arg(keyring);
    }
    command.args(["--output", "-"]).arg(file.path()).stdin(Stdio::null());
    let output = command.output()?;
    if output.status.success() {
        return Ok(Verdict::Good(String::from_utf8_lossy(&output.stdout).into_owned()));
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let last = said.lines().last().unwrap_or("gpgv says nothing").trim_start_matches("gpgv: ").to_owned();
    Ok(Verdict::Bad(last))
}
