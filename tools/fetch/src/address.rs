//! An address of a file, taken apart as far as requests, redirects and credentials need it.

/// An `http` or `https` address. Its name and password are kept apart, so that neither is sent or shown by accident.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address {
    secure: bool,
    /// Host and port, without name and password.
    authority: String,
    /// From the first slash on, without fragment.
    path: String,
    /// The name and password that stood before the host.
    login: Option<(String, String)>,
}

impl Address {
    /// Reads an address. None: it is neither https nor http.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let (authority, path) = rest.find(['/', '?']).map_or((rest, ""), |at| rest.split_at(at));
        let (user, authority) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
        if authority.is_empty() {
            return None;
        }
        let login = user.map(|user| {
            let (name, password) = user.split_once(':').unwrap_or((user, ""));
            (decoded(name), decoded(password))
        });
        let slash = if path.starts_with('/') { "" } else { "/" };
        Some(Self { secure, authority: authority.to_ascii_lowercase(), path: format!("{slash}{path}"), login })
    }

    /// Whether it is https.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The name and password that stood in it.
    pub fn login(&self) -> Option<&(String, String)> {
        self.login.as_ref()
    }

    /// The host, without port.
    pub fn host(&self) -> &str {
        let end = match self.authority.find(']') {
            Some(bracket) => bracket + 1,
            None => self.authority.find(':').unwrap_or(self.authority.len()),
        };
        &self.authority[..end]
    }

    /// Host, port where one is given, and path: what npm's settings begin with, after `//`.
    pub fn without_scheme(&self) -> String {
        format!("{}{}", self.authority, self.path)
    }

    /// The address without name and password.
    pub fn bare(&self) -> String {
        format!("{}://{}{}", if self.secure { "https" } else { "http" }, self.authority, self.path)
    }

    /// Where a `location` header leads from here. None: to no http address.
    pub fn join(&self, location: &str) -> Option<Self> {
        let location = location.trim();
        let scheme = if self.secure { "https" } else { "http" };
        let path_end = self.path.find('?').unwrap_or(self.path.len());
        let path = &self.path[..path_end];
        let text = if let Some(rest) = location.strip_prefix("//") {
            format!("{scheme}://{rest}")
        } else if location.split(['/', '?', '#']).next().is_some_and(|start| start.contains(':')) {
            location.to_owned()
        } else if location.starts_with('/') {
            format!("{scheme}://{}{location}", self.authority)
        } else if location.starts_with('?') {
            format!("{scheme}://{}{path}{location}", self.authority)
        } else {
            let folder = path.rfind('/').map_or("/", |at| &path[..=at]);
            format!("{scheme}://{}{}", self.authority, dots_removed(&format!("{folder}{location}")))
        };
        Self::parse(&text)
    }
}

/// `.` and `..` in a path are carried out.
fn dots_removed(path: &str) -> String {
    let (path, query) = path.find('?').map_or((path, ""), |at| path.split_at(at));
    let mut kept: Vec<&str> = Vec::new();
    for name in path.split('/').skip(1) {
        match name {
            ".." => drop(kept.pop()),
            "." => {}
            _ => kept.push(name),
        }
    }
    format!("/{}{query}", kept.join("/"))
}

/// Percent-encoding undone, as it is in an address.
fn decoded(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        let code = tail.get(..2).filter(|_| *byte == b'%').and_then(|code| std::str::from_utf8(code).ok());
        if let Some(value) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            out.push(value);
            rest = &tail[2..];
        } else {
            out.push(*byte);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        let address = Address::parse("https://me:hus%68@Example.org:8443/a?b#c").unwrap();
        assert_eq!(address.bare(), "https://example.org:8443/a?b");
        assert_eq!(address.host(), "example.org");
        assert_eq!(address.login(), Some(&("me".to_owned(), "hush".to_owned())));
        assert_eq!(Address::parse("http://[::1]:80").unwrap().host(), "[::1]");
        assert_eq!(Address::parse("https://example.org/@scope/x").unwrap().login(), None);
        assert!(Address::parse("ftp://example.org").is_none() && Address::parse("https:///x").is_none());
    }

    #[test]
    fn redirects() {
        let from = Address::parse("https://a.org/x/y/z?q").unwrap();
        for (location, to) in [
            ("https://b.org/1", "https://b.org/1"),
            ("//b.org/1", "https://b.org/1"),
            ("/1?2", "https://a.org/1?2"),
            ("1", "https://a.org/x/y/1"),
            ("../1/./2", "https://a.org/x/1/2"),
            ("?1", "https://a.org/x/y/z?1"),
            ("http://b.org", "http://b.org/"),
        ] {
            assert_eq!(from.join(location).unwrap().bare(), to, "{location}");
        }
        assert!(from.join("file:///etc/passwd").is_none());
    }
}
