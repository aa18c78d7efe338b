//! The wire form of protocol buffers, as far as the rules log needs it: fields of a message that is in memory.
//! <https://protobuf.dev/programming-guides/encoding/>

/// A field's value. Numbers other than varints are passed over: no message read here has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A number.
    Varint(u64),
    /// A text, bytes, or a message.
    Bytes(&'a [u8]),
    /// A number of fixed length.
    Fixed,
}

/// The bytes are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged;

/// The fields of a message, in order.
pub struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub fn new(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Damaged> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Damaged)?;
        self.rest = rest;
        Ok(taken)
    }

    fn varint(&mut self) -> Result<u64, Damaged> {
        let mut number = Varint::default();
        loop {
            let byte = self.take(1)?[0];
            if let Some(number) = number.push(byte)? {
                return Ok(number);
            }
        }
    }

    fn field(&mut self) -> Result<(u32, Value<'a>), Damaged> {
        let tag = u32::try_from(self.varint()?).map_err(|_| Damaged)?;
        let value = match tag & 7 {
            0 => Value::Varint(self.varint()?),
            1 => self.take(8).map(|_| Value::Fixed)?,
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| Damaged)?;
                Value::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Value::Fixed)?,
            _ => return Err(Damaged),
        };
        let number = tag >> 3;
        if number == 0 {
            return Err(Damaged);
        }
        Ok((number, value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u32, Value<'a>), Damaged>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

/// A number of seven bits in each byte, the lowest first; the top bit says that more follow.
#[derive(Default)]
pub struct Varint {
    number: u64,
    bits: u32,
}

impl Varint {
    /// Whether no byte has come yet.
    pub fn is_empty(&self) -> bool {
        self.bits == 0
    }

    /// The next byte; the number where this was its last.
    pub fn push(&mut self, byte: u8) -> Result<Option<u64>, Damaged> {
        let low = u64::from(byte & 0x7f);
        // The tenth byte has room for one bit.
        if self.bits > 63 || (self.bits == 63 && low > 1) {
            return Err(Damaged);
        }
        self.number |= low << self.bits;
        self.bits += 7;
        Ok((byte & 0x80 == 0).then_some(self.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Result<Vec<(u32, Value<'_>)>, Damaged> {
        Fields::new(bytes).collect()
    }

    #[test]
    fn fields_come_in_order() {
        let bytes = [0x08, 0x96, 0x01, 0x12, 2, b'h', b'i', 0x1d, 1, 2, 3, 4, 0x21, 1, 2, 3, 4, 5, 6, 7, 8];
        let expected = vec![(1, Value::Varint(150)), (2, Value::Bytes(b"hi")), (3, Value::Fixed), (4, Value::Fixed)];
        assert_eq!(all(&bytes), Ok(expected));
        assert_eq!(all(&[]), Ok(vec![]));
    }

    #[test]
    fn damaged_bytes_are_refused() {
        let largest = [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert_eq!(all(&largest), Ok(vec![(1, Value::Varint(u64::MAX))]));
        let too_large = [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02];
        let cases: [&[u8]; 7] = [
            &too_large,
            &[0x08],
            &[0x08, 0x80],
            &[0x12, 5, 1],
            &[0x00, 1],
            &[0x0b],
            &[0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
        ];
        for bytes in cases {
            assert_eq!(all(bytes), Err(Damaged), "{bytes:?}");
        }
    }

    #[test]
    fn any_bytes_end() {
        // A small generator of pseudo-random bytes; what it gives is the same on each run.
        let mut state = 1_u64;
        for length in 0..2000 {
            let bytes: Vec<u8> = std::iter::repeat_with(|| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                state.to_be_bytes()[0]
            })
            .take(length % 64)
            .collect();
            assert!(Fields::new(&bytes).count() <= bytes.len());
        }
    }
}
