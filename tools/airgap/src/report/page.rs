//! The page: one file that holds its data, and that nothing but itself is read for.
//!
//! Its policy lets only the scripts and styles run that are inside, by their digests, so that not even a hole in them could
//! send anything anywhere.

use base64::prelude::{Engine as _, BASE64_STANDARD};
use sha2::{Digest as _, Sha256};

use super::Report;

const TEMPLATE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
/// In the order that they run in; one scope holds all.
const SCRIPTS: [&str; 8] = [
    include_str!("page/model.js"),
    include_str!("page/state.js"),
    include_str!("page/treemap.js"),
    include_str!("page/map_view.js"),
    include_str!("page/table_view.js"),
    include_str!("page/details_view.js"),
    include_str!("page/filter_view.js"),
    include_str!("page/main.js"),
];

/// The page of a report, in HTML.
pub fn page(report: &Report) -> String {
    let script = format!("\"use strict\";\n(() => {{\n{}}})();\n", SCRIPTS.concat());
    let policy = format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; base-uri 'none'; form-action 'none'",
        digest(&script),
        digest(STYLE)
    );
    // In the order of the template, so that no part is looked for markers of another one.
    let mut rest = TEMPLATE;
    let mut page = String::new();
    for (marker, part) in
        [("%POLICY%", &policy), ("%STYLE%", &STYLE.to_owned()), ("%DATA%", &data(report)), ("%SCRIPT%", &script)]
    {
        let (before, after) = rest.split_once(marker).unwrap_or((rest, ""));
        page.extend([before, part]);
        rest = after;
    }
    page + rest
}

/// The source expression of a policy that lets just this text in.
fn digest(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}

/// JSON that can stand in a `script` element: with no character that could end it or begin a comment.
fn data(report: &Report) -> String {
    let json = serde_json::to_string(report).unwrap_or_else(|_| unreachable!("all keys are texts"));
    let mut text = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            // Markup stands in JSON only inside of texts, where any character may be escaped.
            '<' => text.push_str("\\u003c"),
            '>' => text.push_str("\\u003e"),
            '&' => text.push_str("\\u0026"),
            '\u{2028}' => text.push_str("\\u2028"),
            '\u{2029}' => text.push_str("\\u2029"),
            _ => text.push(letter),
        }
    }
    text
}
