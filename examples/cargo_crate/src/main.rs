//! Says how many characters its arguments have, as a reader would count them.

use unicode_segmentation::UnicodeSegmentation;

fn count(text: &str) -> usize {
    text.graphemes(true).count()
}

fn main() {
    for text in std::env::args().skip(1) {
        println!("{text}: {}", count(&text));
    }
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn an_accent_belongs_to_its_letter() {
        assert_eq!(count("cafe\u{301}"), 4);
    }

    #[test]
    fn a_flag_is_one_character() {
        assert_eq!(count("🇩🇰🇳🇴"), 2);
    }
}
