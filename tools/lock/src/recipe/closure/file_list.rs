//! Files from a list of their digests and addresses.

use std::collections::BTreeMap;

use crate::{Algorithm, CachePath, Format, Integrity, Name, Platform, Role, Source, Step};

use super::super::error::RecipeError;
use super::super::expand::WantedDigest;
use super::super::functions::basename;
use super::context::{artifact, extract, place, Context};
use super::Closure;

/// A line of the list.
struct Line<'a> {
    number: usize,
    sha256: &'a str,
    integrity: Integrity,
    address: &'a str,
    /// The path as written; one that ends in `/` is a folder that the file goes into under its own name.
    path: Option<&'a str>,
    /// The only platform that has the file.
    platform: Option<Platform>,
}

pub(super) fn closure(context: &Context<'_>) -> Result<Closure, RecipeError> {
    let kind = kind(context)?;
    let by_digest = context.word("name", &["path", "sha256"])? == "sha256";
    let mut files: BTreeMap<String, (Name, Line<'_>)> = BTreeMap::new();
    for (number, text) in context.text.lines().enumerate() {
        let number = number + 1;
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let line = parse(number, text).ok_or_else(|| fail(context, number, text))?;
        let role = if line.platform.is_some() { Role::Host } else { Role::Any };
        if (context.role, context.platform) != (role, line.platform) {
            continue;
        }
        let name = file_name(line.address);
        let (path, id) = if by_digest {
            let path = line.sha256.to_ascii_lowercase();
            let id = context.id(&format!("{}-{}", name.unwrap_or_default(), &path[..12]))?;
            (path, id)
        } else {
            let path = match (line.path, name) {
                (Some(path), Some(name)) if path.ends_with('/') => format!("{path}{name}"),
                (Some(path), _) if !path.ends_with('/') => path.to_owned(),
                (None, Some(name)) => name.to_owned(),
                _ => return Err(nameless(context, number, text)),
            };
            let id = context.id(&path)?;
            (path, id)
        };
        files.insert(path, (id, line));
    }
    let mut closure = Closure::default();
    for (path, (id, line)) in files {
        let source = match line.address {
            purl if purl.starts_with("pkg:") => Source::Purl(purl.to_owned()),
            url => Source::Urls(vec![url.to_owned()]),
        };
        let format = match kind {
            Kind::Is(format) => format,
            Kind::ByName => {
                by_name(file_name(line.address).unwrap_or(line.address)).ok_or_else(|| unarchived(context, &line))?
            }
        };
        closure.artifacts.push(artifact(id.clone(), source, format, WantedDigest::Known(line.integrity)));
        closure.steps.push(step(id, context.below(&path)?, format));
    }
    Ok(closure)
}

fn step(artifact: Name, to: CachePath, format: Format) -> Step {
    match format {
        Format::File => place(artifact, to),
        format => Step::Extract(extract(artifact, to, format)),
    }
}

/// What the files are.
#[derive(Clone, Copy)]
enum Kind {
    /// Files to place as they are, or archives of one format to unpack.
    Is(Format),
    /// Archives to unpack, each of the format that its name ends in.
    ByName,
}

/// The ends of archives' names.
const SUFFIXES: &[(&str, Format)] = &[
    (".tar", Format::Tar),
    (".tar.bz2", Format::TarBz2),
    (".tar.gz", Format::TarGz),
    (".tar.xz", Format::TarXz),
    (".tar.zst", Format::TarZst),
    (".tgz", Format::TarGz),
    (".whl", Format::Zip),
    (".zip", Format::Zip),
];

fn kind(context: &Context<'_>) -> Result<Kind, RecipeError> {
    let Some(text) = context.option("format")? else { return Ok(Kind::Is(Format::File)) };
    match text.parse::<Format>() {
        _ if text == "name" => Ok(Kind::ByName),
        Ok(format) if format == Format::File || format.is_archive() => Ok(Kind::Is(format)),
        _ => Err(context.bad_option("format", format!("format is {text:?}, and has to be file, name or an archive's"))),
    }
}

/// The format of an archive by its name, or by the package registry that it is in.
fn by_name(name: &str) -> Option<Format> {
    if name.starts_with("pkg:cargo/") || name.starts_with("pkg:npm/") {
        return Some(Format::TarGz);
    }
    SUFFIXES.iter().find(|(suffix, _)| name.ends_with(suffix)).map(|(_, format)| *format)
}

/// `SHA256 ADDRESS [PATH] [PLATFORM]`.
fn parse(number: usize, text: &str) -> Option<Line<'_>> {
    let mut words: Vec<&str> = text.split_ascii_whitespace().collect();
    let platform = words.last().and_then(|word| word.parse().ok());
    if platform.is_some() {
        words.pop();
    }
    let (sha256, address, path) = match words[..] {
        [sha256, address] => (sha256, address, None),
        [sha256, address, path] => (sha256, address, Some(path.trim_start_matches("./"))),
        _ => return None,
    };
    let integrity = Integrity::from_hex(Algorithm::Sha256, sha256)?;
    let known = ["https://", "http://", "pkg:"].iter().any(|scheme| address.starts_with(scheme));
    known.then_some(Line { number, sha256, integrity, address, path, platform })
}

