//! `GOPROXY`: a list of module proxies.

use std::path::Path;

use crate::error::FetchError;
use crate::machine;

/// When the next proxy is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fallback {
    /// When this one says that it does not have the module: a comma follows it.
    Absent,
    /// After any error: a `|` follows it.
    Any,
}

/// Proxies in the order in which they are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Proxies {
    list: Vec<(String, Fallback)>,
    /// What ends the list: `direct` or `off`, where it does not just end.
    end: Option<&'static str>,
    /// Patterns of modules that no proxy is to learn of.
    private: Vec<String>,
}

impl Proxies {
    pub fn find(declared: Option<&str>, workspace: &Path) -> Result<Self, FetchError> {
        // GOTOOLCHAIN keeps it from downloading another go to answer with.
        let ask = |name: &str| machine::ask(workspace, "go", &["env", name], &[("GOTOOLCHAIN", "local")]);
        if let Some(declared) = declared {
            return Ok(Self::parse(declared));
        }
        let text = machine::variable("GOPROXY").or_else(|| ask("GOPROXY"));
        let proxies =
            text.as_deref().map(Self::parse).filter(|proxies| !proxies.list.is_empty() || proxies.end.is_some());
        let private = || machine::first_variable(&["GONOPROXY", "GOPRIVATE"]).or_else(|| ask("GONOPROXY"));
        let proxies = proxies.map(|proxies| Self { private: patterns(&private().unwrap_or_default()), ..proxies });
        match proxies {
            Some(proxies) if proxies.list.is_empty() => Err(proxies.none()),
            Some(proxies) => Ok(proxies),
            None => Err(FetchError::NoRegistry { ecosystem: "golang", remedy: "set GOPROXY" }),
        }
    }

    fn parse(text: &str) -> Self {
        let mut list = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let end = rest.find([',', '|']).unwrap_or(rest.len());
            let fallback = if rest[end..].starts_with('|') { Fallback::Any } else { Fallback::Absent };
            match rest[..end].trim() {
                "direct" => return Self { list, end: Some("direct"), private: Vec::new() },
                "off" => return Self { list, end: Some("off"), private: Vec::new() },
                entry => list.extend(machine::base(entry).map(|base| (base, fallback))),
            }
            rest = rest.get(end + 1..).unwrap_or_default();
        }
        Self { list, end: None, private: Vec::new() }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, Fallback)> {
        self.list.iter().map(|(base, fallback)| (base.as_str(), *fallback))
    }

    /// The error where no proxy is left to ask.
    pub fn none(&self) -> FetchError {
        FetchError::NoGoProxy { why: format!("GOPROXY says {}", self.end.unwrap_or("nothing")) }
    }

    /// An error for a module that no proxy is to learn of.
    pub fn allow(&self, module: &str) -> Result<(), FetchError> {
        match self.private.iter().find(|pattern| is_of(pattern, module)) {
            Some(pattern) => Err(FetchError::NoGoProxy { why: format!("GONOPROXY or GOPRIVATE says {pattern}") }),
            None => Ok(()),
        }
    }
}

fn patterns(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|pattern| !pattern.is_empty()).map(str::to_owned).collect()
}

/// Whether a pattern of Go's (`*.corp.example`, `a.example/team`) means a module: it is held against as many of the
/// module's names as it has itself.
fn is_of(pattern: &str, module: &str) -> bool {
    let pattern: Vec<&str> = pattern.trim_end_matches('/').split('/').collect();
    let module: Vec<&str> = module.split('/').collect();
    pattern.len() <= module.len() && pattern.iter().zip(&module).all(|(pattern, name)| fits(pattern, name))
}

/// Whether a name fits a pattern with `*` and `?`.
fn fits(pattern: &str, name: &str) -> bool {
    let Some(first) = pattern.chars().next() else { return name.is_empty() };
    let rest = &pattern[first.len_utf8()..];
    if first == '*' {
        return name.char_indices().map(|(at, _)| at).chain([name.len()]).any(|at| fits(rest, &name[at..]));
    }
    let mut chars = name.chars();
    chars.next().is_some_and(|c| (first == '?' || first == c) && fits(rest, chars.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        let parse = |text: &str| {
            let proxies = Proxies::parse(text);
            let list: Vec<String> =
                proxies.list.iter().map(|(base, fallback)| format!("{base} {fallback:?}")).collect();
            (list.join(", "), proxies.end)
        };
        assert_eq!(
            parse("https://a/|https://b,direct"),
            ("https://a Any, https://b Absent".to_owned(), Some("direct"))
        );
        assert_eq!(parse("https://a,off,https://b"), ("https://a Absent".to_owned(), Some("off")));
        assert_eq!(parse("direct"), (String::new(), Some("direct")));
        assert_eq!(parse(" , "), (String::new(), None));
        for (pattern, module, expected) in [
            ("*.corp.example", "git.corp.example/a/b", true),
            ("a.example/te?m", "a.example/team/x", true),
            ("a.example/team", "a.example", false),
            ("a.example/team", "a.example/teams", false),
            ("*", "a.example/x", true),
        ] {
            assert_eq!(is_of(pattern, module), expected, "{pattern} {module}");
        }
        assert!(Proxies::parse("off").none().to_string().contains("GOPROXY says off"));
    }
}
