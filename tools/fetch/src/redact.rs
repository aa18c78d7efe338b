//! Addresses without what must not be in a log: user names, passwords, tokens in queries.

/// The address as it may be printed.
pub fn redact(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let rest = rest.split('#').next().unwrap_or_default();
    let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let query = if query.is_some() { "?…" } else { "" };
    if scheme.is_empty() {
        format!("{host}{path}{query}")
    } else {
        format!("{scheme}://{host}{path}{query}")
    }
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn secrets_are_left_out() {
        assert_eq!(redact("https://me:secret@example.org/a/b?token=secret#secret"), "https://example.org/a/b?…");
        assert_eq!(redact("https://me:sec@ret@example.org"), "https://example.org");
        assert_eq!(
            redact("https://example.org/@scope/name/-/name-1.tgz"),
            "https://example.org/@scope/name/-/name-1.tgz"
        );
        assert_eq!(redact("me:secret@example.org/a"), "example.org/a");
    }
}
