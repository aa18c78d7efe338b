//! `.bazelrc`, as far as it says which credential helpers there are.

use std::path::Path;

use crate::machine;

/// How deep files may import each other.
const MAX_DEPTH: usize = 8;
/// The commands whose settings hold when Bazel fetches.
const COMMANDS: [&str; 4] = ["always", "common", "build", "fetch"];

/// The values of `--credential_helper` in the workspace's `.bazelrc` and then the user's, in order. Settings of a
/// `--config` are left out: they hold only where it is asked for.
pub fn credential_helpers(workspace: &Path) -> Vec<String> {
    let files = [Some(workspace.join(".bazelrc")), machine::home().map(|home| home.join(".bazelrc"))];
    let mut found = Vec::new();
    for file in files.iter().flatten() {
        read(file, workspace, MAX_DEPTH, &mut found);
    }
    found
}

/// A file that is missing says nothing; that an import is missing is for Bazel to say.
fn read(file: &Path, workspace: &Path, depth: usize, found: &mut Vec<String>) {
    let Ok(text) = std::fs::read_to_string(file) else { return };
    for line in text.replace("\\\n", "").lines() {
        let mut words = words(line).into_iter();
        let Some(command) = words.next() else { continue };
        if matches!(command.as_str(), "import" | "try-import") {
            if let Some(path) = words.next().filter(|_| depth > 0) {
                let path = match path.strip_prefix("%workspace%") {
                    Some(rest) => workspace.join(rest.trim_start_matches('/')),
                    None => workspace.join(path),
                };
                read(&path, workspace, depth - 1, found);
            }
        } else if COMMANDS.contains(&command.as_str()) {
            while let Some(word) = words.next() {
                match word.strip_prefix("--credential_helper") {
                    Some("") => found.extend(words.next()),
                    Some(value) => found.extend(value.strip_prefix('=').map(str::to_owned)),
                    None => {}
                }
            }
        }
    }
}

/// A line's words: quotes keep spaces together, a backslash keeps the next character, `#` begins a comment.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => word.get_or_insert_with(String::new).extend(chars.next()),
            '"' | '\'' if quote.is_none() => {
                quote = Some(c);
                word.get_or_insert_with(String::new);
            }
            _ if quote == Some(c) => quote = None,
            '#' if quote.is_none() && word.is_none() => break,
            _ if c.is_whitespace() && quote.is_none() => words.extend(word.take()),
            _ => word.get_or_insert_with(String::new).push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_found_where_bazel_finds_them() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write(
            "a.bazelrc",
            "# common --credential_helper=comment\n\
             common --x --credential_helper=one # --credential_helper=after\n\
             build \\\n  --credential_helper \"a.org=two words\"\n\
             test --credential_helper=test\nbuild:ci --credential_helper=ci\n\
             try-import %workspace%/b.bazelrc\ntry-import %workspace%/missing\nimport a.bazelrc\n",
        );
        write("b.bazelrc", "fetch '--credential_helper=three'\n");
        let mut found = Vec::new();
        read(&folder.path().join("a.bazelrc"), folder.path(), 0, &mut found);
        assert_eq!(found, ["one", "a.org=two words"], "imports end somewhere");
        read(&folder.path().join("a.bazelrc"), folder.path(), 1, &mut found);
        assert_eq!(found[2..5], ["one", "a.org=two words", "three"]);
    }
}
