//! Moments as RFC 3339 writes them, as far as they have to be compared.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Now.
    pub fn now() -> Self {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self(i64::try_from(seconds).unwrap_or(i64::MAX))
    }

    /// So many seconds later.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Reads `2025-01-29T00:00:00.000Z`, or with an offset as in `+01:00`. None: it is no such text.
    pub fn parse(text: &str) -> Option<Self> {
        let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok().filter(|number| *number >= 0);
        let mark = |at: usize, marks: &[u8]| text.as_bytes().get(at).filter(|byte| marks.contains(byte)).map(|_| ());
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        mark(4, b"-")?;
        mark(7, b"-")?;
        mark(10, b"Tt ")?;
        mark(13, b":")?;
        mark(16, b":")?;
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let zone = text[19..].trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
        let offset = match (zone.as_bytes().first()?, zone.len()) {
            (b'Z' | b'z', 1) => 0,
            (sign @ (b'+' | b'-'), 6) => {
                let part = |range: std::ops::Range<usize>| zone.get(range)?.parse::<i64>().ok();
                let seconds = part(1..3)? * 3600 + part(4..6)? * 60;
                if *sign == b'+' {
                    seconds
                } else {
                    -seconds
                }
            }
            _ => return None,
        };
        Some(Self(days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset))
    }
}

/// Days since 1970 of a day in the Gregorian calendar; a year begins in March here, so that its last day may vary.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn moments() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:00:00.123Z", 951_825_600),
            ("2025-01-29T00:00:00.000Z", 1_738_108_800),
            ("2025-01-29T01:00:00+01:00", 1_738_108_800),
        ] {
            assert_eq!(Timestamp::parse(text), Some(Timestamp(seconds)), "{text}");
        }
        for text in ["", "2025-01-29", "2025-13-29T00:00:00Z", "2025-01-29T00:00:00", "ä025-01-29T00:00:00Z"] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }
}
