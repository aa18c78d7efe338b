//! The part of a file that is asked for.

/// A part of a file: from its first byte, so many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The first byte.
    pub first: u64,
    /// How many.
    pub length: u64,
}

/// What a `Range` header asks of a file of this size. `None` where all of it is to be sent, which is right for whatever is
/// not understood; an error where the file has no such part.
pub fn part(header: &str, size: u64) -> Option<Result<Part, ()>> {
    let range = header.trim().strip_prefix("bytes=")?;
    let (first, last) = range.split_once('-')?;
    let (first, last) = (first.trim(), last.trim());
    if first.is_empty() {
        let length: u64 = last.parse().ok()?;
        let length = length.min(size);
        return Some(if length == 0 { Err(()) } else { Ok(Part { first: size - length, length }) });
    }
    let first: u64 = first.parse().ok()?;
    let last: u64 = if last.is_empty() { u64::MAX } else { last.parse().ok()? };
    if first > last {
        return None;
    }
    Some(if first >= size { Err(()) } else { Ok(Part { first, length: last.min(size - 1) - first + 1 }) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        let ok = |first, length| Some(Ok(Part { first, length }));
        assert_eq!(part("bytes=0-3", 10), ok(0, 4));
        assert_eq!(part("bytes=4-", 10), ok(4, 6));
        assert_eq!(part("bytes=4-99", 10), ok(4, 6));
        assert_eq!(part("bytes=-3", 10), ok(7, 3));
        assert_eq!(part("bytes=-30", 10), ok(0, 10));
        for outside in ["bytes=10-", "bytes=-0"] {
            assert_eq!(part(outside, 10), Some(Err(())), "{outside}");
        }
        assert_eq!(part("bytes=0-", 0), Some(Err(())));
        for whole in ["bytes=3-1", "bytes=a-b", "bytes=0-1,3-4", "lines=0-1", "bytes=", "bytes=-", ""] {
            assert_eq!(part(whole, 10), None, "{whole}");
        }
    }
}
