//! Files on their way from the thread that reads them to the one that writes them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lazytools_lock::FileMode;

use crate::error::{output, Outcome};
use crate::fsys::{write_at, Modes};
use crate::work::{Job, Queue, Scratch, CHUNK};

/// How many files one batch has at most.
const MAX_FILES: usize = 128;

/// Some small files, or a piece of a large one.
pub struct Batch {
    step: usize,
    modes: Modes,
    root: Arc<Path>,
    buffer: Box<[u8]>,
    used: usize,
    files: Vec<Small>,
    piece: Option<Piece>,
}

struct Small {
    path: Arc<str>,
    mode: FileMode,
    length: usize,
}

/// A large file is opened by the thread that reads it; its pieces may be written in any order.
struct Piece {
    file: Arc<File>,
    path: PathBuf,
    offset: u64,
}

impl Batch {
    /// The step that it belongs to.
    pub fn step(&self) -> usize {
        self.step
    }

    /// The buffer, for another batch.
    pub fn into_buffer(self) -> Box<[u8]> {
        self.buffer
    }

    /// Writes all that is in it.
    pub fn write(&mut self) -> Outcome<()> {
        if let Some(piece) = self.piece.take() {
            return write_at(&piece.file, &self.buffer[..self.used], piece.offset).map_err(output("write", piece.path));
        }
        let mut start = 0;
        for small in self.files.drain(..) {
            let bytes = &self.buffer[start..start + small.length];
            start += small.length;
            write_file(self.modes, &self.root.join(&*small.path), small.mode, bytes)?;
        }
        Ok(())
    }
}

/// Makes a file with these bytes.
pub fn write_file(modes: Modes, path: &Path, mode: FileMode, bytes: &[u8]) -> Outcome<()> {
    let mut file = modes.create(path, mode)?;
    if !bytes.is_empty() {
        std::io::Write::write_all(&mut file, bytes).map_err(output("write", path))?;
    }
    Ok(())
}

/// Makes batches of the files that a stream reads.
pub struct Batcher<'q> {
    queue: &'q Queue<'q>,
    step: usize,
    modes: Modes,
    root: Arc<Path>,
    batch: Option<Batch>,
}

impl<'q> Batcher<'q> {
    /// For a step's files below `root`.
    pub fn new(queue: &'q Queue<'q>, step: usize, modes: Modes, root: &Arc<Path>) -> Self {
        Self { queue, step, modes, root: Arc::clone(root), batch: None }
    }

    fn batch(&mut self) -> &mut Batch {
        let (queue, step, modes, root) = (self.queue, self.step, self.modes, &self.root);
        self.batch.get_or_insert_with(|| Batch {
            step,
            modes,
            root: Arc::clone(root),
            buffer: queue.buffer(),
            used: 0,
            files: Vec::new(),
            piece: None,
        })
    }

    /// Hands on what there is. `Ok(false)`: something failed elsewhere, and the rest need not be done.
    pub fn flush(&mut self, scratch: &mut Scratch) -> bool {
        self.batch.take().is_none_or(|batch| self.queue.push(Job::Batch(batch), scratch))
    }

    /// Takes a file whose bytes `read` gives: it fills the buffer, except at the end. `size` is how many there will be,
    /// if that is known. Its actual size, or `None` where something failed elsewhere.
    pub fn file(
        &mut self,
        path: Arc<str>,
        mode: FileMode,
        size: Option<u64>,
        scratch: &mut Scratch,
        read: &mut dyn FnMut(&mut [u8]) -> Outcome<usize>,
    ) -> Outcome<Option<u64>> {
        match size.and_then(|size| usize::try_from(size).ok()).filter(|size| *size <= CHUNK) {
            Some(size) => {
                let full = self.batch.as_ref().is_some_and(|it| it.used + size > CHUNK || it.files.len() == MAX_FILES);
                if full && !self.flush(scratch) {
                    return Ok(None);
                }
                let batch = self.batch();
                let used = batch.used;
                let length = read(&mut batch.buffer[used..used + size])?;
                batch.used += length;
                batch.files.push(Small { path, mode, length });
                Ok(Some(length as u64))
            }
            None => self.large(&path, mode, scratch, read),
        }
    }

    fn large(
        &mut self,
        path: &str,
        mode: FileMode,
        scratch: &mut Scratch,
        read: &mut dyn FnMut(&mut [u8]) -> Outcome<usize>,
    ) -> Outcome<Option<u64>> {
        if !self.flush(scratch) {
            return Ok(None);
        }
        let path = self.root.join(path);
        let file = Arc::new(self.modes.create(&path, mode)?);
        let mut offset = 0;
        loop {
            let batch = self.batch();
            let length = read(&mut batch.buffer)?;
            batch.used = length;
            batch.piece = Some(Piece { file: Arc::clone(&file), path: path.clone(), offset });
            offset += length as u64;
            let last = length < CHUNK;
            if !self.flush(scratch) {
                return Ok(None);
            }
            if last {
                return Ok(Some(offset));
            }
        }
    }
}
