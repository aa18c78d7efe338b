//! Reads a bundle that is one file, `.tar.zst`, as something that anyone may have made.
//!
//! The manifest comes first and is checked before anything else is read. After it each entry has to be one that the
//! manifest lists and that was not there before, of the kind and size that it says. So no entry can leave the folder, and none
//! can grow beyond what is known; no further bounds are needed. The little of tar that `bundle` writes is all that is read.

mod unpack;
mod verify;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use lazytools_lock::recipe::signature::MinisignKey;
use lazytools_lock::CachePath;
use tar::{Entry, EntryType};

use crate::json;
use crate::manifest::{Expected, FileEntry, Manifest, NAME};
use crate::plain::plain;
use crate::signature::{self, Signed};
use crate::{AirgapError, Result};

pub use unpack::unpack;
pub use verify::verify;

/// The largest window that a file may ask memory for, as a power of two. Ours is 2 MiB.
const WINDOW_LOG: u32 = 23;
/// The most zeros at the end.
const MAX_END: u64 = 1 << 16;
/// The longest path.
const MAX_PATH: u64 = 4096;

/// What stands at the beginning.
pub struct Head {
    /// The manifest, whose signature was checked where keys were named.
    pub manifest: Manifest,
    /// Its bytes.
    pub text: Vec<u8>,
    /// Its signature, as it stands there.
    pub signature: Option<String>,
    /// Who signed it.
    pub signed: Signed,
}

/// What is done with the entries.
trait Sink {
    /// A file's content: as many bytes as the manifest says, unless the archive ends before.
    fn file(&mut self, path: &CachePath, entry: &FileEntry, content: &mut dyn Read) -> Result<()>;
    /// A file that is to have the same bytes as one that came before.
    fn twin(&mut self, path: &CachePath, twin: &CachePath) -> Result<()>;
    /// A symlink. Where it leads the manifest says.
    fn link(&mut self, path: &CachePath, entry: &FileEntry) -> Result<()>;
    /// An id marker.
    fn marker(&mut self, path: &CachePath) -> Result<()>;
}

type Raw<'a> = Entry<'a, Box<dyn Read>>;
type Next<'a, 'b> = &'b mut dyn Iterator<Item = io::Result<Raw<'a>>>;

/// Reads the whole file. `begin` hears of the manifest, and gives what is done with the rest. What is listed and did not come
/// is given.
fn read<S: Sink>(
    path: &Path,
    keys: &[MinisignKey],
    begin: impl FnOnce(&Head) -> Result<S>,
) -> Result<(Head, S, Vec<CachePath>)> {
    let file = File::open(path).map_err(AirgapError::io("reading", path))?;
    let place = At { archive: path.to_owned() };
    let decoder = || {
        let mut decoder = zstd::stream::read::Decoder::with_buffer(BufReader::with_capacity(1 << 17, file))?;
        decoder.window_log_max(WINDOW_LOG)?;
        Ok(decoder)
    };
    let decoder: Box<dyn Read> = Box::new(decoder().map_err(AirgapError::io("reading", path))?);
    let mut archive = tar::Archive::new(decoder);
    let mut entries = archive.entries().map_err(|error| place.damaged(&error))?.raw(true);
    let (head, mut pending) = head(&place, keys, &mut entries)?;
    let mut sink = begin(&head)?;

    let mut expected = head.manifest.expected();
    expected.retain(|_, found| match found {
        Expected::File(entry) | Expected::Marker(entry) => !entry.earlier,
    });
    let mut came: BTreeMap<CachePath, ()> = BTreeMap::new();
    while let Some(named) = match pending.take() {
        Some(named) => Some(named),
        None => Named::next(&place, &mut entries)?,
    } {
        let (path, mut entry) = named.split(&place)?;
        let Some(listed) = expected.remove(&path) else {
            let twice = came.contains_key(&path);
            return Err(place.refuse(&path, if twice { "is in it twice" } else { "is not in its manifest" }));
        };
        let kind = entry.raw.header().entry_type();
        match listed {
            Expected::Marker(_) if kind == EntryType::Regular && entry.size() == 0 => sink.marker(&path)?,
            Expected::File(file) if file.link.is_some() && kind == EntryType::Symlink => {
                if entry.target(&place)? != file.link.as_ref().map(|link| link.as_str().to_owned()).unwrap_or_default()
                {
                    return Err(place.refuse(&path, "leads elsewhere than its manifest says"));
                }
                sink.link(&path, file)?;
            }
            Expected::File(file) if file.link.is_none() && kind == EntryType::Link => {
                let twin: Option<CachePath> = entry.target(&place)?.parse().ok();
                let same = |twin: &CachePath| {
                    let of = head.manifest.files.get(twin).filter(|of| of.link.is_none() && came.contains_key(twin));
                    of.is_some_and(|of| {
                        of.sha256 == file.sha256 && of.size == file.size && of.executable == file.executable
                    })
                };
                let Some(twin) = twin.filter(same) else {
                    return Err(place.refuse(&path, "is another name of something else than its manifest says"));
                };
                sink.twin(&path, &twin)?;
            }
            Expected::File(file) if file.link.is_none() && kind == EntryType::Regular => {
                if entry.size() != file.size {
                    let reason = format!("has {} bytes, and has to have {}", entry.size(), file.size);
                    return Err(place.refuse(&path, &reason));
                }
                let mut content = Content { from: &mut entry.raw, left: file.size, error: None };
                let done = sink.file(&path, file, &mut content);
                if let Some(error) = content.error.take() {
                    return Err(place.damaged(&error));
                }
                done?;
            }
            _ => return Err(place.refuse(&path, &format!("is of the kind {kind:?}, and not what its manifest says"))),
        }
        came.insert(path, ());
    }
    let missing = expected.into_keys().collect();
    drop(pending);
    ended(&place, archive.into_inner())?;
    Ok((head, sink, missing))
}

