//! Reading ahead: a decompressor on a thread of its own, some buffers ahead of who reads from it.

use std::io::{self, Read};
use std::sync::mpsc::{channel, sync_channel, Receiver, Sender};
use std::thread;

/// How many bytes go over at a time, and how many times that the decompressor is ahead.
const BUFFER: usize = 512 << 10;
const BUFFERS: usize = 3;

/// Some of the bytes: a buffer and how much of it is filled, nothing at the end.
type Piece = io::Result<(Box<[u8]>, usize)>;

/// Reads from a thread that reads ahead.
pub struct ReadAhead {
    pieces: Receiver<Piece>,
    used: Sender<Box<[u8]>>,
    current: Box<[u8]>,
    at: usize,
    filled: usize,
    is_end: bool,
}

impl ReadAhead {
    /// Reads ahead of this. The thread ends with the reader, or when nobody reads from it any more.
    pub fn new(mut reader: impl Read + Send + 'static) -> io::Result<Self> {
        let (sender, pieces) = sync_channel::<Piece>(BUFFERS);
        let (used, spare) = channel::<Box<[u8]>>();
        thread::Builder::new().name("decompress".to_owned()).spawn(move || loop {
            let mut buffer = spare.try_recv().unwrap_or_else(|_| vec![0; BUFFER].into_boxed_slice());
            let piece = fill(&mut reader, &mut buffer);
            let is_last = !matches!(piece, Ok(BUFFER));
            if sender.send(piece.map(|filled| (buffer, filled))).is_err() || is_last {
                break;
            }
        })?;
        Ok(Self { pieces, used, current: Box::default(), at: 0, filled: 0, is_end: false })
    }
}

/// Fills the buffer, except at the end.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

impl Read for ReadAhead {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.filled && !self.is_end {
            // The thread says when it is at the end; when it is gone without that, something is missing.
            let (next, filled) = self.pieces.recv().map_err(|_| io::ErrorKind::UnexpectedEof)??;
            let last = std::mem::replace(&mut self.current, next);
            if !last.is_empty() {
                // Nobody takes it after the last piece.
                let _ = self.used.send(last);
            }
            (self.at, self.filled, self.is_end) = (0, filled, filled < BUFFER);
        }
        let length = into.len().min(self.filled - self.at);
        into[..length].copy_from_slice(&self.current[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(length: usize) -> Vec<u8> {
        let plain: Vec<u8> = (0_u8..=250).cycle().take(length).collect();
        let mut read = Vec::new();
        ReadAhead::new(io::Cursor::new(plain.clone())).unwrap().read_to_end(&mut read).unwrap();
        assert!(read == plain, "{length}");
        read
    }

    #[test]
    fn every_length() {
        for length in [0, 1, BUFFER - 1, BUFFER, BUFFER + 1, 20 * BUFFER, 20 * BUFFER + 7] {
            all(length);
        }
    }

    #[test]
    fn an_error_comes_after_what_was_read_whole() {
        struct Broken(usize);
        impl Read for Broken {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                self.0 = self.0.checked_sub(into.len()).ok_or(io::ErrorKind::InvalidData)?;
                Ok(into.len())
            }
        }
        let mut ahead = ReadAhead::new(Broken(3 * BUFFER)).unwrap();
        let mut read = vec![0; 3 * BUFFER];
        ahead.read_exact(&mut read).unwrap();
        assert_eq!(ahead.read(&mut read).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn one_that_is_not_read_to_its_end_ends() {
        drop(ReadAhead::new(io::repeat(1)).unwrap());
    }
}
