//! A reader of brotli.
//!
//! Around the decoder itself, because its own reader takes windows of up to 1 GiB, which the standard does not know,
//! and lets anything follow the end.

use std::io::{self, BufRead, Read};

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};

/// Reads the plain bytes of a brotli stream.
pub struct BrotliReader<R> {
    input: R,
    state: Box<BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>>,
    done: bool,
}

impl<R: BufRead> BrotliReader<R> {
    /// Reads from compressed bytes.
    pub fn new(input: R) -> Self {
        let alloc = StandardAlloc::default;
        Self { input, state: Box::new(BrotliState::new_strict(alloc(), alloc(), alloc())), done: false }
    }
}

impl<R: BufRead> Read for BrotliReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while !self.done && !into.is_empty() {
            let input = self.input.fill_buf()?;
            let is_end = input.is_empty();
            let (mut available, mut used) = (input.len(), 0);
            let (mut space, mut written, mut total) = (into.len(), 0, 0);
            let state = &mut *self.state;
            let result = BrotliDecompressStream(
                &mut available,
                &mut used,
                input,
                &mut space,
                &mut written,
                into,
                &mut total,
                state,
            );
            self.input.consume(used);
            match result {
                BrotliResult::ResultFailure => {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, "invalid brotli"))
                }
                BrotliResult::ResultSuccess => {
                    self.done = true;
                    if !self.input.fill_buf()?.is_empty() {
                        return Err(io::Error::new(io::ErrorKind::InvalidData, "bytes after the end"));
                    }
                }
                BrotliResult::NeedsMoreInput if is_end && written == 0 => {
                    return Err(io::ErrorKind::UnexpectedEof.into())
                }
                BrotliResult::NeedsMoreInput | BrotliResult::NeedsMoreOutput => {}
            }
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}
