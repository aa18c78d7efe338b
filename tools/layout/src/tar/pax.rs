//! pax headers: what a member's own header has no room for.

use std::str;

use crate::error::{damaged, Outcome};

/// What is used of a pax header.
#[derive(Clone, Debug, Default)]
pub struct Pax {
    /// The member's name.
    pub path: Option<Vec<u8>>,
    /// What a link names.
    pub link: Option<Vec<u8>>,
    /// The member's size.
    pub size: Option<u64>,
    /// GNU tar's account of a sparse file.
    pub sparse: Option<SparseMap>,
}

/// GNU tar's account of a sparse file in its three forms.
#[derive(Clone, Debug, Default)]
pub struct SparseMap {
    /// Whether the map stands before the content.
    pub in_content: bool,
    /// The file's name.
    pub name: Option<Vec<u8>>,
    /// The file's size with its holes.
    pub size: Option<u64>,
    /// Offsets and lengths in turn.
    pub map: Vec<u64>,
}

/// The number of a pax record.
pub fn decimal(text: &[u8]) -> Outcome<u64> {
    let number = str::from_utf8(text).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let number: Option<u64> = number.and_then(|text| text.parse().ok());
    number
        .filter(|number| *number <= u64::MAX >> 2)
        .ok_or_else(|| damaged("a pax header holds no number where one belongs"))
}

impl Pax {
    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.path.is_none() && self.link.is_none() && self.size.is_none() && self.sparse.is_none()
    }

    /// Adds the records of a header: `LENGTH KEY=VALUE\n`, the length counting itself.
    pub fn parse(&mut self, mut text: &[u8]) -> Outcome<()> {
        let wrong = || damaged("a pax header is not one");
        while !text.is_empty() {
            // Some archivers fill the header up with NULs.
            if text.iter().all(|byte| *byte == 0) {
                break;
            }
            let space = text.iter().position(|byte| *byte == b' ').ok_or_else(wrong)?;
            let length = usize::try_from(decimal(&text[..space])?).map_err(|_| wrong())?;
            if length <= space + 1 || length > text.len() || text[length - 1] != b'\n' {
                return Err(wrong());
            }
            let record = &text[space + 1..length - 1];
            let equals = record.iter().position(|byte| *byte == b'=').ok_or_else(wrong)?;
            self.record(&record[..equals], &record[equals + 1..])?;
            text = &text[length..];
        }
        Ok(())
    }

    fn record(&mut self, key: &[u8], value: &[u8]) -> Outcome<()> {
        match key {
            b"path" => self.path = Some(value.to_vec()),
            b"linkpath" => self.link = Some(value.to_vec()),
            b"size" => self.size = Some(decimal(value)?),
            _ => {
                if let Some(key) = key.strip_prefix(b"GNU.sparse.") {
                    self.sparse.get_or_insert_default().record(key, value)?;
                }
            }
        }
        Ok(())
    }

    /// What this header and the global one say together.
    pub fn over(self, global: &Self) -> Self {
        Self {
            path: self.path.or_else(|| global.path.clone()),
            link: self.link.or_else(|| global.link.clone()),
            size: self.size.or(global.size),
            sparse: self.sparse,
        }
    }
}

impl SparseMap {
    fn record(&mut self, key: &[u8], value: &[u8]) -> Outcome<()> {
        match key {
            b"major" => self.in_content = value == b"1",
            b"name" => self.name = Some(value.to_vec()),
            b"size" | b"realsize" => self.size = Some(decimal(value)?),
            b"offset" | b"numbytes" => self.map.push(decimal(value)?),
            b"map" => self.map = value.split(|byte| *byte == b',').map(decimal).collect::<Outcome<_>>()?,
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records() {
        let mut pax = Pax::default();
        pax.parse(b"12 path=a/b\n11 size=12\n18 SCHILY.xattr=x\n\0\0").unwrap();
        assert_eq!((pax.path.as_deref(), pax.size), (Some(&b"a/b"[..]), Some(12)));
        for wrong in [&b"12 path=a/b"[..], b"x path=a\n", b"99 path=a\n", b"0 path=a\n", b"9 path a\n", b"11 size=-2\n"]
        {
            assert!(Pax::default().parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
