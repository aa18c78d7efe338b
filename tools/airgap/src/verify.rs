//! Holds a bundle against its manifest: each byte, each marker, and that nothing else is there.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use lazytools_lock::recipe::signature::MinisignKey;
use lazytools_lock::CachePath;

use crate::cache::Entry;
use crate::digest::Algorithm;
use crate::files;
use crate::manifest::{Expected, FileEntry, Manifest, CACHE, NAME};
use crate::signature::Signed;
use crate::{packed, signature, AirgapError, Result};

/// Something that is wrong with a bundle.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, as it is named inside the bundle.
    pub path: String,
    /// What is wrong with it.
    pub what: What,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A listed file is not there.
    Missing {
        /// Where it came from.
        sources: Vec<String>,
        /// What needs it.
        needed_by: Vec<String>,
    },
    /// It has other bytes.
    Damaged {
        /// Where it came from.
        sources: Vec<String>,
        /// What is different.
        difference: String,
    },
    /// An id marker is not there: Bazel would not find the file beside it.
    NoMarker,
    /// An id marker that is not empty, as Bazel writes them.
    MarkerNotEmpty,
    /// No manifest lists it.
    Stray,
    /// A link that is not listed as one, a pipe or a device.
    NoFile,
    /// A listed link leads elsewhere, or is none.
    NoLink {
        /// Where it has to lead.
        target: String,
    },
    /// A program that cannot be started.
    NotExecutable,
    /// Its name is not one that a bundle can hold.
    Name,
}

impl Problem {
    /// That something listed is not there.
    pub(crate) fn missing(path: &CachePath, missing: &Expected<'_>) -> Self {
        let what = match missing {
            Expected::File(entry) => What::Missing {
                sources: entry.sources.iter().cloned().collect(),
                needed_by: entry.needed_by.iter().cloned().collect(),
            },
            Expected::Marker(_) => What::NoMarker,
        };
        Self { path: path.to_string(), what }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = |sources: &[String]| sources.first().map(|one| format!("; it came from {one}")).unwrap_or_default();
        write!(f, "{}: ", self.path)?;
        match &self.what {
            What::Missing { sources, needed_by } => {
                write!(f, "is missing{}", from(sources))?;
                if needed_by.is_empty() {
                    return Ok(());
                }
                write!(f, "; {} needs it", needed_by.join(", "))
            }
            What::Damaged { sources, difference } => write!(f, "is damaged: {difference}{}", from(sources)),
            What::NoMarker => f.write_str("is missing: without this empty file Bazel does not find the one beside it"),
            What::MarkerNotEmpty => f.write_str("is not empty, as Bazel writes it"),
            What::Stray => f.write_str("is not in the manifest: remove it"),
            What::NoFile => f.write_str("is neither a file nor a folder, and the manifest lists no link there"),
            What::NoLink { target } => write!(f, "has to be a link to {target}"),
            What::NotExecutable => f.write_str("has to be executable: run chmod 755 on it"),
            What::Name => f.write_str("has a name that no bundle can hold: remove it"),
        }
    }
}

/// Reads the whole bundle and gives all that is wrong, sorted. `done` hears the bytes of each file that was read.
///
/// A bundle that holds only a difference may lack all that the earlier one has, but not a part of it.
pub fn problems(bundle: &Path, manifest: &Manifest, done: &dyn Fn(u64)) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    let mut expected = manifest.expected();
    walk(bundle, None, manifest, &mut expected, &mut problems, done)?;
    // A difference by itself has nothing of the earlier bundle; once it was copied over that, all has to be there.
    let earlier = |found: &Expected<'_>| match found {
        Expected::File(entry) | Expected::Marker(entry) => entry.earlier,
    };
    let missing_earlier = expected.values().filter(|found| earlier(found)).count();
    let alone = missing_earlier == manifest.expected().values().filter(|found| earlier(found)).count();
    for (path, missing) in expected {
        if alone && earlier(&missing) {
            continue;
        }
        problems.push(Problem::missing(&path, &missing));
    }
    problems.sort();
    Ok(problems)
}

/// Fails with all that is wrong with a bundle; gives its manifest.
pub fn verify(bundle: &Path, done: &dyn Fn(u64)) -> Result<Manifest> {
    Ok(verify_signed(bundle, &[], &|_| {}, done)?.0)
}

