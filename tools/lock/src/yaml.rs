//! A small view of YAML, as package managers write it.

use yaml_rust2::parser::{Event, EventReceiver, Parser};
use yaml_rust2::yaml::Hash;
use yaml_rust2::{ScanError, Yaml, YamlLoader};

/// Counts aliases, without following them.
struct Aliases(usize);

impl EventReceiver for Aliases {
    fn on_event(&mut self, event: Event) {
        self.0 += usize::from(matches!(event, Event::Alias(_)));
    }
}

/// The documents of a text that are mappings. An error says that it is no YAML, or has aliases.
///
/// # Errors
/// The text is not YAML, or has aliases.
pub fn documents(text: &str) -> Result<Vec<Hash>, String> {
    let wrong = |error: ScanError| format!("it is not YAML: {error}");
    // No package manager writes aliases, and a few of them could grow without end.
    let mut aliases = Aliases(0);
    Parser::new_from_str(text).load(&mut aliases, true).map_err(wrong)?;
    if aliases.0 > 0 {
        return Err("it has YAML aliases, which no package manager writes".to_owned());
    }
    let documents = YamlLoader::load_from_str(text).map_err(wrong)?;
    Ok(documents.into_iter().filter_map(Yaml::into_hash).collect())
}

/// A mapping's value.
pub fn get<'a>(hash: &'a Hash, key: &str) -> Option<&'a Yaml> {
    hash.get(&Yaml::String(key.to_owned()))
}

/// A mapping in a mapping.
pub fn table<'a>(hash: &'a Hash, key: &str) -> Option<&'a Hash> {
    get(hash, key)?.as_hash()
}

/// A scalar as it was written, as far as that matters for versions: `1.10` is a number for YAML.
pub fn text(value: &Yaml) -> Option<String> {
    match value {
        Yaml::String(text) | Yaml::Real(text) => Some(text.clone()),
        Yaml::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}
