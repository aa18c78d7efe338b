//! The zip reader.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| lazytools_layout::fuzz::zip(bytes));
