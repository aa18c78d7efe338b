//! Text of others, made fit for a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with what a terminal would obey, or what would turn the order of the letters around, written as `\u{…}`.
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(obeyed) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if obeyed(letter) {
            let _ = write!(plain, "{}", letter.escape_unicode());
        } else {
            plain.push(letter);
        }
    }
    Cow::Owned(plain)
}

fn obeyed(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_terminal_obeys_nothing() {
        assert_eq!(plain("ä b"), "ä b");
        assert_eq!(plain("\u{1b}[2J\n\u{202e}x"), "\\u{1b}[2J\\u{a}\\u{202e}x");
    }
}
