//! The list of a bundle's crates that are in its repository cache, so that no bundle holds them twice: lines as `sha256sum`
//! writes them, with the place of each crate in a `CARGO_HOME`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use lazytools_lock::CachePath;

use crate::digest::{Algorithm, Digest};
use crate::{AirgapError, Result};

/// The name of the list in the tree.
pub const LIST: &str = "crates.sha256";

/// Where a bundle has what Cargo needs.
pub fn tree_path() -> CachePath {
    "cargo".parse().unwrap_or_else(|_| unreachable!("it is a path"))
}

/// The text of a list.
pub fn text(crates: &BTreeMap<CachePath, Digest>) -> String {
    let mut text = String::new();
    for (path, digest) in crates {
        let _ = writeln!(text, "{}  {path}", digest.hex());
    }
    text
}

/// Reads the list of a tree; empty where there is none.
pub fn read(tree: &Path) -> Result<BTreeMap<CachePath, Digest>> {
    let path = tree.join(LIST);
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        read => read.map_err(AirgapError::io("reading", &path))?,
    };
    let mut crates = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        let read = line.split_once("  ").and_then(|(digits, place)| {
            let digest = Digest::from_hex(Algorithm::Sha256, digits)?;
            let place = place.parse().ok().filter(|place: &CachePath| is_place(place))?;
            Some((place, digest))
        });
        let (place, digest) = read.ok_or_else(|| AirgapError::Form {
            what: "the list of crates",
            path: path.clone(),
            message: format!("line {} is not `SHA-256  registry/cache/INDEX/NAME-VERSION.crate`", number + 1),
            mend: "Copy it again, or run `lazytools airgap collect` and `bundle` again",
        })?;
        crates.insert(place, digest);
    }
    Ok(crates)
}

/// Whether Cargo looks for a crate there, from its `CARGO_HOME`.
pub fn is_place(path: &CachePath) -> bool {
    let names: Vec<&str> = path.names().collect();
    matches!(names.as_slice(), ["registry", "cache", _, file] if file.strip_suffix(".crate").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_says_where_each_crate_goes() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read(folder.path()).unwrap().is_empty());
        let place: CachePath = "registry/cache/h.example-1/a-1.0.0.crate".parse().unwrap();
        let crates = BTreeMap::from([(place, Algorithm::Sha256.digest(b"x"))]);
        fs::write(folder.path().join(LIST), text(&crates)).unwrap();
        assert_eq!(read(folder.path()).unwrap(), crates);
        for bad in ["../../x.crate", "bin/cargo", "registry/cache/x/../../../y.crate", "registry/cache/x/config.toml"] {
            let digits = Algorithm::Sha256.digest(b"x").hex();
            fs::write(folder.path().join(LIST), format!("{digits}  {bad}\n")).unwrap();
            let error = read(folder.path()).unwrap_err().to_string();
            assert!(error.contains("line 1 is not") && error.ends_with("(LT701)"), "{error}");
        }
    }
}
