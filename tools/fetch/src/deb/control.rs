//! Debian's control files (deb822): paragraphs of fields.

use std::collections::BTreeMap;
use std::io::BufRead;

/// The fields of a paragraph by lower-case name; the lines of a value are joined by newlines.
pub(super) type Paragraph = BTreeMap<String, String>;

/// The paragraphs of a file, one after the other, so that an index of many megabytes is never in memory whole.
pub(super) struct Paragraphs<R> {
    lines: std::io::Lines<R>,
}

impl<R: BufRead> Paragraphs<R> {
    pub fn new(reader: R) -> Self {
        Self { lines: reader.lines() }
    }
}

impl<R: BufRead> Iterator for Paragraphs<R> {
    type Item = std::io::Result<Paragraph>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut paragraph = Paragraph::new();
        let mut last = String::new();
        for line in self.lines.by_ref() {
            let line = match line {
                Ok(line) => line,
                Err(error) => return Some(Err(error)),
            };
            if line.starts_with('#') {
                continue;
            }
            if line.trim().is_empty() {
                if paragraph.is_empty() {
                    continue;
                }
                return Some(Ok(paragraph));
            }
            if line.starts_with([' ', '\t']) {
                if let Some(value) = paragraph.get_mut(&last) {
                    value.push('\n');
                    value.push_str(line.trim());
                }
            } else if let Some((key, value)) = line.split_once(':') {
                last = key.trim().to_ascii_lowercase();
                paragraph.insert(last.clone(), value.trim().to_owned());
            }
        }
        (!paragraph.is_empty()).then_some(Ok(paragraph))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs() {
        let text = "# x\n\nA: 1\nB:\n one\n two\n\n\nA: 2\n";
        let found: Vec<Paragraph> = Paragraphs::new(text.as_bytes()).map(Result::unwrap).collect();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0]["b"], "\none\ntwo");
        assert_eq!(found[1]["a"], "2");
    }
}
