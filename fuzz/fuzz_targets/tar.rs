//! The tar reader below each decompressor. The first byte chooses the compression.
#![no_main]

use lazytools_lock::Format;
use libfuzzer_sys::fuzz_target;

const FORMATS: [Format; 6] =
    [Format::Tar, Format::Tar, Format::TarGz, Format::TarXz, Format::TarZst, Format::TarBz2];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    lazytools_layout::fuzz::tar(rest, FORMATS.get(usize::from(*first)).copied().unwrap_or(Format::TarBr));
});
