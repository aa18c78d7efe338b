//! What of a recipe decides what is laid out: its digest says whether a pin is that of this recipe. Comments, the order
//! of keys and what is said to readers are no part of it, so that a better sentence makes no pin stale.

use std::fmt::Write as _;

use toml::de::{DeTable, DeValue};

use crate::{Algorithm, Integrity};

/// The keys that only readers see.
const SAID: &[&str] = &["description", "doc", "example", "group", "homepage"];

/// The digest of a recipe's document.
pub(super) fn digest(document: &DeTable<'_>) -> Integrity {
    let mut decides = DeTable::new();
    decides.extend(document.clone().into_iter().filter(|(key, _)| !SAID.contains(&key.get_ref().as_ref())));
    let mut text = String::new();
    write(&mut text, &DeValue::Table(decides), false);
    Algorithm::Sha256.digest(text.as_bytes())
}

/// Writes a value in one form. `ordered`: the order of keys counts, as it does below `json`.
fn write(out: &mut String, value: &DeValue<'_>, ordered: bool) {
    let _ = match value {
        DeValue::String(text) => write!(out, "{text:?};"),
        DeValue::Integer(number) => write!(out, "{}/{};", number.as_str(), number.radix()),
        DeValue::Float(number) => write!(out, "{};", number.as_str()),
        DeValue::Boolean(flag) => write!(out, "{flag};"),
        DeValue::Datetime(moment) => write!(out, "{moment};"),
        DeValue::Array(items) => {
            out.push('[');
            items.iter().for_each(|item| write(out, item.get_ref(), ordered));
            write!(out, "]")
        }
        DeValue::Table(table) => {
            let mut entries: Vec<_> = table.iter().collect();
            if ordered {
                entries.sort_by_key(|(key, _)| key.span().start);
            } else {
                entries.sort_by(|(a, _), (b, _)| a.get_ref().cmp(b.get_ref()));
            }
            out.push('{');
            for (key, item) in entries {
                let _ = write!(out, "{:?}=", key.get_ref());
                write(out, item.get_ref(), ordered || key.get_ref() == "json");
            }
            write!(out, "}}")
        }
    };
}

#[cfg(test)]
mod tests {
    use super::super::Recipe;

    const RECIPE: &str = "schema = 1\nname = \"x\"\ndescription = \"An x.\"\n\n[[layout]]\nstep = \"write\"\n\
                          to = \"a\"\njson = { b = \"1\", a = \"2\" }\n";

    fn digest(text: &str) -> String {
        Recipe::parse("x.toml", text).unwrap().digest.to_string()
    }

    #[test]
    fn what_readers_see_is_no_part_of_it() {
        let said = RECIPE
            .replace("An x.", "A better sentence.\"\nhomepage = \"https://x.example\"\ngroup = \"go\"\ndoc = \"More.")
            .replace("[[layout]]", "# A comment.\n[example]\nname = \"y\"\nplatforms = []\n\n[[layout]]")
            .replace("step = \"write\"\nto = \"a\"", "to = \"a\"\nstep = \"write\"");
        assert_eq!(digest(RECIPE), digest(&said));
    }

    #[test]
    fn what_is_laid_out_is() {
        for (from, to) in [
            ("to = \"a\"", "to = \"c\""),
            ("name = \"x\"", "name = \"y\""),
            ("{ b = \"1\", a = \"2\" }", "{ a = \"2\", b = \"1\" }"),
            ("{ b = \"1\", a = \"2\" }", "{ b = \"1\", a = 2 }"),
            ("\n[[layout]]", "\n[access]\nmode = \"copy\"\n\n[[layout]]"),
        ] {
            assert!(RECIPE.contains(from));
            assert_ne!(digest(RECIPE), digest(&RECIPE.replace(from, to)), "{to}");
        }
    }
}
