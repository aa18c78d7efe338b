//! Where the sparse index of the crate registry is.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::machine;

/// How often one source may be replaced by another.
const MAX_REPLACEMENTS: usize = 8;

pub(super) fn find(declared: Option<&str>, workspace: &Path) -> Option<String> {
    let home =
        machine::variable("CARGO_HOME").map(PathBuf::from).or_else(|| machine::home().map(|home| home.join(".cargo")));
    let folders = [Some(workspace.join(".cargo")), home.clone()];
    declared
        .and_then(sparse)
        .or_else(|| replaced(&folders.into_iter().flatten().filter_map(|folder| file(&folder)).collect::<Vec<_>>()))
        .or_else(|| kept(&home?.join("registry/index")))
        .or_else(asked)
}

/// A package whose one dependency makes cargo look into the index of the crate registry.
const ASKING: &str =
    "[package]\nname = \"ask\"\nversion = \"0.0.0\"\n[lib]\npath = \"lib.rs\"\n[dependencies]\nitoa = \"1\"\n";

/// The index that cargo uses when nothing is configured; it has no command that says so.
fn asked() -> Option<String> {
    let folder = tempfile::tempdir().ok()?;
    let home = folder.path().join("home");
    std::fs::write(folder.path().join("Cargo.toml"), ASKING).ok()?;
    std::fs::write(folder.path().join("lib.rs"), "").ok()?;
    let variables = [("CARGO_HOME", home.to_str()?), ("CARGO_NET_RETRY", "0")];
    machine::ask(folder.path(), "cargo", &["generate-lockfile"], &variables)?;
    kept(&home.join("registry/index"))
}

/// A sparse index's base address.
fn sparse(text: &str) -> Option<String> {
    machine::base(text.trim().strip_prefix("sparse+").unwrap_or(text))
}

fn file(folder: &Path) -> Option<Table> {
    ["config.toml", "config"].iter().find_map(|name| machine::read(&folder.join(name)))?.parse().ok()
}

/// The index that replaces the source crates-io in configuration files, the one that counts most first.
fn replaced(files: &[Table]) -> Option<String> {
    let text = |table: &str, name: &str, key: &str| {
        files.iter().find_map(|file| file.get(table)?.get(name)?.get(key).and_then(Value::as_str))
    };
    let mut name = text("source", "crates-io", "replace-with")?;
    for _ in 0..MAX_REPLACEMENTS {
        match text("source", name, "replace-with") {
            Some(next) => name = next,
            None => break,
        }
    }
    text("source", name, "registry").or_else(|| text("registries", name, "index")).and_then(sparse)
}

/// The index that cargo itself has used: it keeps each in a folder that is called after its host. `None` where there
/// are several, because nothing tells the crate registry's own from the others.
fn kept(folder: &Path) -> Option<String> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let mut hosts: Vec<String> = entries
        .filter(|entry| entry.path().join("config.json").is_file())
        .filter_map(|entry| {
            let name = entry.file_name();
            let (host, hash) = name.to_str()?.rsplit_once('-')?;
            let good = hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
            good.then(|| host.to_owned())
        })
        .collect();
    hosts.sort();
    hosts.dedup();
    match hosts.as_slice() {
        [host] => Some(format!("https://{host}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(texts: &[&str]) -> Vec<Table> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn replacements() {
        let workspace = "[source.crates-io]\nreplace-with = 'company'";
        let user =
            "[source.company]\nregistry = 'sparse+https://example.org/index/'\n[source.crates-io]\nreplace-with = 'no'";
        assert_eq!(replaced(&tables(&[workspace, user])).as_deref(), Some("https://example.org/index"));
        let registries = "[registries]\ncompany = { index = 'sparse+https://example.org/r/' }";
        assert_eq!(replaced(&tables(&[workspace, registries])).as_deref(), Some("https://example.org/r"));
        assert_eq!(replaced(&tables(&[registries])), None);
        assert_eq!(replaced(&tables(&["source.crates-io.replace-with = 'crates-io'"])), None, "a circle ends");
        let folder = "[source.crates-io]\nreplace-with = 'v'\n[source.v]\ndirectory = 'vendor'";
        assert_eq!(replaced(&tables(&[folder])), None);
    }

    #[test]
    fn what_cargo_keeps() {
        let folder = tempfile::tempdir().unwrap();
        let keep = |name: &str| {
            std::fs::create_dir(folder.path().join(name)).unwrap();
            std::fs::write(folder.path().join(name).join("config.json"), "{}").unwrap();
        };
        assert_eq!(kept(folder.path()), None);
        keep("index.example.org-1949cf8c6b5b557f");
        keep("index.example.org-0949cf8c6b5b557f");
        assert_eq!(kept(folder.path()).as_deref(), Some("https://index.example.org"));
        keep("other.example.org-1949cf8c6b5b557f");
        assert_eq!(kept(folder.path()), None, "nothing tells them apart");
    }
}
