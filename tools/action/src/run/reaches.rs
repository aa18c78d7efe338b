//! Which cache stands for a host.

use lazytools_lock::{CacheSpec, Reach};

use super::environment::registry_variables;
use super::output::addresses;

/// The hosts that each cache stands for.
#[derive(Clone, Debug)]
pub struct Reaches {
    known: Vec<Known>,
}

#[derive(Clone, Debug)]
struct Known {
    cache: usize,
    pattern: Pattern,
    remedy: String,
}

#[derive(Clone, Debug)]
enum Pattern {
    Host(String),
    /// The end of a name, with its dot.
    Below(String),
    Registry {
        kind: String,
        hosts: Vec<String>,
    },
}

impl Reaches {
    /// Gathers what the caches' recipes say. `variable` gives the tool's variables: a package registry's host is
    /// written in no recipe, but often there.
    pub fn new(caches: &[CacheSpec], variable: impl Fn(&str) -> Option<String>) -> Self {
        let known = |(cache, reach): (usize, &Reach)| {
            let host = reach.host.to_ascii_lowercase();
            let pattern = if let Some(kind) = host.strip_prefix("registry:") {
                let texts = registry_variables(kind).into_iter().filter_map(&variable);
                let hosts = texts.flat_map(|text| addresses(&text).into_keys()).collect();
                Pattern::Registry { kind: kind.to_owned(), hosts }
            } else if let Some(end) = host.strip_prefix('*') {
                Pattern::Below(end.to_owned())
            } else {
                Pattern::Host(host)
            };
            Known { cache, pattern, remedy: reach.remedy.clone() }
        };
        let all = caches.iter().enumerate().flat_map(|(i, cache)| cache.reaches.iter().map(move |reach| (i, reach)));
        Self { known: all.map(known).collect() }
    }

    /// The caches that stand for a host: their index and the remedy, each cache once.
    pub fn of(&self, host: &str) -> Vec<(usize, &str)> {
        let mut found: Vec<(usize, &str)> = Vec::new();
        for known in self.known.iter().filter(|known| known.pattern.covers(host)) {
            if !found.iter().any(|(cache, _)| *cache == known.cache) {
                found.push((known.cache, &known.remedy));
            }
        }
        found
    }
}

impl Pattern {
    fn covers(&self, host: &str) -> bool {
        match self {
            Self::Host(name) => host == name,
            Self::Below(end) => host.ends_with(end) && host.len() > end.len(),
            Self::Registry { kind, hosts } => {
                hosts.iter().any(|known| known == host) || (hosts.is_empty() && looks_like_registry(kind, host))
            }
        }
    }
}

/// Whether a host's first name is one that the registries of this kind go by, whoever runs them.
fn looks_like_registry(kind: &str, host: &str) -> bool {
    let first = host.split('.').next().unwrap_or_default();
    let names: &[&str] = match kind {
        "pypi" => &["registry", "pypi", "files"],
        "cargo" => &["registry", "index", "static", "crates"],
        "golang" => &["registry", "proxy", "sum"],
        "maven" => &["registry", "repo", "repo1", "maven"],
        "deb" => &["registry", "deb", "security", "archive", "snapshot"],
        _ => &["registry"],
    };
    names.contains(&first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caches(hosts: &[&str]) -> Vec<CacheSpec> {
        let reaches: Vec<_> =
            hosts.iter().map(|host| serde_json::json!({"host": host, "remedy": format!("for {host}")})).collect();
        let cache = serde_json::json!({"name": "c", "recipe": "r 1", "reaches": reaches});
        vec![serde_json::from_value(cache).unwrap()]
    }

    #[test]
    fn patterns() {
        let none = |_: &str| None;
        let reaches = Reaches::new(&caches(&["a.test", "*.b.test", "registry:npm"]), none);
        assert_eq!(reaches.of("a.test"), [(0, "for a.test")]);
        assert_eq!(reaches.of("x.b.test"), [(0, "for *.b.test")]);
        assert_eq!(reaches.of("registry.c.test"), [(0, "for registry:npm")]);
        for other in ["b.test", "x.a.test", "c.test"] {
            assert!(reaches.of(other).is_empty(), "{other}");
        }
    }

    #[test]
    fn a_registry_that_is_set_is_known_by_name() {
        let variable = |name: &str| (name == "npm_config_registry").then(|| "https://npm.corp.test/x/".to_owned());
        let reaches = Reaches::new(&caches(&["registry:npm"]), variable);
        assert_eq!(reaches.of("npm.corp.test").len(), 1);
        assert!(reaches.of("registry.c.test").is_empty());
    }
}