/// The file's own name: the end of an address; a package URL has one where it says so.
fn file_name(address: &str) -> Option<&str> {
    let name = match address.strip_prefix("pkg:") {
        Some(purl) => purl.split(['?', '&']).find_map(|part| part.strip_prefix("file_name="))?,
        None => basename(address),
    };
    (!name.is_empty()).then_some(name)
}

fn fail(context: &Context<'_>, line: usize, text: &str) -> RecipeError {
    let message = format!(
        "{text:?} is no line of a list of files, which is SHA256 ADDRESS, then the path if it is not the address's last \
         part, then the platform if only one has the file"
    );
    context.fail(line, message)
}

fn nameless(context: &Context<'_>, line: usize, text: &str) -> RecipeError {
    context.fail(line, format!("{text:?} does not say what the file is called: add its path behind the address"))
}

fn unarchived(context: &Context<'_>, line: &Line<'_>) -> RecipeError {
    let suffixes: Vec<&str> = SUFFIXES.iter().map(|(suffix, _)| *suffix).collect();
    let message = format!("{} is no archive by its name, which ends in one of {}", line.address, suffixes.join(", "));
    context.fail(line.number, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn lines() {
        let found = |rest: &str| {
            parse(1, &format!("{SHA256}  {rest}"))
                .map(|line| (line.address.to_owned(), line.path.map(str::to_owned), line.platform.map(Platform::name)))
        };
        let url = "https://files.example/a-1.0.zip".to_owned();
        assert_eq!(found(&url), Some((url.clone(), None, None)));
        assert_eq!(found(&format!("{url} ./a/b/")), Some((url.clone(), Some("a/b/".to_owned()), None)));
        assert_eq!(found(&format!("{url} linux_x86_64")), Some((url.clone(), None, Some("linux_x86_64"))));
        assert_eq!(
            found(&format!("{url} a/b linux_x86_64")),
            Some((url.clone(), Some("a/b".to_owned()), Some("linux_x86_64")))
        );
        assert_eq!(found("pkg:npm/a@1"), Some(("pkg:npm/a@1".to_owned(), None, None)));
        assert_eq!(found("a-1.0.zip"), None);
        assert_eq!(found(&format!("{url} a b c")), None);
        assert_eq!(parse(1, &format!("00 {url}")).map(|line| line.sha256), None);
    }

    #[test]
    fn names_of_files() {
        assert_eq!(file_name("https://files.example/x/a-1.0.zip?download=1"), Some("a-1.0.zip"));
        assert_eq!(file_name("https://files.example/x/"), None);
        assert_eq!(file_name("pkg:pypi/a@1?file_name=a-1-py3-none-any.whl"), Some("a-1-py3-none-any.whl"));
        assert_eq!(file_name("pkg:npm/a@1"), None);
        assert_eq!(by_name("a-1.0.tar.gz"), Some(Format::TarGz));
        assert_eq!(by_name("a-1.0.tar"), Some(Format::Tar));
        assert_eq!(by_name("a-1.0.jar"), None);
        assert_eq!(by_name("pkg:cargo/a@1.0.0"), Some(Format::TarGz));
    }
}
