//! Decompressors, as readers.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use lazytools_lock::Format;

use crate::ahead::ReadAhead;
use crate::brotli::BrotliReader;

/// How much of a compressed file is read at a time.
const INPUT: usize = 128 << 10;

/// The largest dictionary that an archive may ask for. `xz -9` asks for 64 MiB and `zstd --long` for 128 MiB; beyond
/// that only hostile archives go.
pub const MAX_DICTIONARY: u64 = 128 << 20;
/// liblzma counts its own tables as well.
const XZ_MEMORY: u64 = MAX_DICTIONARY + (1 << 20);
/// The same bound as a power of two, as zstandard counts it.
const ZSTD_WINDOW_LOG: u32 = 27;

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// brotli.
    Br,
    /// bzip2.
    Bz2,
    /// gzip.
    Gz,
    /// xz.
    Xz,
    /// zstandard.
    Zst,
}

impl Compression {
    /// The compression of a tar archive or a single file; a zip archive has none of its own.
    pub fn of(format: Format) -> Self {
        match format {
            Format::File | Format::Tar | Format::Zip => Self::None,
            Format::Br | Format::TarBr => Self::Br,
            Format::Bz2 | Format::TarBz2 => Self::Bz2,
            Format::Gz | Format::TarGz => Self::Gz,
            Format::Xz | Format::TarXz => Self::Xz,
            Format::Zst | Format::TarZst => Self::Zst,
        }
    }

    /// The plain bytes of a compressed file, decompressed by a thread of its own. Files of several streams are read to the end of the last.
    pub fn reader(self, file: File) -> io::Result<Box<dyn Read + Send>> {
        if self == Self::None {
            return Ok(Box::new(file));
        }
        Ok(Box::new(ReadAhead::new(self.buffered(BufReader::with_capacity(INPUT, file))?)?))
    }

    /// The plain bytes of compressed ones.
    pub fn buffered(self, input: impl BufRead + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Self::None => Box::new(input),
            Self::Br => Box::new(BrotliReader::new(input)),
            Self::Bz2 => Box::new(bzip2::bufread::MultiBzDecoder::new(input)),
            Self::Gz => Box::new(flate2::bufread::MultiGzDecoder::new(input)),
            Self::Xz => {
                let stream = liblzma::stream::Stream::new_stream_decoder(XZ_MEMORY, liblzma::stream::CONCATENATED)?;
                Box::new(liblzma::bufread::XzDecoder::new_stream(input, stream))
            }
            Self::Zst => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(input)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                Box::new(decoder)
            }
        })
    }
}
