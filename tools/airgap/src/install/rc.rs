//! The workspace's bazelrc files, as far as they stand in a bundle's way.

use std::path::{Path, PathBuf};

use crate::manifest::Manifest;
use crate::registry::RegistryUrl;
use crate::{AirgapError, Result};

/// How deep files may import each other.
const MAX_DEPTH: usize = 8;
/// The commands whose flags hold in every build. Those of a `--config` hold only where it is asked for.
const COMMANDS: [&str; 5] = ["always", "common", "build", "fetch", "mod"];

/// Fails where a bazelrc file names a registry whose mirror is in the bundle. `fragment` is not looked at.
pub fn no_reachable_registry(workspace: &Path, fragment: &Path, manifest: &Manifest) -> Result<()> {
    let mut found = None;
    each_line(&workspace.join(".bazelrc"), workspace, MAX_DEPTH, &mut |path, number, words| {
        if path == fragment || !words.first().is_some_and(|command| COMMANDS.contains(command)) {
            return;
        }
        for (at, word) in words.iter().enumerate() {
            let value = match word.strip_prefix("--registry") {
                Some("") => words.get(at + 1).copied(),
                Some(rest) => rest.strip_prefix('='),
                None => None,
            };
            let url: Option<RegistryUrl> = value.and_then(|value| value.trim_matches(['"', '\'']).parse().ok());
            if let Some(url) = url.filter(|url| !url.is_file()) {
                found.get_or_insert((path.to_owned(), number, url));
            }
        }
    });
    match found {
        Some((path, line, registry)) if !manifest.registries.is_empty() => {
            Err(AirgapError::RegistryInRc { path, line, registry: registry.to_string() })
        }
        _ => Ok(()),
    }
}

/// Whether the workspace's .bazelrc imports a file.
pub fn imports(workspace: &Path, fragment: &Path) -> bool {
    let mut found = false;
    each_line(&workspace.join(".bazelrc"), workspace, MAX_DEPTH, &mut |_, _, words| {
        found |= import(words, workspace).is_some_and(|path| path == fragment);
    });
    found
}

fn import(words: &[&str], workspace: &Path) -> Option<PathBuf> {
    let [command, path, ..] = words else { return None };
    if !matches!(*command, "import" | "try-import") {
        return None;
    }
    let path = path.trim_matches(['"', '\'']);
    Some(workspace.join(path.strip_prefix("%workspace%").map_or(path, |rest| rest.trim_start_matches('/'))))
}

/// Each line of a file and of those that it imports. A file that is missing says nothing: Bazel says so where it matters.
fn each_line(file: &Path, workspace: &Path, depth: usize, see: &mut dyn FnMut(&Path, usize, &[&str])) {
    let Ok(text) = std::fs::read_to_string(file) else { return };
    for (number, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_ascii_whitespace().take_while(|word| !word.starts_with('#')).collect();
        see(file, number + 1, &words);
        if let Some(path) = import(&words, workspace).filter(|_| depth > 0) {
            each_line(&path, workspace, depth - 1, see);
        }
    }
}
