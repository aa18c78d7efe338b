//! A bundle as one file, `.tar.zst`: the manifest comes first, so that who reads it knows of each entry what it has to be
//! before it comes.
//!
//! The same bytes each time: entries are sorted and have no time and no owner, there is one compressor and it has one
//! thread and one level, which is low, because most of a bundle is compressed already.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use lazytools_lock::CachePath;
use tar::{Builder, EntryType, Header};
use zstd::stream::write::Encoder;

use super::draft::Draft;
use super::folder::{create, writing};
use super::place::{check, open, remove};
use super::plan::Planned;
use super::{Options, Watch, Written};
use crate::digest::{Algorithm, Digest, Hasher};
use crate::files::{self, Facts};
use crate::manifest::{Expected, Manifest, NAME};
use crate::space::full;
use crate::{signature, AirgapError, Result};

/// What it is compressed with. It is part of the form: another one gives other bytes.
const LEVEL: i32 = 3;
/// What a second run does.
const AGAIN: &str = "it begins anew";
/// How much is written at a time.
const BUFFER: usize = 1 << 18;

/// The file while it is written. It goes away, however the run ends, unless it was finished.
struct Next(Option<PathBuf>);

impl Drop for Next {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            let _ = fs::remove_file(path);
        }
    }
}

pub(super) fn write(draft: Draft, options: &Options<'_>, watch: &dyn Watch) -> Result<(Manifest, Written)> {
    let output = options.output;
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    let mut next = Next(Some(folder.join(format!(".{name}.partial"))));
    let path = next.0.clone().unwrap_or_default();
    remove(&path)?;
    files::folder(folder).map_err(AirgapError::io("making", folder))?;

    let to_write = draft.to_write();
    let bytes = Draft::bytes(&to_write);
    watch.begin(bytes, to_write.len());
    let sources: Vec<Source> = to_write.iter().map(|(path, planned)| Source::new(path, planned)).collect();
    let mut digests = BTreeMap::new();
    for (path, planned) in to_write {
        digests.insert(path.clone(), sha256(planned)?);
    }
    let written = Written { files: sources.len(), bytes, earlier: draft.count() - sources.len(), ..Written::default() };
    let manifest = draft.manifest(digests);
    let text = manifest.text();
    let signature = options.signer.map(|signer| signer.sign(&text, None)).transpose()?;

    let create = create(&path, false).map_err(writing(output));
    let filled = create.and_then(|file| fill(file, output, (&text, signature.as_deref()), &manifest, &sources, watch));
    filled.map_err(|error| {
        let _ = fs::remove_file(&path);
        // How large it gets is not known before it is: what is needed is said as if nothing could be compressed.
        full(error, folder, bytes, AGAIN)
    })?;
    fs::rename(&path, output).map_err(writing(output))?;
    next.0 = None;
    Ok((manifest, written))
}

fn fill(
    file: File,
    output: &Path,
    (text, signature): (&[u8], Option<&str>),
    manifest: &Manifest,
    sources: &[Source],
    watch: &dyn Watch,
) -> Result<()> {
    let mut archive = Archive::new(file, output)?;
    archive.bytes(NAME, text)?;
    if let Some(signature) = signature {
        archive.bytes(signature::NAME, signature.as_bytes())?;
    }
    let expected = manifest.expected();
    for source in sources {
        let twin = source.twin.as_ref().filter(|twin| manifest.files.get(*twin).is_some_and(|entry| !entry.earlier));
        archive.file(source, twin, watch)?;
        for id in source.ids(&expected) {
            archive.bytes(&id, b"")?;
        }
    }
    archive.finish()
}

/// The SHA-256 of a file that is to be written, for the manifest, which comes before it.
fn sha256(planned: &Planned) -> Result<Digest> {
    if planned.digest.algorithm() == Algorithm::Sha256 {
        return Ok(planned.digest.clone());
    }
    let file = open(planned)?;
    let facts = files::copy(planned.digest.algorithm(), file, io::sink());
    check(planned, facts.map_err(AirgapError::io("reading", &planned.source))?)
}

