//! What a started program may do, as far as its command line tells.

use std::path::Path;

use lazytools_fetch::redact::redact;

use crate::clients::asks_only;

/// Package managers and clients: what they start with may download.
const CLIENTS: [&str; 38] = [
    "bazel",
    "bazelisk",
    "bun",
    "bundle",
    "cabal",
    "cargo",
    "composer",
    "conan",
    "coursier",
    "crane",
    "cs",
    "curl",
    "deno",
    "docker",
    "dotnet",
    "gem",
    "ghc-pkg",
    "go",
    "gradle",
    "helm",
    "mvn",
    "nix",
    "nix-build",
    "npm",
    "npx",
    "nuget",
    "opam",
    "pip",
    "pip3",
    "pnpm",
    "podman",
    "rustup",
    "skopeo",
    "stack",
    "terraform",
    "uv",
    "wget",
    "yarn",
];
/// Programs that do whatever their arguments say.
const INTERPRETERS: [&str; 11] =
    ["bash", "cmd", "env", "java", "node", "perl", "powershell", "ruby", "sh", "sudo", "xargs"];
/// The most characters of a command line that are kept: some hold whole scripts.
const LONGEST: usize = 500;

/// What a command line tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is git.
    Git,
    /// It may download.
    MayDownload,
    /// It is another program of the machine, as a compiler that is asked for its version.
    OfMachine,
}

/// What a command line is. A program that Bazel itself has fetched, below `work`, may download.
pub fn kind(arguments: &[String], work: &Path) -> Kind {
    let Some(program) = arguments.first().filter(|_| !asks_only(arguments)) else { return Kind::OfMachine };
    let name = name(program);
    if name == "git" {
        Kind::Git
    } else if CLIENTS.contains(&name)
        || INTERPRETERS.contains(&name)
        || name.starts_with("python")
        || Path::new(program).starts_with(work)
    {
        Kind::MayDownload
    } else {
        Kind::OfMachine
    }
}

/// A program's name without its folder and `.exe`.
pub fn name(program: &str) -> &str {
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    name.strip_suffix(".exe").unwrap_or(name)
}

/// A command line as it may be shown: without secrets in addresses, and not longer than a few lines. Paths below `work`
/// are shortened, so that two runs show the same.
pub fn show(arguments: &[String], work: &Path) -> String {
    let work = work.to_string_lossy();
    let shown: Vec<String> = arguments
        .iter()
        .map(|argument| {
            let argument = argument.replace(work.as_ref(), "<work>").replace(['\n', '\r'], " ");
            let argument = if argument.contains("://") { redact(&argument) } else { argument };
            if argument.is_empty() || argument.contains(' ') {
                format!("'{argument}'")
            } else {
                argument
            }
        })
        .collect();
    let line = shown.join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} …", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn programs_are_told_apart() {
        let kind = |text: &str| kind(&line(text), Path::new("/w"));
        assert_eq!(kind("/usr/bin/git fetch"), Kind::Git);
        assert_eq!(kind("C:\\git.exe fetch"), Kind::Git);
        for text in ["cargo metadata", "python3.12 -m pip", "/w/base-0/external/x/cargo-bazel splice", "/bin/bash -c x"]
        {
            assert_eq!(kind(text), Kind::MayDownload, "{text}");
        }
        assert_eq!(kind("/usr/bin/gcc -v"), Kind::OfMachine);
        assert_eq!(kind("npm config get registry"), Kind::OfMachine);
    }

    #[test]
    fn secrets_and_places_are_not_shown() {
        let show = |text: &str| show(&line(text), Path::new("/w"));
        assert_eq!(
            show("git fetch https://me:hush@example.org/x.git /w/base-0/external/x"),
            "git fetch https://example.org/x.git <work>/base-0/external/x"
        );
        assert!(show(&"x".repeat(1000)).chars().count() < 510);
    }
}
