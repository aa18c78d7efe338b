//! Template files of Markdown: `{{name}}` stands for a text, and a section in which every text is empty is left out.

use std::collections::BTreeMap;

/// Fills a template in. Sections begin with `## `. No line ends in blanks, and no two empty lines follow each other.
pub fn fill(template: &str, values: &BTreeMap<&str, String>) -> String {
    let mut out = String::new();
    for section in sections(template) {
        let mut text = section.to_owned();
        let (mut named, mut filled) = (false, false);
        for (name, value) in values {
            let mark = format!("{{{{{name}}}}}");
            if section.contains(&mark) {
                named = true;
                filled |= !value.is_empty();
                // Marks in what is filled in are the recipe's own.
                text = text.replace(&mark, &value.replace("{{", "{\u{0}{"));
            }
        }
        if filled || !named {
            out.push_str(&text.replace('\u{0}', ""));
        }
    }
    tidy(&out)
}

fn sections(template: &str) -> Vec<&str> {
    let mut starts: Vec<usize> = template.match_indices("\n## ").map(|(at, _)| at + 1).collect();
    starts.insert(0, 0);
    let ends = starts.iter().skip(1).copied().chain(std::iter::once(template.len()));
    starts.iter().zip(ends).map(|(start, end)| &template[*start..end]).collect()
}

fn tidy(text: &str) -> String {
    let mut out = String::new();
    let mut empty = 0;
    for line in text.lines().map(str::trim_end) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            out.push_str(line);
            out.push('\n');
        }
    }
    format!("{}\n", out.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_sections_are_left_out() {
        let template = "# {{name}}\n\n## A\n\n{{a}}\n\n{{b}}\n\n## B\n\n{{b}}\n\n## C\n\nfixed\n";
        let values = BTreeMap::from([("name", "x".to_owned()), ("a", "1 {{b}}  ".to_owned()), ("b", String::new())]);
        assert_eq!(fill(template, &values), "# x\n\n## A\n\n1 {{b}}\n\n## C\n\nfixed\n");
    }
}