/// Reads what is behind the last entry, so that the check sum is looked at: some zeros, and then nothing.
fn ended(place: &At, rest: impl Read) -> Result<()> {
    let mut zeros = Vec::new();
    rest.take(MAX_END + 1).read_to_end(&mut zeros).map_err(|error| place.damaged(&error))?;
    if zeros.len() as u64 > MAX_END || zeros.iter().any(|byte| *byte != 0) {
        return Err(place.wrong("there is something behind its end"));
    }
    Ok(())
}

/// The manifest and its signature; and the entry after them.
fn head<'a>(place: &At, keys: &[MinisignKey], entries: Next<'a, '_>) -> Result<(Head, Option<Named<'a>>)> {
    let first = Named::next(place, entries)?.filter(|first| first.path == NAME);
    let Some(mut first) = first else {
        return Err(place.wrong(&format!("it does not begin with {NAME}")));
    };
    let text = first.entry.short(place, json::MAX_LENGTH)?;
    drop(first);
    let mut pending = Named::next(place, entries)?;
    let mut signature = None;
    if let Some(second) = pending.as_mut().filter(|second| second.path == signature::NAME) {
        signature = Some(String::from_utf8_lossy(&second.entry.short(place, signature::MAX_LENGTH)?).into_owned());
        pending = None;
    }
    let signed = signature::check(&place.archive, &text, signature.as_deref(), keys)?;
    let manifest = Manifest::parse(&place.archive.join(NAME), &text)?.0;
    Ok((Head { manifest, text, signature, signed }, pending))
}

/// An entry with its path, and for a link its target, however long they are.
struct Named<'a> {
    path: String,
    entry: Body<'a>,
}

struct Body<'a> {
    raw: Raw<'a>,
    target: Option<String>,
}

impl<'a> Named<'a> {
    fn next(place: &At, entries: Next<'a, '_>) -> Result<Option<Self>> {
        let (mut path, mut target) = (None, None);
        loop {
            let Some(raw) = entries.next() else {
                return if path.is_some() { Err(place.wrong("it ends too early")) } else { Ok(None) };
            };
            let mut body = Body { raw: raw.map_err(|error| place.damaged(&error))?, target: None };
            let long = match body.raw.header().entry_type() {
                EntryType::GNULongName => &mut path,
                EntryType::GNULongLink => &mut target,
                _ => {
                    let path = path.unwrap_or_else(|| String::from_utf8_lossy(&body.raw.path_bytes()).into_owned());
                    body.target = target;
                    return Ok(Some(Self { path, entry: body }));
                }
            };
            if long.is_some() {
                return Err(place.wrong("it has two names for one entry"));
            }
            let bytes = body.short(place, MAX_PATH + 1)?;
            *long = Some(String::from_utf8_lossy(bytes.strip_suffix(b"\0").unwrap_or(&bytes)).into_owned());
        }
    }

    fn split(self, place: &At) -> Result<(CachePath, Body<'a>)> {
        let path = self.path.parse();
        let path = path.map_err(|_| place.refuse(&self.path, "is no path that a bundle can hold"))?;
        Ok((path, self.entry))
    }
}

impl Body<'_> {
    fn size(&self) -> u64 {
        self.raw.header().entry_size().unwrap_or(u64::MAX)
    }

    /// All of a short entry.
    fn short(&mut self, place: &At, most: u64) -> Result<Vec<u8>> {
        let size = self.size();
        if size > most {
            return Err(place.wrong(&format!("an entry at its beginning or a name has {size} bytes: that is too long")));
        }
        let mut bytes = Vec::new();
        self.raw.by_ref().take(size).read_to_end(&mut bytes).map_err(|error| place.damaged(&error))?;
        if (bytes.len() as u64) < size {
            return Err(place.wrong("it ends too early"));
        }
        Ok(bytes)
    }

    fn target(&self, place: &At) -> Result<String> {
        if let Some(target) = &self.target {
            return Ok(target.clone());
        }
        let target = self.raw.link_name_bytes().map(|name| String::from_utf8_lossy(&name).into_owned());
        target.ok_or_else(|| place.wrong("it has a link that leads nowhere"))
    }
}

/// The content of an entry. What goes wrong in reading it is told apart from what goes wrong in writing it.
struct Content<R> {
    from: R,
    left: u64,
    error: Option<io::Error>,
}

impl<R: Read> Read for Content<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if wanted == 0 {
            return Ok(0);
        }
        let error = match self.from.read(&mut buffer[..wanted]) {
            Ok(0) => io::ErrorKind::UnexpectedEof.into(),
            Ok(length) => {
                self.left -= length as u64;
                return Ok(length);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => error,
        };
        let told = error.kind().into();
        self.error = Some(error);
        Err(told)
    }
}

/// The file, for messages.
struct At {
    archive: PathBuf,
}

impl At {
    fn wrong(&self, message: &str) -> AirgapError {
        AirgapError::Packed { path: self.archive.clone(), message: plain(message).into_owned() }
    }

    fn refuse(&self, entry: &(impl std::fmt::Display + ?Sized), reason: &str) -> AirgapError {
        self.wrong(&format!("its entry {entry} {reason}"))
    }

    fn damaged(&self, error: &io::Error) -> AirgapError {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => self.wrong("it ends too early"),
            _ => self.wrong(&format!("it cannot be read: {error}")),
        }
    }
}
