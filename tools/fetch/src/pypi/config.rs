//! Where the Python package index is.

use std::path::{Path, PathBuf};

use crate::machine;

/// pip's and uv's variables, in the order in which they count.
const VARIABLES: &[&str] = &["PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"];
/// Ways to start pip.
const CLIENTS: &[(&str, &[&str])] = &[
    ("pip", &["download", "--help"]),
    ("pip3", &["download", "--help"]),
    ("python3", &["-m", "pip", "download", "--help"]),
];

pub(super) fn find(declared: Option<&str>) -> Option<String> {
    declared
        .and_then(machine::base)
        .or_else(|| machine::base(&machine::first_variable(VARIABLES)?))
        .or_else(|| files().iter().find_map(|file| machine::base(&index_url(&machine::read(file)?)?)))
        .or_else(|| CLIENTS.iter().find_map(|(program, arguments)| ask(program, arguments)))
}

/// pip's configuration files, the one that counts most first.
fn files() -> Vec<PathBuf> {
    if let Some(file) = machine::variable("PIP_CONFIG_FILE") {
        return vec![PathBuf::from(file)];
    }
    let home = machine::home();
    let in_home = |path: &str| home.as_ref().map(|home| home.join(path));
    let config = machine::variable("XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| in_home(".config"));
    let files = [
        config.map(|config| config.join("pip/pip.conf")),
        in_home("Library/Application Support/pip/pip.conf").filter(|_| cfg!(target_os = "macos")),
        machine::variable("APPDATA").map(|data| Path::new(&data).join("pip/pip.ini")).filter(|_| cfg!(windows)),
        in_home(".pip/pip.conf"),
        cfg!(unix).then(|| PathBuf::from("/etc/pip.conf")),
    ];
    files.into_iter().flatten().collect()
}

/// `index-url` in the section `[global]` of a pip.conf.
fn index_url(text: &str) -> Option<String> {
    let mut section = String::new();
    let mut found = None;
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            name.trim_end_matches(']').trim().clone_into(&mut section);
        } else if let Some((key, value)) = line.split_once(['=', ':']) {
            if section == "global" && matches!(key.trim(), "index-url" | "index_url") {
                found = Some(value.trim().to_owned());
            }
        }
    }
    found
}

fn ask(program: &str, arguments: &[&str]) -> Option<String> {
    // Wide, so that the address stands on one line. Not in the workspace: Python would take a module `pip` from there.
    default_index(&machine::ask(Path::new("/"), program, arguments, &[("COLUMNS", "500")])?)
}

/// The default that pip's help names for `--index-url`.
fn default_index(help: &str) -> Option<String> {
    let (_, rest) = help.split_once("--index-url")?;
    let (rest, _) = rest.split_once("\n  -").unwrap_or((rest, ""));
    let (_, rest) = rest.split_once("(default")?;
    let address = rest.trim_start_matches(':').trim_start();
    machine::base(&address[..address.find([')', ' ', '\n'])?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configuration_files() {
        let text = "# index-url = https://no\n[install]\nindex-url = https://no\n[global]\ntimeout = 1\nindex-url = https://example.org/simple/\n";
        assert_eq!(index_url(text).as_deref(), Some("https://example.org/simple/"));
        assert_eq!(index_url("[global]\nextra-index-url = https://no"), None);
    }

    #[test]
    fn pips_help() {
        let help = "  -i, --index-url <url>       Base URL of the index (default https://example.org/simple). This\n  --extra-index-url <url>   (default https://no)";
        assert_eq!(default_index(help).as_deref(), Some("https://example.org/simple"));
        let none = "  -i, --index-url <url>       Base URL of the index.\n  --x (default https://no)";
        assert_eq!(default_index(none), None);
    }
}
