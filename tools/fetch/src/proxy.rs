//! Proxies, from the usual variables: `https_proxy` for https, `http_proxy` for http, else `all_proxy`; and `no_proxy`.

use ureq::Proxy;

use crate::address::Address;
use crate::machine;

/// A proxy, or the name of the variable whose value is none.
type Setting = Option<Result<Proxy, &'static str>>;

/// Which proxy an address is fetched through.
#[derive(Clone, Default)]
pub(crate) struct Proxies {
    http: Setting,
    https: Setting,
    none_for: Vec<String>,
}

impl Proxies {
    /// The user's. A name in small letters comes before one in capitals, as with curl.
    pub fn of_user() -> Self {
        let first = |names: [&'static str; 4]| {
            let (name, value) = names.into_iter().find_map(|name| Some((name, machine::variable(name)?)))?;
            Some(Proxy::new(&value).map_err(|_| name))
        };
        let none_for = machine::first_variable(&["no_proxy", "NO_PROXY"]).unwrap_or_default();
        Self {
            http: first(["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]),
            https: first(["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]),
            none_for: none_for.split([',', ' ']).map(|name| name.trim().to_ascii_lowercase()).collect(),
        }
    }

    /// The proxy of an address; else the name of the variable that holds none.
    pub fn of(&self, address: &Address) -> Result<Option<Proxy>, &'static str> {
        let setting = if address.is_secure() { &self.https } else { &self.http };
        match setting {
            Some(found) if !self.goes_directly(address.host()) => found.clone().map(Some),
            _ => Ok(None),
        }
    }

    fn goes_directly(&self, host: &str) -> bool {
        self.none_for.iter().filter(|name| !name.is_empty()).any(|name| {
            let name = name.trim_start_matches('*').trim_start_matches('.');
            name.is_empty() || host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_proxy_is_for_hosts_and_all_below() {
        let direct = |names: &str, host: &str| {
            let none_for = names.split(',').map(str::to_owned).collect();
            Proxies { none_for, ..Proxies::default() }.goes_directly(host)
        };
        for names in ["example.org", ".example.org", "*.example.org", "a.net,example.org", "*"] {
            assert!(direct(names, "example.org") && direct(names, "a.example.org"), "{names}");
        }
        for names in ["", "example.or", "xample.org", "a.example.org"] {
            assert!(!direct(names, "example.org"), "{names}");
        }
    }
}
