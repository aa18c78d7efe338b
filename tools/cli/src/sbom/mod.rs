//! Bills of materials of what locks pin. The same locks give the same bytes.

mod bill;
mod cyclonedx;
mod licences;
mod spdx_document;

use std::path::PathBuf;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use anyhow::{bail, Context as _, Result};
use lazytools_lock::Lock;

use bill::Bill;

/// A document that is asked for: `cyclonedx=FILE` or `spdx=FILE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    format: Format,
    file: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    CycloneDx,
    Spdx,
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (format, file) = match text.split_once('=') {
            Some(("cyclonedx", file)) => (Format::CycloneDx, file),
            Some(("spdx", file)) => (Format::Spdx, file),
            _ => return Err("write it as cyclonedx=FILE or spdx=FILE".to_owned()),
        };
        if file.is_empty() {
            return Err("the file's name is missing".to_owned());
        }
        Ok(Self { format, file: PathBuf::from(file) })
    }
}

/// The documents with the files that they go to. `locks` are names and locks.
pub fn documents(wanted: &[Wanted], locks: &[(&str, &Lock)]) -> Result<Vec<(PathBuf, String)>> {
    // `bazel run` starts programs elsewhere than where its user is.
    let start = std::env::var_os("BUILD_WORKING_DIRECTORY").map(PathBuf::from).unwrap_or_default();
    let bill = Bill::of(locks);
    let moment = moment()?;
    wanted
        .iter()
        .map(|wanted| {
            let document = match wanted.format {
                Format::CycloneDx => cyclonedx::document(&bill, moment),
                Format::Spdx => spdx_document::document(&bill, moment),
            };
            Ok((std::path::absolute(start.join(&wanted.file))?, format!("{document:#}\n")))
        })
        .collect()
}

/// The moment that documents bear: `SOURCE_DATE_EPOCH`, in seconds. Without it they bear none, as far as their form
/// allows.
fn moment() -> Result<Option<SystemTime>> {
    let Some(text) = std::env::var("SOURCE_DATE_EPOCH").ok().filter(|text| !text.is_empty()) else { return Ok(None) };
    // The year 9999 is the last that both formats can write.
    let seconds = text.parse::<u64>().ok().filter(|seconds| *seconds < 253_402_300_800);
    let Some(seconds) = seconds else {
        bail!("SOURCE_DATE_EPOCH is {text:?}, and has to be a number of seconds (LT358)")
    };
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).map(Some).context("SOURCE_DATE_EPOCH (LT358)")
}
