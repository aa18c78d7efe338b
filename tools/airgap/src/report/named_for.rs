//! Which platform a download is for, as far as its name tells: a guess, and marked as one wherever it is shown.

use std::fmt;

use serde::{Serialize, Serializer};

const LINUX: [&str; 4] = ["linux", "linux64", "linux32", "gnu"];
const MACOS: [&str; 6] = ["darwin", "macos", "macosx", "osx", "mac", "darwin64"];
const WINDOWS: [&str; 8] = ["windows", "win", "win32", "win64", "mingw", "mingw64", "msvc", "windows64"];
/// Operating systems by the words for them. What one word cannot say of itself (`gnu`, `msvc`) belongs to triples.
const SYSTEMS: [(&str, &[&str]); 6] = [
    ("linux", &LINUX),
    ("macos", &MACOS),
    ("windows", &WINDOWS),
    ("freebsd", &["freebsd"]),
    ("netbsd", &["netbsd"]),
    ("openbsd", &["openbsd"]),
];
const PROCESSORS: [(&str, &[&str]); 8] = [
    ("x86_64", &["x86_64", "amd64", "x64", "linux64", "win64", "mingw64", "darwin64", "windows64"]),
    ("aarch64", &["aarch64", "arm64", "armv8"]),
    ("arm", &["arm", "armv6", "armv6l", "armv7", "armv7l", "armv7a", "armhf", "arm32"]),
    ("x86_32", &["i386", "i586", "i686", "ia32", "x86", "386", "linux32"]),
    ("ppc64le", &["ppc64le", "ppc64el", "powerpc64le"]),
    ("riscv64", &["riscv64", "riscv64gc"]),
    ("s390x", &["s390x"]),
    ("loongarch64", &["loongarch64", "loong64"]),
];

/// A platform as names tell it: an operating system, a processor, or both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedFor {
    system: Option<&'static str>,
    processor: Option<&'static str>,
}

impl fmt::Display for NamedFor {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.system, self.processor) {
            (Some(system), Some(processor)) => write!(to, "{system}_{processor}"),
            (one, other) => to.write_str(one.or(other).unwrap_or("any")),
        }
    }
}

impl Serialize for NamedFor {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl NamedFor {
    /// What one name tells: `None` where it has no word for a platform, or words for several.
    pub fn of(name: &str) -> Option<Self> {
        let words = words(name);
        let system = single(&SYSTEMS, &words);
        let found = Self { system, processor: single(&PROCESSORS, &words) };
        (found != Self::default()).then_some(found)
    }

    /// What several names of one thing tell, the most telling first: each part by the first that has it.
    pub fn of_all<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut all = Self::default();
        for found in names.into_iter().filter_map(Self::of) {
            // A name that contradicts an earlier one is of something else, as a rule set's repository may be.
            if found.is_other_than(all) {
                continue;
            }
            all = Self { system: all.system.or(found.system), processor: all.processor.or(found.processor) };
        }
        (all != Self::default()).then_some(all)
    }

    /// A whole name such as `linux_x86_64`, `macos` or `aarch64`; nothing else may stand in it.
    pub fn parse(name: &str) -> Option<Self> {
        let known = |word: &String| {
            let is = |(_, list): &(&str, &[&str])| list.contains(&word.as_str());
            SYSTEMS.iter().any(is) || PROCESSORS.iter().any(is)
        };
        words(name).iter().all(known).then(|| Self::of(name)).flatten()
    }

    /// Whether both name an operating system, or a processor, and not the same.
    pub fn is_other_than(self, other: Self) -> bool {
        let differ = |one: Option<&str>, other: Option<&str>| one.zip(other).is_some_and(|(one, other)| one != other);
        differ(self.system, other.system) || differ(self.processor, other.processor)
    }
}

/// The words of a name, in lower case; `x86_64` is one.
fn words(name: &str) -> Vec<String> {
    let name = name.to_ascii_lowercase().replace("x86_64", "amd64").replace("x86-64", "amd64");
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    // `manylinux2014`, `musllinux` and `macosx11` are told by how they begin.
    let plain = |word: &str| match word {
        _ if word.starts_with("manylinux") || word.starts_with("musllinux") => "linux".to_owned(),
        _ if word.starts_with("macosx") => "macos".to_owned(),
        _ => word.to_owned(),
    };
    words.map(plain).collect()
}

/// The only entry that words are of.
fn single(known: &[(&'static str, &[&str])], words: &[String]) -> Option<&'static str> {
    let mut found = known.iter().filter(|(_, list)| words.iter().any(|word| list.contains(&word.as_str())));
    let first = found.next()?.0;
    found.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> String {
        NamedFor::of(name).map(|found| found.to_string()).unwrap_or_default()
    }

    #[test]
    fn names_of_real_downloads() {
        for (name, platform) in [
            ("go1.25.4.linux-amd64.tar.gz", "linux_x86_64"),
            ("node-v22.11.0-darwin-arm64.tar.xz", "macos_aarch64"),
            ("bazel-7.7.1-windows-x86_64.exe", "windows_x86_64"),
            ("ruff-0.8.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "linux_x86_64"),
            ("numpy-2.1-cp312-cp312-macosx_11_0_arm64.whl", "macos_aarch64"),
            ("rust-std-1.85.0-x86_64-pc-windows-msvc.tar.xz", "windows_x86_64"),
            ("cargo-bazel-aarch64-unknown-linux-gnu", "linux_aarch64"),
            ("win32-x64-0.25.2.tgz", "windows_x86_64"),
            ("protoc-29.0-osx-universal_binary.zip", "macos"),
            ("jdk-21_linux64.tar.gz", "linux_x86_64"),
            ("remotejdk11_s390x", "s390x"),
            ("windows-sys-0.61.2.crate", "windows"),
            ("rules_go-0.50.zip", ""),
            ("charm-1.0.tar.gz", ""),
            ("linux-and-windows.zip", ""),
            ("", ""),
        ] {
            assert_eq!(of(name), platform, "{name}");
        }
    }

    #[test]
    fn the_most_telling_name_counts() {
        let all = |names: &[&str]| NamedFor::of_all(names.iter().copied()).map(|found| found.to_string());
        assert_eq!(all(&["tool-arm64.zip", "macos_tool"]).as_deref(), Some("macos_aarch64"));
        assert_eq!(all(&["tool-linux-arm64.zip", "windows_amd64"]).as_deref(), Some("linux_aarch64"));
        assert_eq!(all(&["tool.zip"]), None);
    }

    #[test]
    fn what_people_type() {
        assert_eq!(NamedFor::parse("darwin-arm64").unwrap().to_string(), "macos_aarch64");
        assert_eq!(NamedFor::parse("windows").unwrap().to_string(), "windows");
        for name in ["linus", "linux_pdp11", "linux_windows", ""] {
            assert_eq!(NamedFor::parse(name), None, "{name}");
        }
        let parse = |name| NamedFor::parse(name).unwrap();
        assert!(parse("linux").is_other_than(parse("macos_aarch64")));
        assert!(!parse("linux").is_other_than(parse("aarch64")));
    }
}