/// Fails with all that is wrong with a bundle, a folder or a file; gives its manifest and who signed it. Where keys are
/// named, one of them has to have, and nothing is used before that is known. `begin` hears how many bytes there are.
pub fn verify_signed(
    bundle: &Path,
    keys: &[MinisignKey],
    begin: &dyn Fn(u64),
    done: &dyn Fn(u64),
) -> Result<(Manifest, Signed)> {
    if bundle.is_file() {
        return packed::verify(bundle, keys, begin, done);
    }
    let (manifest, signed) = signature::trusted(bundle, keys)?;
    begin(manifest.bytes());
    let problems = problems(bundle, &manifest, done)?;
    if problems.is_empty() {
        Ok((manifest, signed))
    } else {
        Err(AirgapError::Bundle { path: bundle.to_owned(), problems })
    }
}

fn walk(
    folder: &Path,
    inside: Option<&CachePath>,
    manifest: &Manifest,
    expected: &mut BTreeMap<CachePath, Expected<'_>>,
    problems: &mut Vec<Problem>,
    done: &dyn Fn(u64),
) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(AirgapError::io("reading", folder))? {
        let entry = entry.map_err(AirgapError::io("reading", folder))?;
        let (file, name) = (entry.path(), entry.file_name());
        let shown = |name: &str| inside.map_or_else(|| name.to_owned(), |folder| format!("{folder}/{name}"));
        let mut report = |name: &str, what| problems.push(Problem { path: shown(name), what });
        let Some(name) = name.to_str().filter(|name| name.parse::<CachePath>().is_ok()) else {
            report(&name.to_string_lossy(), What::Name);
            continue;
        };
        if inside.is_none() && (name == NAME || name == signature::NAME) {
            continue;
        }
        let path: CachePath = name.parse().unwrap_or_else(|_| unreachable!("it was parsed above"));
        let path = inside.map_or_else(|| path.clone(), |folder| folder.join(&path));
        let meta = fs::symlink_metadata(&file).map_err(AirgapError::io("reading", &file))?;
        if meta.is_dir() {
            walk(&file, Some(&path), manifest, expected, problems, done)?;
            continue;
        }
        let listed = expected.remove(&path);
        if let Some(Expected::File(FileEntry { link: Some(link), .. })) = listed {
            let leads = if meta.is_symlink() { fs::read_link(&file).ok() } else { None };
            if leads.as_deref() != Some(Path::new(link.as_str())) {
                report(name, What::NoLink { target: link.as_str().to_owned() });
            }
        } else if !meta.is_file() {
            report(name, What::NoFile);
        } else {
            let found = match listed {
                Some(Expected::File(entry)) => {
                    let found = difference(&path, entry, meta.len(), &file)?;
                    done(meta.len());
                    let damaged = found.map(|difference| What::Damaged {
                        sources: entry.sources.iter().cloned().collect(),
                        difference,
                    });
                    // What is to be read may have whatever mode the medium gives it; a program has to start.
                    let startable = files::is_executable(&meta);
                    damaged.or_else(|| (entry.executable && !startable).then_some(What::NotExecutable))
                }
                Some(Expected::Marker(_)) => (meta.len() != 0).then_some(What::MarkerNotEmpty),
                None => (!manifest.removed.contains(&path)).then_some(What::Stray),
            };
            if let Some(what) = found {
                report(name, what);
            }
        }
    }
    Ok(())
}

/// How a file differs from what the manifest says of it.
fn difference(path: &CachePath, entry: &FileEntry, size: u64, file: &Path) -> Result<Option<String>> {
    if size != entry.size {
        return Ok(Some(format!("it has {size} bytes, and has to have {}", entry.size)));
    }
    let open = || std::fs::File::open(file);
    let found = open().and_then(|from| different_bytes(path, entry, from, std::io::sink()));
    found.map_err(AirgapError::io("reading", file))
}

/// How bytes differ from what the manifest says of them; they are written to `to`. Its path in the cache says a digest, too,
/// which Bazel will hold its bytes against.
pub(crate) fn different_bytes(
    path: &CachePath,
    entry: &FileEntry,
    from: impl std::io::Read,
    to: impl std::io::Write,
) -> std::io::Result<Option<String>> {
    let in_cache = path.as_str().strip_prefix(CACHE).and_then(|rest| rest.strip_prefix('/')?.parse().ok());
    let named = in_cache.and_then(|rest| match Entry::parse(&rest) {
        Some(Entry::File(digest)) => Some(digest),
        _ => None,
    });
    let algorithm = named.as_ref().map_or(Algorithm::Sha256, crate::digest::Digest::algorithm);
    let facts = files::copy(algorithm, from, to)?;
    if facts.sha256 != entry.sha256 {
        return Ok(Some(format!("its digest is {}, and has to be {}", facts.sha256, entry.sha256)));
    }
    let other = named.filter(|named| *named != facts.digest);
    Ok(other.map(|named| format!("its digest is {}, and its folder says {named}", facts.digest)))
}
