//! Checksum files, as `sha256sum` and its kin write them.

use lazytools_lock::{Algorithm, Integrity};

/// A file's digest in a checksum file: lines of `HEX  NAME` or `HEX *NAME`, or `SHA256 (NAME) = HEX`; without a name,
/// the only digest there is.
pub fn find(text: &str, file: Option<&str>, algorithm: Algorithm) -> Result<Integrity, String> {
    let entries: Vec<(Option<&str>, Integrity)> = text.lines().filter_map(|line| entry(line, algorithm)).collect();
    let matching: Vec<&Integrity> = match file {
        Some(file) => entries.iter().filter(|(name, _)| *name == Some(file)).map(|(_, digest)| digest).collect(),
        None => entries.iter().map(|(_, digest)| digest).collect(),
    };
    match (matching.as_slice(), file) {
        ([first, rest @ ..], _) if rest.iter().all(|other| other == first) => Ok((*first).clone()),
        ([], Some(file)) => Err(format!("it has no {} digest of {file}", algorithm.name())),
        ([], None) => Err(format!("it holds no {} digest", algorithm.name())),
        (_, Some(file)) => Err(format!("it has several digests of {file}")),
        (_, None) => Err("it holds several digests, and the recipe names no file in it".to_owned()),
    }
}

fn entry(line: &str, algorithm: Algorithm) -> Option<(Option<&str>, Integrity)> {
    let line = line.trim();
    if let Some((name, digest)) = line.split_once(") = ") {
        let (_, name) = name.split_once(" (")?;
        return Some((Some(name), Integrity::from_hex(algorithm, digest.trim())?));
    }
    let (digest, name) = line.split_once([' ', '\t']).map_or((line, None), |(digest, name)| (digest, Some(name)));
    let name = name.map(|name| {
        let name = name.trim_start();
        let name = name.strip_prefix('*').unwrap_or(name);
        name.strip_prefix("./").unwrap_or(name)
    });
    Some((name.filter(|name| !name.is_empty()), Integrity::from_hex(algorithm, digest)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let digest = Algorithm::Sha256.digest(b"x");
        let hex = digest.hex();
        let other = Algorithm::Sha256.digest(b"y").hex();
        let text = format!("{other}  a.tar.gz\n{hex} *b.tar.gz\n{hex}  ./win-x64/node.lib\nSHA256 (c) = {hex}\n");
        for name in ["b.tar.gz", "win-x64/node.lib", "c"] {
            assert_eq!(find(&text, Some(name), Algorithm::Sha256).as_ref(), Ok(&digest), "{name}");
        }
        assert_eq!(find(&format!("{hex}\n"), None, Algorithm::Sha256), Ok(digest));
        assert!(find(&text, Some("d"), Algorithm::Sha256).unwrap_err().contains("no sha256 digest of d"));
        assert!(find(&text, Some("b.tar.gz"), Algorithm::Sha512).is_err());
        assert!(find(&text, None, Algorithm::Sha256).unwrap_err().contains("several"));
        assert!(find("<html>", None, Algorithm::Sha256).unwrap_err().contains("holds no"));
    }
}
