//! The tool's variables.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::error::{At as _, Result, RunError};
use super::private::Private;
use super::template::Places;

/// The variables that one cache asks for, filled in.
#[derive(Debug, Default)]
pub struct CacheVariables {
    /// The cache's name.
    pub name: String,
    /// Variables to set.
    pub set: BTreeMap<String, String>,
    /// Variables to clear.
    pub clear: Vec<String>,
}

/// Puts the tool's variables together: the inherited ones, without proxies where there is no network; the private
/// folders; the caches' variables; the rule's own, which win.
pub fn compose(
    inherited: impl Iterator<Item = (OsString, OsString)>,
    private: &[(&'static str, OsString)],
    caches: &[CacheVariables],
    own: &BTreeMap<String, String>,
    places: &Places,
    network: bool,
) -> Result<BTreeMap<OsString, OsString>> {
    let mut variables: BTreeMap<OsString, OsString> =
        inherited.filter(|(name, _)| network || !is_proxy(name)).collect();
    for (name, value) in private {
        variables.insert(name.into(), value.clone());
    }
    for name in caches.iter().flat_map(|cache| &cache.clear) {
        variables.remove(OsStr::new(name));
    }
    variables.extend(merge(caches, own)?.into_iter().map(|(name, value)| (name.into(), value.into())));
    for (name, value) in own {
        variables.insert(name.into(), places.fill(value)?.into());
    }
    Ok(variables)
}

/// The caches' variables; two values of one variable are an error, unless the rule says what it shall be.
fn merge<'a>(caches: &'a [CacheVariables], own: &BTreeMap<String, String>) -> Result<BTreeMap<&'a String, &'a String>> {
    let mut merged: BTreeMap<&String, (&String, &String)> = BTreeMap::new();
    for cache in caches {
        for (variable, value) in &cache.set {
            match merged.get(variable) {
                Some((first, first_value)) if *first_value != value && !own.contains_key(variable) => {
                    return Err(RunError::Conflict {
                        variable: variable.clone(),
                        first: (*first).clone(),
                        first_value: (*first_value).clone(),
                        second: cache.name.clone(),
                        second_value: value.clone(),
                    });
                }
                Some(_) => {}
                None => {
                    merged.insert(variable, (&cache.name, value));
                }
            }
        }
    }
    Ok(merged.into_iter().map(|(variable, (_, value))| (variable, value)).collect())
}

/// Whether the variable sends a tool to a proxy. Without a network that only hides what the tool wanted to reach.
fn is_proxy(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_ascii_lowercase();
    let name = name.strip_prefix("npm_config_").unwrap_or(&name).replace('-', "_");
    matches!(
        name.as_str(),
        "proxy"
            | "http_proxy"
            | "https_proxy"
            | "ftp_proxy"
            | "all_proxy"
            | "no_proxy"
            | "noproxy"
            | "ws_proxy"
            | "wss_proxy"
            | "socks_proxy"
    )
}

/// Makes the private folders and gives the variables that name them.
pub fn private_folders(private: &Private) -> Result<Vec<(&'static str, OsString)>> {
    let home = private.folder("home")?;
    let temp = private.folder("tmp")?;
    let runtime = private.folder("run")?;
    restrict(&private.real().join("run"))?;
    let below = |rel: &str| home.join(rel).into_os_string();
    let mut variables = vec![
        ("HOME", home.clone().into_os_string()),
        ("TMPDIR", temp.clone().into_os_string()),
        ("TMP", temp.clone().into_os_string()),
        ("TEMP", temp.into_os_string()),
        ("XDG_CACHE_HOME", below(".cache")),
        ("XDG_CONFIG_HOME", below(".config")),
        ("XDG_DATA_HOME", below(".local/share")),
        ("XDG_STATE_HOME", below(".local/state")),
        ("XDG_RUNTIME_DIR", runtime.into_os_string()),
    ];
    if cfg!(windows) {
        for (name, rel) in [("APPDATA", "AppData/Roaming"), ("LOCALAPPDATA", "AppData/Local")] {
            private.folder(&format!("home/{rel}"))?;
            variables.push((name, below(rel)));
        }
        variables.push(("USERPROFILE", home.into_os_string()));
    }
    Ok(variables)
}

/// XDG asks for a runtime folder that nobody else can look into.
#[cfg(unix)]
fn restrict(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).at("cannot set the mode of", path)
}

#[cfg(not(unix))]
fn restrict(path: &Path) -> Result<()> {
    std::fs::metadata(path).map(|_| ()).at("cannot find", path)
}

/// All variables whose values name a package registry, for `registry:TYPE` in a recipe.
pub fn registry_variables(kind: &str) -> BTreeSet<&'static str> {
    let names: &[&str] = match kind {
        "npm" => &[
            "npm_config_registry",
            "NPM_CONFIG_REGISTRY",
            "BUN_CONFIG_REGISTRY",
            "COREPACK_NPM_REGISTRY",
            "YARN_REGISTRY",
            "YARN_NPM_REGISTRY_SERVER",
        ],
        "pypi" => &["PIP_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX"],
        "golang" => &["GOPROXY"],
        _ => &[],
    };
    names.iter().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places {
        Places {
            execroot: "/x".into(),
            work: None,
            out: None,
            home: "/h".into(),
            tmp: "/t".into(),
            caches: BTreeMap::new(),
        }
    }

    fn cache(name: &str, variable: &str, value: &str) -> CacheVariables {
        let set = BTreeMap::from([(variable.to_owned(), value.to_owned())]);
        CacheVariables { name: name.to_owned(), set, clear: vec!["OLD".to_owned()] }
    }

    #[test]
    fn the_rule_wins_over_caches_and_caches_over_the_caller() {
        let inherited =
            [("A", "caller"), ("B", "caller"), ("OLD", "1"), ("Https_Proxy", "p"), ("npm_config_proxy", "p")];
        let inherited = inherited.into_iter().map(|(name, value)| (name.into(), value.into()));
        let own = BTreeMap::from([("A".to_owned(), "{home}/own".to_owned())]);
        let caches = [cache("a", "A", "one"), cache("b", "B", "two")];
        let variables = compose(inherited, &[], &caches, &own, &places(), false).unwrap();
        let shown: Vec<_> =
            variables.iter().map(|(n, v)| format!("{}={}", n.to_string_lossy(), v.to_string_lossy())).collect();
        assert_eq!(shown, ["A=/h/own", "B=two"]);
    }

    #[test]
    fn two_values_are_an_error_that_the_rule_can_settle() {
        let caches = [cache("one", "V", "/a"), cache("two", "V", "/b")];
        let none = BTreeMap::new();
        let message = compose(std::iter::empty(), &[], &caches, &none, &places(), false).unwrap_err().to_string();
        assert_eq!(
            message,
            "caches \"one\" and \"two\" set V to different values, \"/a\" and \"/b\": put the wanted value into the \
             rule's `env` (LT502)"
        );
        let own = BTreeMap::from([("V".to_owned(), "/c".to_owned())]);
        assert!(compose(std::iter::empty(), &[], &caches, &own, &places(), false).is_ok());
    }
}
