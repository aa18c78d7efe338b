//! The configuration by which git takes a bundle's mirrors for the repositories that they were made of.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::fragment;
use crate::manifest::{FileKind, Manifest};
use crate::Result;

/// Where the configuration is: beside the fragment.
pub fn place(fragment: &Path) -> PathBuf {
    fragment.with_extension("gitconfig")
}

/// The user's own configuration files, which the new one has to stand for: git reads just one of them where
/// `GIT_CONFIG_GLOBAL` names it. They need not be there.
pub fn of_user(place: &Path) -> Vec<PathBuf> {
    let named = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(path) = named("GIT_CONFIG_GLOBAL") {
        return if path == place { Vec::new() } else { vec![path] };
    }
    let home = named("HOME");
    let config = named("XDG_CONFIG_HOME").or_else(|| Some(home.as_ref()?.join(".config")));
    let files = [config.map(|config| config.join("git/config")), home.map(|home| home.join(".gitconfig"))];
    files.into_iter().flatten().filter(|path| path.is_absolute()).collect()
}

/// The text, with the digest of the rest in its first line as in the fragment; `None` where the bundle has no mirrors.
///
/// `path` gives the absolute path of something in the bundle: git knows no paths that are relative to a workspace.
pub fn text(manifest: &Manifest, user: &[PathBuf], path: &dyn Fn(&str) -> Result<String>) -> Result<Option<String>> {
    let mut mirrors: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (file, entry) in manifest.files.iter().filter(|(_, entry)| entry.kind == FileKind::Git) {
        let mut names = file.names();
        if let (Some(top), Some(name), Some("HEAD"), None) = (names.next(), names.next(), names.next(), names.next()) {
            let remotes = entry.sources.iter().map(String::as_str).filter(|url| !url.chars().any(char::is_control));
            mirrors.insert(path(&format!("{top}/{name}"))?, remotes.collect());
        }
    }
    if mirrors.is_empty() {
        return Ok(None);
    }
    let mut rest = String::new();
    for file in user.iter().filter_map(|file| file.to_str()) {
        let _ = writeln!(rest, "[include]\n\tpath = {}", quoted(file));
    }
    // Submodules are fetched from a path only where this is said, and a mirror is one.
    rest.push_str("[protocol \"file\"]\n\tallow = always\n[safe]\n");
    // The bundle may be another user's.
    for mirror in mirrors.keys() {
        let _ = writeln!(rest, "\tdirectory = {}", quoted(mirror));
    }
    for (mirror, remotes) in &mirrors {
        let _ = writeln!(rest, "[url {}]", quoted(&format!("file://{mirror}")));
        for remote in remotes {
            let _ = writeln!(rest, "\tinsteadOf = {}", quoted(remote));
        }
    }
    Ok(Some(fragment::with_digest(&rest)))
}

fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sources: &[&str]) -> Option<String> {
        let file = serde_json::json!({"sha256": format!("sha256:{}", "0".repeat(64)), "size": 0, "kind": "git",
            "sources": sources});
        let manifest = serde_json::json!({
            "manifestVersion": 1, "bazel": "7.7.1", "targets": [], "platforms": [], "registries": [], "notIncluded": [],
            "files": if sources.is_empty() { serde_json::json!({}) } else {
                serde_json::json!({"git/x.git/HEAD": file, "git/x.git/refs/HEAD": file})
            },
        });
        let manifest = serde_json::from_value(manifest).unwrap();
        text(&manifest, &["/home/me/.gitconfig".into()], &|path| Ok(format!("/srv/my b/{path}"))).unwrap()
    }

    #[test]
    fn mirrors_stand_for_their_remotes() {
        assert_eq!(of(&[]), None);
        let text = of(&["https://h.example/x", "git@h.example:\"x"]).unwrap();
        fragment::ours(&text, Path::new("x")).unwrap();
        assert_eq!(
            text.split_once('\n').unwrap().1,
            "[include]\n\tpath = \"/home/me/.gitconfig\"\n[protocol \"file\"]\n\tallow = always\n[safe]\n\
             \tdirectory = \"/srv/my b/git/x.git\"\n[url \"file:///srv/my b/git/x.git\"]\n\
             \tinsteadOf = \"git@h.example:\\\"x\"\n\tinsteadOf = \"https://h.example/x\"\n"
        );
    }
}
