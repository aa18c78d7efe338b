//! Cargo's settings without anything that is secret or of this machine.

use std::fs;
use std::path::Path;

use toml::{Table, Value};

use crate::{AirgapError, Result};

/// What is kept of a registry: neither its token nor who gives one.
const OF_A_REGISTRY: [&str; 2] = ["index", "protocol"];
/// What is kept of a source.
const OF_A_SOURCE: [&str; 8] =
    ["registry", "replace-with", "git", "branch", "tag", "rev", "local-registry", "directory"];

/// What a `CARGO_HOME`'s settings say of where packages are and which are chosen. Secrets in addresses are left out.
pub fn of(home: &Path) -> Result<Table> {
    let names = ["config.toml", "config"];
    let Some(path) = names.iter().map(|name| home.join(name)).find(|path| path.is_file()) else {
        return Ok(Table::new());
    };
    let text = fs::read_to_string(&path).map_err(AirgapError::io("reading", &path))?;
    // Cargo itself says what is wrong with a file that it cannot read.
    let all: Table = text.parse().unwrap_or_default();
    let mut kept = Table::new();
    for (name, keys) in [("source", &OF_A_SOURCE[..]), ("registries", &OF_A_REGISTRY)] {
        if let Some(Value::Table(entries)) = all.get(name) {
            let entries = entries.iter().map(|(entry, value)| (entry.clone(), only(value, keys)));
            kept.insert(name.to_owned(), Value::Table(entries.collect()));
        }
    }
    for (name, key) in [("registry", "default"), ("resolver", "incompatible-rust-versions")] {
        if let Some(value) = all.get(name).and_then(|table| table.get(key)).filter(|value| value.is_str()) {
            kept.insert(name.to_owned(), Value::Table(Table::from_iter([(key.to_owned(), value.clone())])));
        }
    }
    Ok(kept)
}

fn only(value: &Value, keys: &[&str]) -> Value {
    let Value::Table(table) = value else { return Value::Table(Table::new()) };
    let kept = table.iter().filter(|(key, value)| keys.contains(&key.as_str()) && value.is_str());
    Value::Table(kept.map(|(key, value)| (key.clone(), bare(value))).collect())
}

/// An address without a name and a password.
fn bare(value: &Value) -> Value {
    let text = value.as_str().unwrap_or_default();
    let Some((scheme, rest)) = text.split_once("://") else { return value.clone() };
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    Value::String(format!("{scheme}://{host}{path}"))
}

/// The settings of a `CARGO_HOME` that has all that is needed.
pub fn offline(mut settings: Table) -> String {
    settings.insert("net".to_owned(), Value::Table(Table::from_iter([("offline".to_owned(), Value::Boolean(true))])));
    settings.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_kept() {
        let home = tempfile::tempdir().unwrap();
        let text = r#"
            [source.crates-io]
            replace-with = "mirror"
            [source.mirror]
            registry = "sparse+https://me:hush@h.example/index/"
            [registries.own]
            index = "sparse+https://o.example/"
            token = "hush"
            credential-provider = ["cargo:token-from-stdout", "hush"]
            [registry]
            token = "hush"
            default = "own"
            [http]
            proxy = "me:hush@p.example"
            [build]
            rustflags = ["--cfg", "hush"]
            [env]
            TOKEN = "hush"
        "#;
        fs::write(home.path().join("config.toml"), text).unwrap();
        let kept = offline(of(home.path()).unwrap());
        assert!(!kept.contains("hush"), "{kept}");
        let read: Table = kept.parse().unwrap();
        assert_eq!(read["source"]["crates-io"]["replace-with"].as_str(), Some("mirror"));
        assert_eq!(read["source"]["mirror"]["registry"].as_str(), Some("sparse+https://h.example/index/"));
        assert_eq!(read["registries"]["own"]["index"].as_str(), Some("sparse+https://o.example/"));
        assert_eq!(read["registry"]["default"].as_str(), Some("own"));
        assert_eq!(read["net"]["offline"].as_bool(), Some(true));
    }
}
