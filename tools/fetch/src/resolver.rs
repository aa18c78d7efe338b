//! Host names, each looked up once.
//!
//! ureq looks a name up for every request, even where a connection is open. With many requests side by side, name
//! servers drop some of these, and each costs five seconds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use ureq::Error;

/// What has been found for a name; who looks it up holds it, and the others wait.
type Entry = Arc<Mutex<Option<ResolvedSocketAddrs>>>;

/// A resolver that remembers.
#[derive(Default)]
pub(crate) struct OnceResolver {
    inner: DefaultResolver,
    found: Mutex<HashMap<String, Entry>>,
}

impl std::fmt::Debug for OnceResolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OnceResolver")
    }
}

impl Resolver for OnceResolver {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let key = format!(
            "{:?} {:?}",
            uri.scheme(),
            uri.authority().map(|authority| (authority.host(), authority.port_u16()))
        );
        let entry = Arc::clone(self.found.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
        let mut found = entry.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(addresses) = found.as_ref() {
            return Ok(addresses.clone());
        }
        let addresses = self.inner.resolve(uri, config, timeout)?;
        *found = Some(addresses.clone());
        Ok(addresses)
    }
}
