//! Plain words, in Markdown, for what a recipe says before anything is asked for.

use lazytools_lock::recipe::{DigestRule, SourceRule, TableRule, VersionKey, When};
use lazytools_lock::{Access, AccessMode, Role};

/// A text as code. Braces, stars and underscores in it are the text's own.
pub fn code(text: &str) -> String {
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}

/// A cell of a table: one line, and no bar that would end it.
pub fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// Words with commas, and `last` before the last one.
pub fn list(words: &[String], last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

fn codes<'a>(texts: impl IntoIterator<Item = &'a str>, last: &str) -> String {
    list(&texts.into_iter().map(code).collect::<Vec<_>>(), last)
}

/// When something is wanted; empty where it always is.
pub fn when(when: &When) -> String {
    let mut conditions: Vec<String> = when
        .params
        .iter()
        .map(|(name, values)| format!("{} is {}", code(name.as_str()), codes(values.iter().map(String::as_str), "or")))
        .collect();
    conditions.extend(when.version.as_ref().map(|range| format!("the version is {}", code(range.as_str()))));
    if !when.platforms.is_empty() {
        conditions.push(format!("the platform is {}", codes(when.platforms.iter().map(|it| it.name()), "or")));
    }
    conditions.join(" and ")
}

/// For whom something is.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Any => "any platform",
        Role::Host => "the host",
        Role::Target => "the target",
    }
}

/// Where something is fetched from.
pub fn source(source: &SourceRule) -> String {
    match source {
        SourceRule::Purl(purl) => code(purl.source()),
        SourceRule::Urls(urls) => {
            let first = urls.first().map(|url| code(url.source())).unwrap_or_default();
            match urls.len() {
                0 | 1 => first,
                2 => format!("{first}, or a second address"),
                more => format!("{first}, or {} further addresses", more - 1),
            }
        }
    }
}

/// How a digest is learnt.
pub fn digest(digest: &DigestRule) -> String {
    let table = |table: &TableRule| match table {
        TableRule::Lookup(id) => format!("the table {}", code(id.as_str())),
        TableRule::Url(url) => code(url.source()),
    };
    match digest {
        DigestRule::Registry => "the package registry's".to_owned(),
        DigestRule::Download => "by downloading it when it is pinned".to_owned(),
        DigestRule::Checksums { url, .. } => format!("from {}", code(url.source())),
        DigestRule::Github => "GitHub's".to_owned(),
        DigestRule::GoSum { file } => {
            format!("the sum in {}, by downloading it when it is pinned", code(file.as_str()))
        }
        DigestRule::Header { name, .. } => format!("from the header {} of the server's answer", code(name)),
        DigestRule::Json { table: rule, .. } => format!("from {}", table(rule)),
        DigestRule::Text { lookup, .. } => format!("from {}", table(&TableRule::Lookup(lookup.clone()))),
    }
}

/// What the tool may do to the folder, and what that means.
pub fn access(access: &Access) -> String {
    let mut text = match access.mode {
        AccessMode::Readonly => "Read-only: the tool works on the folder itself, which nothing can change.".to_owned(),
        AccessMode::Layered => "Layered: the tool reads the folder, and writes to an empty one before it (`{upper}`), \
                                which is gone after the action."
            .to_owned(),
        AccessMode::Copy if access.paths.is_empty() => "A private copy: the tool writes to its cache, so each action \
                                                        gets a writable copy of its own, which is gone after it."
            .to_owned(),
        AccessMode::Copy => format!(
            "A private copy in part: the tool writes to {}, so each action gets a writable copy of that, which is gone \
             after it; the rest is read-only.",
            codes(access.paths.iter().map(lazytools_lock::CachePath::as_str), "and")
        ),
    };
    if access.exact {
        text.push_str(" Modes and links are as laid out, also where Bazel changes them on its way.");
    }
    text
}

/// What in which file says the version.
pub fn version_key(key: VersionKey, name: Option<&str>) -> String {
    let name = code(name.unwrap_or_default());
    match key {
        VersionKey::Go => "the toolchain in go.mod".to_owned(),
        VersionKey::Golang => format!("the module {name} in go.mod"),
        VersionKey::MavenWrapper => "maven-wrapper.properties".to_owned(),
        VersionKey::Npm => format!("the package {name} in package-lock.json, pnpm-lock.yaml or yarn.lock"),
        VersionKey::Nvmrc => ".nvmrc or .node-version".to_owned(),
        VersionKey::PackageManager => format!("{name} in `packageManager` of package.json"),
        VersionKey::Pypi => format!("the package {name} in uv.lock or requirements.txt"),
        VersionKey::ToolVersions => format!("{name} in .tool-versions"),
    }
}
