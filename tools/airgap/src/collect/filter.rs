//! Repositories that are chosen by name: left out, because no platform that was asked for needs them, or taken along,
//! because Bazel does not fetch them on a machine like this one.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use globset::{Glob, GlobMatcher};
use lazytools_lock::CachePath;

use crate::bazel_version::BazelVersion;
use crate::manifest::LEFT_OUT;
use crate::module_graph::Extension;

/// Which repositories: a glob, in which `*` stands for anything. With `@@` in front it is held against canonical names, else
/// against those that an extension or MODULE.bazel gives them.
#[derive(Clone, Debug)]
pub struct RepositoryPattern {
    text: String,
    matcher: GlobMatcher,
}

impl RepositoryPattern {
    fn is_match(&self, name: &str, canonical: &str) -> bool {
        let name = if self.text.starts_with("@@") { canonical } else { name };
        self.matcher.is_match(name)
    }
}

impl fmt::Display for RepositoryPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for RepositoryPattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let glob = text.trim_start_matches('@');
        if glob.is_empty() || glob.contains(['/', ':']) {
            return Err(format!(
                "{text:?} names no repository: write it without a target, as in windows_sdk, *windows* or \
                 '@@rules_foo~~tools~*windows*'"
            ));
        }
        let matcher = self::glob(glob).map_err(|error| error.to_string())?;
        Ok(Self { text: text.to_owned(), matcher })
    }
}

/// What a glob over names of repositories matches: `*` stands for any text.
pub(super) fn glob(text: &str) -> Result<GlobMatcher, globset::Error> {
    Glob::new(text).map(|glob| glob.compile_matcher())
}

/// The canonical names of extensions' repositories that a pattern names, and the patterns that name none.
pub fn chosen<'a>(
    patterns: &'a [RepositoryPattern],
    extensions: &BTreeSet<Extension>,
    version: BazelVersion,
) -> (BTreeSet<String>, Vec<&'a RepositoryPattern>) {
    let mut found = BTreeSet::new();
    let mut idle: Vec<_> = patterns.iter().collect();
    for extension in extensions {
        for name in &extension.repositories {
            let Some(canonical) = canonical(&extension.key, name, version) else { continue };
            let fit = |pattern: &&RepositoryPattern| pattern.is_match(name, &canonical);
            if patterns.iter().any(|pattern| fit(&pattern)) {
                idle.retain(|pattern| !fit(pattern));
                found.insert(canonical);
            }
        }
    }
    (found, idle)
}

/// A repository's canonical name from the key of its extension: `@@rules_x~//a:b.bzl%ext` and `name` make
/// `rules_x~~ext~name`. Bazel 8 has `+` in place of `~`, and no `_main` in front of the workspace's own.
/// <https://github.com/bazelbuild/bazel/blob/7.7.1/src/main/java/com/google/devtools/build/lib/bazel/bzlmod/BazelDepGraphFunction.java>
fn canonical(key: &str, name: &str, version: BazelVersion) -> Option<String> {
    let (module, rest) = key.strip_prefix("@@")?.split_once("//")?;
    let (_, extension) = rest.rsplit_once('%')?;
    // Since 7.4 a flag chooses the sign, so what is there is looked at first.
    let plus = module.contains('+') || (!module.contains('~') && version >= BazelVersion::new(8, 0, 0));
    Some(match (module, plus) {
        ("", true) => format!("+{extension}+{name}"),
        ("", false) => format!("_main~{extension}~{name}"),
        (module, true) => format!("{module}+{extension}+{name}"),
        (module, false) => format!("{module}~{extension}~{name}"),
    })
}

/// Where a bundle has the empty repository that stands for those that are left out.
pub fn stub_path() -> CachePath {
    LEFT_OUT.parse().unwrap_or_else(|_| unreachable!("it is a name"))
}

/// The flags that put an empty repository in the place of each that is left out, so that nothing of it is fetched.
pub fn overrides(left_out: &BTreeSet<String>, stub: &str) -> Vec<String> {
    left_out.iter().map(|name| format!("--override_repository={name}={stub}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extension(key: &str, names: &[&str]) -> Extension {
        Extension { key: key.to_owned(), repositories: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    #[test]
    fn names_of_repositories() {
        let (seven, eight) = (BazelVersion::new(7, 7, 1), BazelVersion::new(8, 4, 2));
        let name = |key, version| canonical(key, "r", version).unwrap();
        assert_eq!(name("@@//:MODULE.bazel%_repo_rules", seven), "_main~_repo_rules~r");
        assert_eq!(name("@@//:MODULE.bazel%_repo_rules", eight), "+_repo_rules+r");
        assert_eq!(name("@@rules_x~//a:b.bzl%ext", seven), "rules_x~~ext~r");
        assert_eq!(name("@@rules_x+//a:b.bzl%ext", seven), "rules_x++ext+r", "--incompatible_use_plus_in_repo_names");
        assert_eq!(name("@@rules_x+//a:b.bzl%ext", eight), "rules_x++ext+r");
        assert_eq!(canonical("no key", "r", eight), None);
    }

    #[test]
    fn patterns_choose_by_either_name() {
        let extensions = BTreeSet::from([
            extension("@@x~//:x.bzl%sdk", &["sdk_linux", "sdk_windows"]),
            extension("@@y~//:y.bzl%sdk", &["sdk_windows"]),
        ]);
        let patterns = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<_>>();
        let chosen = |texts: &[&str]| {
            let patterns = patterns(texts);
            let (found, idle) = chosen(&patterns, &extensions, BazelVersion::new(7, 7, 1));
            let idle: Vec<_> = idle.iter().map(ToString::to_string).collect();
            (found.into_iter().collect::<Vec<_>>(), idle)
        };
        assert_eq!(chosen(&["*windows"]).0, ["x~~sdk~sdk_windows", "y~~sdk~sdk_windows"]);
        assert_eq!(chosen(&["@@x~*windows"]).0, ["x~~sdk~sdk_windows"]);
        assert_eq!(
            chosen(&["sdk_linux", "*macos*"]),
            (vec!["x~~sdk~sdk_linux".to_owned()], vec!["*macos*".to_owned()])
        );
        let error = "@x//:y".parse::<RepositoryPattern>().unwrap_err();
        assert!(error.starts_with("\"@x//:y\" names no repository: write it without a target"), "{error}");
    }
}
