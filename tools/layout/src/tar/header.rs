//! The 512 bytes before each member.

use crate::error::{damaged, Outcome};

/// How long a header is, and the unit of everything in a tar archive.
pub const BLOCK: usize = 512;

/// A header whose checksum is right.
pub struct Header {
    block: [u8; BLOCK],
}

/// The number in a field: octal digits, or base-256 where the first bit is set.
pub fn number(field: &[u8]) -> Option<u64> {
    if field.first().is_some_and(|byte| byte & 0x80 != 0) {
        if field[0] & 0x40 != 0 {
            return None;
        }
        let (high, low) = field.split_at(field.len().saturating_sub(8));
        let over = high.iter().enumerate().any(|(at, byte)| if at == 0 { byte & 0x3f != 0 } else { *byte != 0 });
        let first = if high.is_empty() { low[0] & 0x3f } else { low[0] };
        let value = low[1..].iter().fold(u64::from(first), |value, byte| value << 8 | u64::from(*byte));
        return (!over).then_some(value);
    }
    let text = field.split(|byte| *byte == 0).next().unwrap_or_default().trim_ascii();
    text.iter().try_fold(0_u64, |value, byte| match byte {
        b'0'..=b'7' => value.checked_mul(8)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    })
}

impl Header {
    /// Whether a block can be a header.
    pub fn fits(block: &[u8; BLOCK]) -> bool {
        let Some(stated) = number(&block[148..156]) else { return false };
        // Some old archivers added the bytes up as signed ones.
        let (mut unsigned, mut signed) = (0_i64, 0_i64);
        for (at, byte) in block.iter().enumerate() {
            let byte = if (148..156).contains(&at) { b' ' } else { *byte };
            unsigned += i64::from(byte);
            signed += i64::from(i8::from_ne_bytes([byte]));
        }
        let stated = i64::try_from(stated).unwrap_or(-1);
        stated == unsigned || stated == signed
    }

    /// A header, where the checksum is right.
    pub fn new(block: &[u8; BLOCK]) -> Outcome<Self> {
        if !Self::fits(block) {
            return Err(damaged("a member's header has a wrong checksum"));
        }
        Ok(Self { block: *block })
    }

    fn text(&self, from: usize, to: usize) -> &[u8] {
        self.block[from..to].split(|byte| *byte == 0).next().unwrap_or_default()
    }

    /// The member's name, with ustar's prefix.
    pub fn name(&self) -> Vec<u8> {
        let name = self.text(0, 100);
        // GNU's own headers have times and a map of holes where ustar has the prefix.
        let is_ustar = &self.block[257..263] == b"ustar\0";
        match self.text(345, 500) {
            prefix if is_ustar && !prefix.is_empty() => [prefix, b"/", name].concat(),
            _ => name.to_vec(),
        }
    }

    /// What a link names.
    pub fn link(&self) -> Vec<u8> {
        self.text(157, 257).to_vec()
    }

    /// The kind's letter.
    pub fn kind(&self) -> u8 {
        self.block[156]
    }

    /// How many bytes follow.
    pub fn size(&self) -> Outcome<u64> {
        let size = number(&self.block[124..136]).ok_or_else(|| damaged("a member's size is no number"))?;
        // So that sums of sizes and paddings cannot overflow.
        if size > u64::MAX >> 2 {
            return Err(damaged("a member's size is no size"));
        }
        Ok(size)
    }

    /// The permission bits.
    pub fn mode(&self) -> Outcome<u32> {
        let mode = number(&self.block[100..108]).ok_or_else(|| damaged("a member's mode is no number"))?;
        Ok(u32::try_from(mode & 0o7777).unwrap_or(0))
    }

    /// The raw bytes, for the map of holes.
    pub fn bytes(&self) -> &[u8; BLOCK] {
        &self.block
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers() {
        assert_eq!(number(b"0000755\0"), Some(0o755));
        assert_eq!(number(b"   644 \0"), Some(0o644));
        assert_eq!(number(b"\0\0\0\0"), Some(0));
        assert_eq!(number(b"999\0"), None);
        assert_eq!(number(&[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]), Some(258));
        assert_eq!(number(&[0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), None);
        assert_eq!(number(&[0xff; 12]), None);
        assert_eq!(number(&[0x80, 0, 0, 0, 0, 0, 0, 7]), Some(7));
    }
}
