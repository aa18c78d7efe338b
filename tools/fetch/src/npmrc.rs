//! npm's configuration files, as far as they say where registries are and what they are sent.

use std::path::{Path, PathBuf};

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;

use crate::address::Address;
use crate::auth::basic;
use crate::machine;

/// The lines of an `.npmrc`. `${NAME}` in a value stands for a variable.
#[derive(Default)]
pub(crate) struct Npmrc(Vec<(String, String)>);

/// The workspace's file and the user's, in the order in which npm asks them.
pub(crate) fn files(workspace: &Path) -> Vec<Npmrc> {
    let user = machine::first_variable(&["NPM_CONFIG_USERCONFIG", "npm_config_userconfig"]).map(PathBuf::from);
    let user = user.or_else(|| Some(machine::home()?.join(".npmrc")));
    let files = [Some(workspace.join(".npmrc")), user];
    let texts = files.into_iter().flatten().filter_map(|file| std::fs::read_to_string(file).ok());
    texts.map(|text| Npmrc::parse(&text, &machine::variable)).collect()
}

impl Npmrc {
    pub fn parse(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';', '[']));
        let pair = |line: &str| {
            let (key, value) = line.split_once('=')?;
            let value = value.trim().trim_matches(['"', '\'']);
            Some((substitute(key.trim(), variable), substitute(value, variable)))
        };
        Self(lines.filter_map(pair).collect())
    }

    /// The last value of a key, unless it is empty.
    fn value(&self, key: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(name, _)| name == key)?;
        Some(found.1.as_str()).filter(|value| !value.is_empty())
    }

    /// The registry of packages without one of their own.
    pub fn registry(&self) -> Option<&str> {
        self.value("registry")
    }

    /// The registry of a scope, as in `@acme`.
    pub fn scope(&self, scope: &str) -> Option<&str> {
        self.value(&format!("{scope}:registry"))
    }

    /// What is sent to an address: `//HOST/PATH/:_authToken` and its like, of the longest path that it lies below.
    pub fn authorization(&self, address: &Address) -> Option<String> {
        let whole = address.without_scheme();
        let mut folder = whole.split('?').next().unwrap_or_default();
        while let Some(at) = folder.rfind('/') {
            folder = &folder[..at];
            let found = ["/", ""].iter().find_map(|slash| self.of_folder(&format!("//{folder}{slash}")));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn of_folder(&self, folder: &str) -> Option<String> {
        let value = |key: &str| self.value(&format!("{folder}:{key}"));
        if let Some(token) = value("_authToken") {
            return Some(format!("Bearer {token}"));
        }
        if let Some(pair) = value("_auth") {
            return Some(format!("Basic {pair}"));
        }
        let password = STANDARD.decode(value("_password")?).ok()?;
        Some(basic(value("username")?, &String::from_utf8(password).ok()?))
    }
}

fn substitute(value: &str, variable: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, tail)) = after.split_once('}') else { break };
        out.push_str(before);
        out.push_str(&variable(name).unwrap_or_default());
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Npmrc {
        Npmrc::parse(text, &|name| (name == "HOST").then(|| "example.org".to_owned()))
    }

    #[test]
    fn the_last_registry_counts() {
        let text = "# registry=https://comment\n@scope:registry=https://scope\nregistry = \"https://one\"\nregistry=https://two/\n";
        assert_eq!(parse(text).registry(), Some("https://two/"));
        assert_eq!(parse(text).scope("@scope"), Some("https://scope"));
        assert_eq!(parse(text).scope("@other"), None);
        assert_eq!(parse("save=true\n").registry(), None);
        assert_eq!(parse("registry=https://${HOST}/npm").registry(), Some("https://example.org/npm"));
    }

    #[test]
    fn tokens_are_for_what_lies_below_their_path() {
        let npmrc = parse(
            "//${HOST}/:_authToken=outer\n//example.org/npm/private/:_authToken=inner\n//b.org:8080/:_auth=YTpi\n\
             //c.org/:username=me\n//c.org/:_password=aHVzaA==\n//d.org/:_authToken=${MISSING}\n",
        );
        let sent = |address: &str| npmrc.authorization(&Address::parse(address).unwrap());
        assert_eq!(sent("https://example.org/npm/x").as_deref(), Some("Bearer outer"));
        assert_eq!(sent("https://example.org/npm/private/x/-/x.tgz?y").as_deref(), Some("Bearer inner"));
        assert_eq!(sent("https://sub.example.org/npm"), None);
        assert_eq!(sent("https://b.org:8080/x").as_deref(), Some("Basic YTpi"));
        assert_eq!(sent("https://b.org/x"), None);
        assert_eq!(sent("https://c.org/x").as_deref(), Some("Basic bWU6aHVzaA=="));
        assert_eq!(sent("https://d.org/x"), None);
    }
}
