//! Files below one address, from a list of their digests and paths.

use std::collections::BTreeMap;
use std::path::Path;

use crate::{Algorithm, Format, Integrity, Source, Step};

use super::super::error::RecipeError;
use super::super::expand::WantedDigest;
use super::context::{artifact, encode, extract, place, Context};
use super::Closure;

pub(super) fn closure(context: &Context<'_>) -> Result<Closure, RecipeError> {
    let mut closure = Closure::default();
    if context.platform.is_some() {
        return Ok(closure);
    }
    let base = context.option("base")?.unwrap_or_default();
    let Some(base) = base.strip_suffix('/').filter(|base| base.starts_with("https://")) else {
        let message = format!("base is {base:?}, and has to be an address: https://…, with a / at its end");
        return Err(context.bad_option("base", message));
    };
    let unpacks_zip = context.word("unpack", &["none", "zip"])? == "zip";
    let mut files: BTreeMap<&str, Integrity> = BTreeMap::new();
    for (number, line) in context.text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let (digest, path) = file(line).ok_or_else(|| fail(context, number, line))?;
        if files.insert(path, digest.clone()).is_some_and(|other| other != digest) {
            return Err(context.fail(number + 1, format!("{path} is in the file twice, with different digests")));
        }
    }
    for (path, digest) in files {
        let id = context.id(path)?;
        let parts: Vec<String> = path.split('/').map(encode).collect();
        let source = Source::Urls(vec![format!("{base}/{}", parts.join("/"))]);
        let unpacked = unpacks_zip && Path::new(path).extension().is_some_and(|extension| extension == "zip");
        let format = if unpacked { Format::Zip } else { Format::File };
        closure.artifacts.push(artifact(id.clone(), source, format, WantedDigest::Known(digest)));
        closure.steps.push(place(id.clone(), context.below(path)?));
        if unpacked {
            let beside = match path.rsplit_once('/') {
                Some((folder, _)) => context.below(folder)?,
                None => context.folder().clone(),
            };
            closure.steps.push(Step::Extract(extract(id, beside, format)));
        }
    }
    Ok(closure)
}

/// A line of `sha256sum`: a digest, a space, a space or `*`, and a path, which may have spaces in it.
fn file(line: &str) -> Option<(Integrity, &str)> {
    let (digest, path) = line.split_once(' ')?;
    let path = path.strip_prefix([' ', '*']).unwrap_or(path);
    let path = path.strip_prefix("./").unwrap_or(path);
    let integrity = Integrity::from_hex(Algorithm::Sha256, digest)?;
    (!path.trim().is_empty()).then_some((integrity, path))
}

fn fail(context: &Context<'_>, number: usize, line: &str) -> RecipeError {
    let message = format!(
        "{line:?} is not a SHA-256 and a path, as `sha256sum` prints them: make the list anew, by \
         `find -L . -type f | sort | xargs -d '\\n' sha256sum` in the folder that has the files"
    );
    context.fail(number + 1, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn lines_of_sha256sum() {
        for (line, expected) in [
            (format!("{SHA256}  ./a/b.json"), Some("a/b.json")),
            (format!("{SHA256} *b.bin"), Some("b.bin")),
            (format!("{SHA256}  a b.txt"), Some("a b.txt")),
            (format!("{SHA256}  "), None),
            (SHA256.to_owned(), None),
            // What sha256sum prints of a name with a line feed in it.
            (format!("\\{SHA256}  a\\nb"), None),
            ("b.bin".to_owned(), None),
        ] {
            assert_eq!(file(&line).map(|(_, path)| path), expected, "{line}");
        }
    }
}