/// What an entry needs of a planned file once the manifest has taken the rest.
struct Source {
    path: CachePath,
    planned: Planned,
    twin: Option<CachePath>,
}

impl Source {
    fn new(path: &CachePath, planned: &Planned) -> Self {
        Self { path: path.clone(), planned: planned.clone(), twin: planned.twin.clone() }
    }

    /// The paths of its markers.
    fn ids(&self, expected: &BTreeMap<CachePath, Expected<'_>>) -> Vec<String> {
        let Some(folder) = self.path.parent() else { return Vec::new() };
        let paths = self.planned.entry.ids.iter().map(|id| format!("{folder}/id-{id}"));
        paths.filter(|path| path.parse().is_ok_and(|path: CachePath| expected.contains_key(&path))).collect()
    }
}

struct Archive<'a> {
    tar: Builder<Encoder<'static, BufWriter<File>>>,
    output: &'a Path,
}

impl<'a> Archive<'a> {
    fn new(file: File, output: &'a Path) -> Result<Self> {
        let encoder = || {
            let mut encoder = Encoder::new(BufWriter::with_capacity(BUFFER, file), LEVEL)?;
            encoder.include_checksum(true)?;
            Ok(encoder)
        };
        Ok(Self { tar: Builder::new(encoder().map_err(writing(output))?), output })
    }

    fn bytes(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        let mut header = header(EntryType::Regular, 0o644, bytes.len() as u64);
        self.tar.append_data(&mut header, path, bytes).map_err(writing(self.output))
    }

    fn file(&mut self, source: &Source, twin: Option<&CachePath>, watch: &dyn Watch) -> Result<()> {
        let (planned, path) = (&source.planned, source.path.as_str());
        let mode = if planned.entry.executable { 0o755 } else { 0o644 };
        if let Some(link) = &planned.entry.link {
            let mut header = header(EntryType::Symlink, 0o777, 0);
            self.tar.append_link(&mut header, path, link.as_str()).map_err(writing(self.output))?;
            watch.done(planned.entry.size);
            return Ok(());
        }
        if let Some(twin) = twin {
            let mut header = header(EntryType::Link, mode, 0);
            self.tar.append_link(&mut header, path, twin.as_str()).map_err(writing(self.output))?;
            watch.done(planned.entry.size);
            return Ok(());
        }
        let mut header = header(EntryType::Regular, mode, planned.entry.size);
        let mut reader = Digesting::new(open(planned)?, planned, watch);
        // A file that grows meanwhile gives other bytes, and so another digest.
        let outcome = self.tar.append_data(&mut header, path, (&mut reader).take(planned.entry.size));
        let facts = reader.facts();
        outcome.map_err(writing(self.output))?;
        check(planned, facts).map(drop)
    }

    fn finish(self) -> Result<()> {
        let finish = || {
            let mut file = self.tar.into_inner()?.finish()?;
            file.flush()
        };
        finish().map_err(writing(self.output))
    }
}

/// A header with nothing in it of the machine or the hour.
fn header(kind: EntryType, mode: u32, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header
}

/// Digests what is read.
struct Digesting<'a> {
    from: File,
    sha256: Hasher,
    other: Option<Hasher>,
    size: u64,
    watch: &'a dyn Watch,
}

impl<'a> Digesting<'a> {
    fn new(from: File, planned: &Planned, watch: &'a dyn Watch) -> Self {
        let algorithm = planned.digest.algorithm();
        let other = (algorithm != Algorithm::Sha256).then(|| Hasher::new(algorithm));
        Self { from, sha256: Hasher::new(Algorithm::Sha256), other, size: 0, watch }
    }

    fn facts(self) -> Facts {
        let sha256 = self.sha256.finish();
        Facts { digest: self.other.map_or_else(|| sha256.clone(), Hasher::finish), sha256, size: self.size }
    }
}

impl Read for Digesting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.from.read(buffer)?;
        self.sha256.update(&buffer[..length]);
        if let Some(other) = &mut self.other {
            other.update(&buffer[..length]);
        }
        self.size += length as u64;
        self.watch.done(length as u64);
        Ok(length)
    }
}
