//! The links of an HTML page, as far as package indexes write such pages (PEP 503).

use std::collections::BTreeMap;

/// A link: its attributes by lower-case name, and the text in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Anchor {
    pub attributes: BTreeMap<String, String>,
    pub text: String,
}

/// All links of a page.
pub(super) fn anchors(page: &str) -> Vec<Anchor> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some(at) = [rest.find("<a"), rest.find("<A")].into_iter().flatten().min() {
        rest = &rest[at + 2..];
        if !rest.starts_with(|c: char| c.is_ascii_whitespace()) {
            continue;
        }
        let Some((attributes, after)) = attributes(rest) else { break };
        let end = after.find('<').unwrap_or(after.len());
        found.push(Anchor { attributes, text: decoded(&after[..end]) });
        rest = &after[end..];
    }
    found
}

/// The attributes of a tag, and what follows its `>`.
fn attributes(tag: &str) -> Option<(BTreeMap<String, String>, &str)> {
    let mut attributes = BTreeMap::new();
    let mut rest = tag.trim_start();
    loop {
        if let Some(after) = rest.strip_prefix('>') {
            return Some((attributes, after));
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>'))?;
        let name = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            (value, rest) = if let Some(quote) = quote {
                after[1..].split_once(quote)?
            } else {
                after.split_at(after.find(|c: char| c.is_ascii_whitespace() || c == '>')?)
            };
        } else if end == 0 {
            // What is no name, as the slash of an empty element.
            rest = &rest[rest.chars().next()?.len_utf8()..];
        }
        attributes.insert(name, decoded(value));
        rest = rest.trim_start();
    }
}

/// The five named entities that such pages hold.
fn decoded(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    text.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links() {
        let page = "<html><abbr>x</abbr><a href='x?a=1&amp;b=2#c' data-requires-python=\"&gt;=3.8\" data-yanked>name</a>\n<A\nhref=y>other</A><a href=\"";
        let found = anchors(page);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].text, "name");
        assert_eq!(found[0].attributes["href"], "x?a=1&b=2#c");
        assert_eq!(found[0].attributes["data-requires-python"], ">=3.8");
        assert_eq!(found[0].attributes["data-yanked"], "");
        assert_eq!(found[1].attributes["href"], "y");
        assert_eq!(anchors("<p>nothing</p>"), []);
    }
}
