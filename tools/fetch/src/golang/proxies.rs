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
}

impl Proxies {
    pub fn find(declared: Option<&str>, workspace: &Path) -> Result<Self, FetchError> {
        // GOTOOLCHAIN keeps it from downloading another go to answer with.
        let ask = || machine::ask(workspace, "go", &["env", "GOPROXY"], &[("GOTOOLCHAIN", "local")]);
        let text = declared.map(str::to_owned).or_else(|| machine::variable("GOPROXY")).or_else(ask);
        let proxies =
            text.as_deref().map(Self::parse).filter(|proxies| !proxies.list.is_empty() || proxies.end.is_some());
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
                "direct" => return Self { list, end: Some("direct") },
                "off" => return Self { list, end: Some("off") },
                entry => list.extend(machine::base(entry).map(|base| (base, fallback))),
            }
            rest = rest.get(end + 1..).unwrap_or_default();
        }
        Self { list, end: None }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, Fallback)> {
        self.list.iter().map(|(base, fallback)| (base.as_str(), *fallback))
    }

    /// The error where no proxy is left to ask.
    pub fn none(&self) -> FetchError {
        FetchError::NoGoProxy { end: self.end.unwrap_or("nothing") }
    }
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
        assert!(Proxies::parse("off").none().to_string().contains("GOPROXY says off"));
    }
}
